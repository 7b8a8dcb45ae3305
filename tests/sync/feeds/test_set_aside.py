"""A record that cannot be read is set aside and listed, what stood in its place goes, the rest of the file counts; the next sound one mends it."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from civil.calendar import JST
from sync.feeds import FileRefused, Receipt, apply_file
from sync.feeds.layout_table import LayoutTable
from sync.feeds.status import list_aside, source_status
from tests.servers import Database
from tests.sync.feeds.rows import Row, disaster_row, seal_row, tax_row
from tests.sync.feeds.tables import example, table
from tests.sync.feeds.written import file, zipped
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

LATER = BEGINS + timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Way:
    """One source: its rows, how it deletes one, and what we hold of it."""

    row: Callable[..., Row]
    full: str
    difference: str
    numbers: tuple[str, str]
    deleted: Row
    held: str
    aside: str


WAYS = {
    "disaster": Way(
        disaster_row, "全件", "差分", ("1", "2"), {"action": "削除", **dict.fromkeys(("name", "birth_on", "address", "disaster", "struck_on", "cause", "dwelling_address", "degree"), "")},
        "SELECT damage_number FROM issuance.disaster_damage ORDER BY 1", "1",
    ),
    "tax": Way(
        tax_row, "1", "2", ("2025", "2026"), {"action": "9", **dict.fromkeys(("name", "birth_on", "address", "address_on_january_1", "declared", "amounts.total_income"), "")},
        "SELECT tax_year::text FROM issuance.tax_record ORDER BY 1", "0000000101/2025",
    ),
    "seal": Way(
        seal_row, "1", "2", ("1", "2"), {"action": "9", **dict.fromkeys(("registered_on", "name", "birth_on", "address", "image"), "")},
        "SELECT right(person_number, 1) FROM issuance.seal_registration ORDER BY 1", "0000000101",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Register:
    """One source by its table, and our side."""

    way: Way
    table: LayoutTable
    sync: asyncpg.Connection
    admin: asyncpg.Connection
    number: int = 0
    said: list[str] = field(default_factory=list)

    def file(self, kind: str, *rows: Mapping[str, str], number: int | None = None) -> bytes:
        number = self.number if number is None else number
        as_of = (BEGINS + timedelta(hours=number)).astimezone(JST)
        head = {
            "layout": kind,
            "municipality_code": CITY,
            "file_number": str(number).zfill(6),
            "as_of": f"{as_of:%Y%m%d%H%M%S}",
        }
        return file(self.table, head, rows)

    async def take(self, content: bytes, now: datetime = LATER) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), now, self.table)

    async def full(self, *rows: Mapping[str, str]) -> Receipt:
        return await self.take(self.file(self.way.full, *rows))

    async def difference(self, *rows: Mapping[str, str]) -> Receipt:
        self.number += 1
        return await self.take(self.file(self.way.difference, *rows))

    async def held(self) -> list[str]:
        return [row[0] for row in await self.admin.fetch(self.way.held)]

    async def aside(self) -> list[str]:
        return [row["record_key"] for row in await self.admin.fetch("SELECT record_key FROM issuance.feed_set_aside")]


@pytest.fixture(autouse=True, params=["in one go", "in parts"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are read into a table first; what comes of them is the same."""
    if request.param == "in parts":
        monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", 0)


@pytest.fixture(params=list(WAYS))
async def register(request: pytest.FixtureRequest, database: Database) -> Register:
    name: str = request.param
    return Register(WAYS[name], example(name), await database.connect("sync"), await database.connect())


@pytest.fixture
def rows(register: Register) -> tuple[Row, Row]:
    first, second = register.way.numbers
    return register.way.row(first), register.way.row(second)


def unreadable(row: Row) -> Row:
    return {**row, "name": "足利　〓郎"}


async def test_a_full_file_is_applied_without_what_cannot_be_read(register: Register, rows: tuple[Row, Row]) -> None:
    assert (await register.full(*rows)).aside == 0
    receipt = await register.full(unreadable(rows[0]), rows[1])
    assert (receipt.result, receipt.records, receipt.aside, receipt.changed) == ("applied", 2, 1, 1)
    assert (await register.held(), await register.aside()) == ([register.way.numbers[1]], [register.way.aside])
    assert (await register.full(*rows)).aside == 0
    assert (await register.held(), await register.aside()) == (list(register.way.numbers), [])


