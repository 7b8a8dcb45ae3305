"""I7: every line of a statement is in the log by itself, though the entries of many are written together; and what stands for its lines stays."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from issuance_db.log.verifying.rows import verify_rows
from issuance_db.settlement import StoredLine
from kiosk_server.settling.importing import lines_digest
from tests.history_log.books import attacker
from tests.issuing.city import City
from tests.settling.test_matching import Office, content, office, record
from tests.sync.registry_rows import CITY

__all__ = ["office"]
_LINE = StoredLine(
    2, "20261123-01-00000042-5", "resident_record", "chain", "store", "1", datetime(2026, 11, 23, 3, tzinfo=UTC), "printed", 200, "r-1",
)  # fmt: skip
_SAID = (
    "('20261123-01-00000042-5', 'resident_record', 'chain', 'store', '1', "
    "datetime.datetime(2026, 11, 23, 3, 0, tzinfo=datetime.timezone.utc), 'printed', 200, 'r-1')\n"
)


async def _wrong(city: City) -> set[tuple[str, str]]:
    fsck = await city.database.connect("fsck", CITY)
    async with fsck.transaction(isolation="repeatable_read", readonly=True):
        await fsck.execute("SET LOCAL TimeZone = 'UTC'")
        _, findings = await verify_rows(fsck, CITY)
    return {(one.what, one.row.table) for one in findings}


async def test_i7_each_line_has_an_entry_of_its_own_that_no_other_line_fits(ashikaga: City, office: Office) -> None:
    odd = 'it\'s a "shop" \\ 店'
    await office.take_in(content([record("a"), record("b", store=odd), record("c")]))
    entries = await ashikaga.rows(
        "SELECT row_key ->> 3 AS line, personal_commitment, salt FROM history.entry WHERE table_name = 'statement_line' ORDER BY entry_id"
    )
    assert [entry["line"] for entry in entries] == ["2", "3", "4"]
    assert (len({entry["personal_commitment"] for entry in entries}), {entry["salt"] for entry in entries}) == (
        3,
        {None},
    )
    assert await _wrong(ashikaga) == set()
    async with attacker(ashikaga.database) as connection:
        await connection.execute("UPDATE history.statement_line SET fee_yen = 0 WHERE line = 3")
    assert await _wrong(ashikaga) == {("row_changed", "statement_line")}


async def test_i7_a_line_that_was_slipped_in_or_taken_out_is_found(ashikaga: City, office: Office) -> None:
    await office.take_in(content([record("a"), record("b")]))
    async with attacker(ashikaga.database) as connection:
        await connection.execute("UPDATE history.statement_line SET line = 9 WHERE line = 3")
    assert await _wrong(ashikaga) == {("row_inserted", "statement_line"), ("row_removed", "statement_line")}


def test_what_stands_for_the_lines_of_a_day_is_what_it_was_for_editions_that_are_stored() -> None:
    assert lines_digest([_LINE]) == lines_digest([replace(_LINE, line=7)]) == sha256(_SAID.encode()).digest()
