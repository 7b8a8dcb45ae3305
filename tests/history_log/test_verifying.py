"""Each attack on history, with the superuser's rights and every trigger off, is found and named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from issuance_db.log.batching import CityBatcher
from issuance_db.log.note import LOG_SIGNATURE, Checkpoint, SignedCheckpoint, SignerKey
from issuance_db.log.verifying import Finding, Outside, verify
from issuance_db.log.verifying.outside import OutsideOfAnother
from tests.history_log.books import CITY, ISSUED, LOG, NOON, REFUSED, Books, attacker, batcher, books
from tests.history_log.test_erasing import age, approved
from tests.servers import Database

LATER = timedelta(hours=1)


@dataclass(slots=True)
class Installation:
    """Books with a batcher, and a witness that kept every checkpoint it was shown."""

    database: Database
    books: Books
    batcher: CityBatcher
    witnessed: list[SignedCheckpoint] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)

    async def batch(self) -> None:
        """Make everything leaves, and show the witness the checkpoint."""
        while (await self.batcher.batch()).is_full:
            pass
        reader = await self.database.connect("fsck", CITY)
        note = await reader.fetchval("SELECT note FROM history.checkpoint ORDER BY tree_size DESC LIMIT 1")
        self.witnessed.append(SignedCheckpoint.parse(note))

    async def keep_leaves(self) -> None:
        """Have the witness keep the leaves too."""
        reader = await self.database.connect("fsck", CITY)
        rows = await reader.fetch("SELECT leaf_hash FROM history.leaf ORDER BY leaf_number")
        self.leaves = [row["leaf_hash"] for row in rows]

    async def verify(self, *, outside: bool = True, after: timedelta = LATER) -> Sequence[Finding]:
        """Findings of the real verification, as the role that runs it."""
        reader = await self.database.connect("fsck")
        witnessed, leaves = (self.witnessed, self.leaves) if outside else ((), ())
        believed = Outside(tuple(witnessed), (LOG.verifier,), leaves)
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            return (await verify(reader, CITY, believed, now=datetime.now(UTC) + after)).findings


@pytest.fixture
async def city(database: Database) -> Installation:
    """Three issuances and a refusal, witnessed twice."""
    made = Installation(database, await books(database), await batcher(database))
    await made.books.issue()
    await made.books.refuse()
    await made.batch()
    await made.books.issue()
    await made.books.issue()
    await made.batch()
    return made


def named(findings: Sequence[Finding]) -> set[tuple[str, str, str | None, str | None]]:
    return {
        (finding.what, finding.row.table, finding.row.issuance_number, finding.row.request_id) for finding in findings
    }


async def test_i7_what_nobody_touched_verifies(city: Installation) -> None:
    assert await city.verify() == []
    assert await city.verify(outside=False) == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("issuance", "UPDATE history.issuance SET fee_yen = 0 WHERE issuance_number = $1"),
        (
            "issuance_subject",
            "UPDATE history.issuance_subject SET person_number = '999' WHERE issuance_number = $1 AND position = 1",
        ),
        ("outcome", "UPDATE history.outcome SET outcome = 'cancelled' WHERE issuance_number = $1"),
    ],
)
async def test_i7_a_changed_row_is_named(city: Installation, table: str, change: str) -> None:
    number = city.books.numbers[1]
    async with attacker(city.database) as connection:
        await connection.execute(change, number)
    for outside in (True, False):
        found = await city.verify(outside=outside)
        assert {(finding.what, finding.row.table, finding.row.issuance_number) for finding in found} == {
            ("row_changed", table, number)
        }
        assert {finding.row.leaf_number for finding in found} != {None}


async def test_i7_a_changed_step_is_named_by_its_request(city: Installation) -> None:
    async with attacker(city.database) as connection:
        await connection.execute(
            "UPDATE history.transition SET code = 'other' WHERE request_id = 'request-2' AND step = 2"
        )
    assert named(await city.verify()) == {
        ("row_changed", "transition", None, "request-2"),
        ("step_changed", "transition", None, "request-2"),
    }


async def test_i7_a_removed_row_is_named(city: Installation) -> None:
    number = city.books.numbers[0]
    async with attacker(city.database) as connection:
        await connection.execute("DELETE FROM history.outcome WHERE issuance_number = $1", number)
    assert named(await city.verify()) == {("row_removed", "outcome", number, None)}


async def test_i7_a_row_removed_with_its_entry_leaves_its_leaf(city: Installation) -> None:
    number = city.books.numbers[0]
    async with attacker(city.database) as connection:
        await connection.execute("DELETE FROM history.outcome WHERE issuance_number = $1", number)
        await connection.execute(
            "DELETE FROM history.entry WHERE table_name = 'outcome' AND row_key = jsonb_build_array($1::text)", number
        )
    (found,) = await city.verify()
    assert (found.what, found.row.table, found.row.leaf_number) == ("entry_removed", "leaf", ISSUED - 1)


async def test_i7_a_row_inserted_backdated_past_the_triggers_is_named(city: Installation) -> None:
    async with attacker(city.database) as connection:
        await connection.execute(
            "INSERT INTO history.outcome SELECT municipality_code, '20261123-01-99999999-0', 'printed', true, $1, 'centre', $1 "
            "FROM history.issuance LIMIT 1",
            NOON - timedelta(days=365),
        )
    assert named(await city.verify()) == {("row_inserted", "outcome", "20261123-01-99999999-0", None)}


async def test_i7_a_row_and_its_entry_changed_together_disagree_with_the_leaf(city: Installation) -> None:
    number = city.books.numbers[1]
    async with attacker(city.database) as connection:
        await change_with_entry(connection, number)
    assert named(await city.verify()) == {("entry_changed", "issuance", number, None)}


async def change_with_entry(connection: asyncpg.Connection, number: str) -> None:
    """Change a fee, and make its entry anew as the database itself would."""
    await connection.execute("UPDATE history.issuance SET fee_yen = 0 WHERE issuance_number = $1", number)
    await connection.execute(
        """
        UPDATE history.entry AS e SET commitment = sha256(
            e.personal_commitment || convert_to(E'issuance\\n' || jsonb_strip_nulls(to_jsonb(i))::text, 'UTF8')
        )
        FROM history.issuance AS i WHERE i.issuance_number = $1 AND e.table_name = 'issuance'
            AND e.row_key = jsonb_build_array(i.issuance_number)
        """,
        number,
    )


async def rewrite_whole_log(city: Installation, number: str, signer: SignerKey) -> None:
    """Change one row and make entry, leaves, nodes and checkpoints anew, so that the database agrees with itself."""
    async with attacker(city.database) as connection:
        await connection.execute("SET LOCAL TimeZone = 'UTC'")
        order = await connection.fetch("SELECT transaction_id, entry_id FROM history.leaf ORDER BY leaf_number")
        sizes = await connection.fetch("SELECT tree_size FROM history.checkpoint ORDER BY tree_size")
        await change_with_entry(connection, number)
        for table in ("cosignature", "checkpoint", "node", "leaf"):
            await connection.execute(f"DELETE FROM history.{table}")
    assert order
    begin = 0
    for size in sizes:
        forged = CityBatcher(
            await city.database.connect("logger"), CITY, signer, lambda: NOON, size["tree_size"] - begin
        )
        await forged.batch()
        begin = size["tree_size"]


async def test_i7_a_whole_log_made_anew_without_the_key_is_found_by_its_signatures(city: Installation) -> None:
    await rewrite_whole_log(city, city.books.numbers[1], SignerKey(LOG.name, LOG_SIGNATURE, bytes(32)))
    assert {finding.what for finding in await city.verify(outside=False)} == {"checkpoint_unsigned"}


async def test_i7_a_whole_log_made_anew_with_the_key_is_found_by_the_witness_and_the_rows_named(
    city: Installation,
) -> None:
    number = city.books.numbers[1]
    await rewrite_whole_log(city, number, LOG)
    assert await city.verify(outside=False) == []
    found = await city.verify()
    assert {finding.what for finding in found} == {"tree_rewritten"}
    assert ("issuance", number) in {(finding.row.table, finding.row.issuance_number) for finding in found}
    # The first checkpoint still agrees, so nothing before it is suspected.
    assert {finding.row.issuance_number for finding in found} & {city.books.numbers[0]} == set()


async def test_i7_a_whole_log_made_anew_is_named_to_the_row_by_the_witnesss_leaves(city: Installation) -> None:
    await city.keep_leaves()
    assert await city.verify() == []
    number = city.books.numbers[1]
    await rewrite_whole_log(city, number, LOG)
    named_rows = {(finding.what, finding.row.table, finding.row.issuance_number) for finding in await city.verify()}
    assert named_rows == {("leaf_rewritten", "issuance", number), ("tree_rewritten", "leaf", None)}


async def test_i7_a_log_whose_end_was_cut_off_is_found_by_the_witness(city: Installation) -> None:
    async with attacker(city.database) as connection:
        last = await connection.fetchval("SELECT tree_size FROM history.checkpoint ORDER BY tree_size LIMIT 1")
        await connection.execute("DELETE FROM history.checkpoint WHERE tree_size > $1", last)
        await connection.execute(
            "WITH gone AS (DELETE FROM history.leaf WHERE leaf_number >= $1 RETURNING transaction_id, entry_id) "
            "DELETE FROM history.entry AS e USING gone AS g WHERE e.transaction_id = g.transaction_id AND e.entry_id = g.entry_id",
            last,
        )
        await connection.execute("DELETE FROM history.outcome WHERE issuance_number <> $1", city.books.numbers[0])
        for table in ("issuance_source", "issuance_subject", "issuance", "transition"):
            await connection.execute(f"DELETE FROM history.{table} WHERE {LAST_TWO[table]}")
        await connection.execute(
            "DELETE FROM issuance.intent_subject WHERE issuance_number <> $1", city.books.numbers[0]
        )
        await connection.execute("DELETE FROM issuance.intent WHERE issuance_number <> $1", city.books.numbers[0])
        await connection.execute("DELETE FROM issuance.request WHERE request_id IN ('request-3', 'request-4')")
    assert await city.verify(outside=False) == []
    (found,) = await city.verify()
    assert (found.what, found.detail) == ("tree_shorter", f"葉 / leaves {last} - {3 * ISSUED + REFUSED - 1}")


LAST_TWO = {
    "issuance_source": "issuance_number NOT LIKE '%00000001-%'",
    "issuance_subject": "issuance_number NOT LIKE '%00000001-%'",
    "issuance": "issuance_number NOT LIKE '%00000001-%'",
    "transition": "request_id IN ('request-3', 'request-4')",
}


async def test_i7_leaves_taken_out_of_the_middle_leave_a_gap(city: Installation) -> None:
    async with attacker(city.database) as connection:
        await connection.execute("DELETE FROM history.leaf WHERE leaf_number IN (4, 5)")
    found = await city.verify(outside=False)
    assert ("leaf_missing", "葉 / leaves 4 - 5") in {(finding.what, finding.detail) for finding in found}


async def test_i7_a_removed_unbatched_step_shows_in_the_state_of_its_request(city: Installation) -> None:
    await city.books.refuse()
    async with attacker(city.database) as connection:
        await connection.execute("DELETE FROM history.transition WHERE request_id = 'request-5' AND step = 2")
        await connection.execute(
            'DELETE FROM history.entry WHERE table_name = \'transition\' AND row_key = \'["centre", "issuances", "request-5", 2]\''
        )
    found = named(await city.verify(after=timedelta(0)))
    assert ("state_differs", "issuance.request", None, "request-5") in found


async def test_i7_a_removed_unbatched_step_in_the_middle_leaves_a_gap(city: Installation) -> None:
    number = await city.books.issue()
    async with attacker(city.database) as connection:
        await connection.execute("DELETE FROM history.transition WHERE request_id = 'request-5' AND step = 2")
        await connection.execute(
            'DELETE FROM history.entry WHERE table_name = \'transition\' AND row_key = \'["centre", "issuances", "request-5", 2]\''
        )
    assert ("step_missing", "transition", number, "request-5") in named(await city.verify(after=timedelta(0)))


async def test_i7_a_removed_unbatched_issuance_is_missed_by_its_attempt(city: Installation) -> None:
    number = await city.books.issue()
    async with attacker(city.database) as connection:
        for table in ("outcome", "issuance_subject", "issuance"):
            await connection.execute(f"DELETE FROM history.{table} WHERE issuance_number = $1", number)
            await connection.execute(
                "DELETE FROM history.entry WHERE table_name = $1 AND row_key ->> 0 = $2", table, number
            )
    assert named(await city.verify(after=timedelta(0))) == {("issuance_missing", "issuance", number, "request-5")}


async def test_i7_a_row_that_is_no_leaf_in_time_is_reported(city: Installation) -> None:
    request = await city.books.refuse()
    assert await city.verify(after=timedelta(0)) == []
    assert named(await city.verify()) == {
        ("unbatched", "transition", None, request),
        ("unbatched", "refusal_reason", None, request),
    }


async def test_i7_a_guard_that_was_switched_off_is_reported(city: Installation) -> None:
    admin = await city.database.connect()
    await admin.execute("ALTER TABLE history.outcome DISABLE TRIGGER entered")
    await admin.execute("ALTER TABLE history.transition DISABLE TRIGGER chained")
    assert {(finding.row.table, finding.detail) for finding in await city.verify()} == {
        ("outcome", "entered"),
        ("transition", "chained"),
    }


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            "UPDATE history.checkpoint SET root = sha256(root) WHERE tree_size = (SELECT max(tree_size) FROM history.checkpoint)",
            "checkpoint_changed",
        ),
        (
            "UPDATE history.checkpoint SET note = 'x' WHERE tree_size = (SELECT max(tree_size) FROM history.checkpoint)",
            "checkpoint_unsigned",
        ),
        ("INSERT INTO history.node VALUES ('092029', 8, 0, sha256('x'))", "node_changed"),
        ("UPDATE history.leaf SET leaf_hash = sha256('x') WHERE leaf_number = 3", "tree_rewritten"),
        (
            "DELETE FROM history.checkpoint WHERE tree_size = (SELECT max(tree_size) FROM history.checkpoint)",
            "leaf_unsigned",
        ),
    ],
)
async def test_i7_the_logs_own_tables_are_verified_too(city: Installation, change: str, what: str) -> None:
    async with attacker(city.database) as connection:
        await connection.execute(change)
    assert what in {finding.what for finding in await city.verify()}


async def test_i7_an_entry_made_twice_is_reported(city: Installation) -> None:
    number = city.books.numbers[0]
    async with attacker(city.database) as connection:
        await connection.execute(
            "INSERT INTO history.entry (municipality_code, transaction_id, table_name, row_key, salt, personal_commitment, commitment) "
            "SELECT municipality_code, transaction_id, table_name, row_key, salt, personal_commitment, commitment "
            "FROM history.entry WHERE table_name = 'outcome' AND row_key ->> 0 = $1",
            number,
        )
    assert ("row_entered_twice", "outcome", number, None) in named(await city.verify(after=timedelta(0)))


async def test_r_41_erased_rows_verify(city: Installation) -> None:
    await age(city.database)
    purger, number = await approved(city.database)
    async with purger.transaction():
        for table in ("issuance_subject", "my_number_read", "refusal_reason"):
            await purger.fetchval("SELECT history.erase_in($1, $2)", number, table)
    await city.batch()
    assert await city.verify() == []


async def test_r_41_what_is_left_of_an_erased_row_still_cannot_be_changed(city: Installation) -> None:
    await test_r_41_erased_rows_verify(city)
    number = city.books.numbers[0]
    async with attacker(city.database) as connection:
        await connection.execute(
            "UPDATE history.issuance_subject SET asked_by = false WHERE issuance_number = $1 AND position = 1", number
        )
    assert named(await city.verify()) == {("row_changed", "issuance_subject", number, None)}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE history.issuance_subject SET person_number = NULL, household_number = NULL", "row_changed"),
        ("UPDATE history.entry SET salt = NULL WHERE table_name = 'issuance_subject'", "erased_unapproved"),
    ],
)
async def test_r_41_an_erasure_that_nobody_approved_is_found(city: Installation, change: str, what: str) -> None:
    async with attacker(city.database) as connection:
        await connection.execute(change)
    found = await city.verify()
    assert {(finding.what, finding.row.table) for finding in found} == {(what, "issuance_subject")}
    assert len(found) == 6


async def test_i7_a_checkpoint_of_another_city_is_no_evidence_here(city: Installation) -> None:
    other = SignerKey("kiosk-log/092011", LOG_SIGNATURE, LOG.seed)
    checkpoint = Checkpoint(other.name, 27, city.witnessed[-1].checkpoint.root)
    city.witnessed.append(SignedCheckpoint(checkpoint, (other.sign(checkpoint.text, NOON),)))
    with pytest.raises(OutsideOfAnother):
        await city.verify()


async def test_i7_another_citys_log_is_no_concern_of_this_one(city: Installation) -> None:
    admin = await city.database.connect("postgres", "092011")
    await admin.execute("INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092011', 'test', '')")
    assert await city.verify() == []
