"""A file that would take away or change more than the set share of what we hold is refused as a whole."""

import io
from datetime import timedelta

import asyncpg
import pytest

from sync.feeds import FileRefused, Receipt, apply_file
from sync.feeds.layout_table import LayoutTable
from sync.feeds.status import SourceNotBegun, set_shares
from tests.servers import Database
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

LATER = BEGINS + timedelta(days=30)
PERSONS = 500


class Taxes:
    """A tax register of five hundred persons, by the example's table, and our side."""

    def __init__(self, sync: asyncpg.Connection, admin: asyncpg.Connection, table: LayoutTable) -> None:
        self._sync, self._admin, self._table = sync, admin, table

    async def take(
        self, kind: str, number: int, persons: range, name: str = "足利　太郎", unreadable: int = 0
    ) -> Receipt:
        head = {
            "layout": kind,
            "municipality_code": CITY,
            "file_number": str(number),
            "as_of": f"202611{24 + number}000000",
        }
        rows = [self._row(person, "足利　〓" if place < unreadable else name) for place, person in enumerate(persons)]
        content = io.BytesIO(file(self._table, head, rows))
        return await apply_file(self._sync, CITY, content, LATER, self._table)

    async def names(self) -> dict[str, int]:
        rows = await self._admin.fetch("SELECT name, count(*) FROM issuance.tax_record GROUP BY name")
        return {row["name"]: row["count"] for row in rows}

    @staticmethod
    def _row(person: int, name: str) -> dict[str, str]:
        home = "足利市本城三丁目2145番地"
        return {
            "action": "1", "person_number": str(person), "tax_year": "2026", "name": name, "birth_on": "3550229", "address": home,
            "address_on_january_1": home, "declared": "1", "amounts.total_income": "1",
        }  # fmt: skip


@pytest.fixture
async def taxes(database: Database) -> Taxes:
    made = Taxes(await database.connect("sync"), await database.connect(), example("tax"))
    assert (await made.take("1", 0, range(PERSONS))).changed == PERSONS
    return made


async def test_a_full_file_that_would_delete_nine_of_ten_is_refused_and_nothing_goes(taxes: Taxes) -> None:
    with pytest.raises(FileRefused, match="500件中450件で、上限5%") as fault:
        await taxes.take("1", 1, range(PERSONS // 10))
    assert (fault.value.line, fault.value.item) == (1, "share")
    assert await taxes.names() == {"足利　太郎": PERSONS}


@pytest.mark.parametrize(("gone", "is_taken"), [(25, True), (26, False)])
async def test_the_share_that_may_go_is_five_in_a_hundred(taxes: Taxes, gone: int, is_taken: bool) -> None:  # noqa: FBT001 - parametrised
    if is_taken:
        assert (await taxes.take("1", 1, range(gone, PERSONS))).changed == gone
        return
    with pytest.raises(FileRefused):
        await taxes.take("1", 1, range(gone, PERSONS))


async def test_what_cannot_be_read_counts_as_lost(taxes: Taxes) -> None:
    with pytest.raises(FileRefused, match="500件中26件"):
        await taxes.take("1", 1, range(PERSONS), unreadable=26)
    assert (await taxes.take("1", 1, range(PERSONS), unreadable=25)).aside == 25


async def test_a_first_file_that_is_mostly_unreadable_is_refused_too(database: Database) -> None:
    empty = Taxes(await database.connect("sync"), await database.connect(), example("tax"))
    with pytest.raises(FileRefused, match=r"100件中21件.*最初のもの.*kiosk feed layout") as fault:
        await empty.take("1", 0, range(100), unreadable=21)
    assert (fault.value.line, fault.value.item) == (2, "name")
    assert (await empty.take("1", 0, range(100), unreadable=20)).aside == 20


async def test_a_difference_that_would_change_more_than_its_share_is_refused(taxes: Taxes) -> None:
    with pytest.raises(FileRefused, match="上限30%"):
        await taxes.take("2", 1, range(151), name="足利　花子")
    assert (await taxes.take("2", 1, range(150), name="足利　花子")).changed == 150


async def test_new_records_are_no_change_however_many(taxes: Taxes) -> None:
    assert (await taxes.take("2", 1, range(PERSONS, 3 * PERSONS))).changed == 2 * PERSONS


async def test_a_file_of_many_others_is_no_reason_to_let_go_of_ours(taxes: Taxes) -> None:
    """A test register, or another system's numbers: twenty times as many records, and none of those we have."""
    with pytest.raises(FileRefused, match="500件中500件"):
        await taxes.take("1", 1, range(PERSONS, 21 * PERSONS))
    assert await taxes.names() == {"足利　太郎": PERSONS}


async def test_staff_set_the_shares_and_the_file_is_taken(database: Database, taxes: Taxes) -> None:
    staff = await database.connect("staff", CITY)
    with pytest.raises(SourceNotBegun):
        await set_shares(staff, CITY, "seal", 100, None)
    await set_shares(staff, CITY, "tax", 100, None)
    assert (await taxes.take("1", 1, range(PERSONS // 10))).changed == PERSONS - PERSONS // 10


async def test_sync_cannot_set_its_own_limits(database: Database, taxes: Taxes) -> None:
    assert await taxes.names() == {"足利　太郎": PERSONS}
    sync = await database.connect("sync", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sync.execute("UPDATE issuance.source SET most_lost_percent = 100")