async def test_it_is_listed_with_file_line_item_and_reason_and_never_with_its_content(
    database: Database, register: Register, rows: tuple[Row, Row]
) -> None:
    receipt = await register.full(rows[1], unreadable(rows[0]))
    staff = await database.connect("staff", CITY)
    (listed,) = await list_aside(staff, CITY)
    assert (listed["layout"], listed["file_number"], listed["line"], listed["item"]) == (
        receipt.told.layout,
        0,
        3,
        "name",
    )
    assert "失われた文字" in listed["reason"]
    assert "〓" not in listed["reason"].replace("(〓、?、□など)", "").replace("(〓, ?, □ …)", "")
    kept = await register.admin.fetchrow("SELECT line, item, reason FROM history.feed_fault")
    assert kept is not None
    assert tuple(kept) == (3, "name", listed["reason"])
    alert = await register.admin.fetchrow("SELECT cause, detail FROM history.alert")
    assert alert is not None
    assert tuple(alert) == (
        f"feed/{receipt.told.source}_set_aside",
        f"{receipt.told.layout} 0: 読めない行 / records that cannot be read: 1",
    )
    (status,) = await source_status(staff, CITY, LATER)
    assert status.aside == 1


async def test_a_difference_that_cannot_be_read_takes_away_what_stood_there(
    register: Register, rows: tuple[Row, Row]
) -> None:
    await register.full(*rows)
    receipt = await register.difference(unreadable(rows[0]) | ({"action": "2"} if register.way.row is seal_row else {}))
    assert (receipt.result, receipt.aside, receipt.changed) == ("applied", 1, 1)
    assert (await register.held(), await register.aside()) == ([register.way.numbers[1]], [register.way.aside])


@pytest.mark.parametrize("then", ["sound", "deleted", "unreadable again", "another"])
async def test_what_was_set_aside_ends_when_a_file_speaks_of_it_again(
    register: Register, rows: tuple[Row, Row], then: str
) -> None:
    await register.full(unreadable(rows[0]), rows[1])
    change = {"action": "2"} if register.way.row is seal_row else {}
    after: Row = {
        "sound": rows[0] | change,
        "deleted": rows[0] | register.way.deleted,
        "unreadable again": unreadable(rows[0]) | change,
        "another": rows[1] | change,
    }[then]
    receipt = await register.difference(after)
    first, second = register.way.numbers
    assert receipt.result == "applied"
    assert await register.held() == {"sound": [first, second]}.get(then, [second])
    assert await register.aside() == ([register.way.aside] if then in {"unreadable again", "another"} else [])


async def test_a_record_that_is_there_twice_and_once_unreadable_refuses_the_file(
    register: Register, rows: tuple[Row, Row]
) -> None:
    with pytest.raises(FileRefused, match="2回"):
        await register.full(unreadable(rows[0]), rows[0])
    assert (await register.held(), await register.aside()) == ([], [])


async def test_a_record_of_nobody_knows_whom_refuses_the_file(register: Register, rows: tuple[Row, Row]) -> None:
    await register.full(*rows)
    with pytest.raises(FileRefused) as fault:
        await register.full({**rows[0], "person_number": "〓"}, rows[1])
    assert fault.value.item == "person_number"
    assert await register.held() == list(register.way.numbers)


async def test_the_same_file_twice_is_once_zipped_or_not(register: Register, rows: tuple[Row, Row]) -> None:
    content = register.file(register.way.full, unreadable(rows[0]), rows[1])
    assert (await register.take(content)).result == "applied"
    for again in (content, zipped(content)):
        assert (await register.take(again)).result == "repeated"
    assert await register.admin.fetchval("SELECT count(*) FROM history.feed_receipt") == 1
    assert await register.aside() == [register.way.aside]


async def test_files_out_of_order_wait(register: Register, rows: tuple[Row, Row]) -> None:
    await register.full(rows[0])
    second = register.file(register.way.difference, rows[0] | register.way.deleted, number=2)
    receipt = await register.take(second)
    assert (receipt.result, receipt.waits_for) == ("waiting", 1)
    assert await register.held() == [register.way.numbers[0]]


async def test_where_the_table_says_so_one_bad_record_refuses_the_file(database: Database, tmp_path: Path) -> None:
    said = table(tmp_path, "cp932", "fixed", "none", bad_rows="refuse")
    register = Register(WAYS["disaster"], said, await database.connect("sync"), await database.connect())
    row = disaster_row("1", action="1", municipality_code=CITY, birth_on="3550229", degree="4")
    with pytest.raises(FileRefused) as fault:
        await register.take(register.file("1", row, unreadable({**row, "damage_number": "2"})))
    assert (fault.value.line, fault.value.item) == (3, "name")
    assert (await register.held(), await register.aside()) == ([], [])
    assert (await register.take(register.file("1", row))).result == "applied"
