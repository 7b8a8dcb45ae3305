"""What we hold is compared with what the files said last, without a file: whoever differs is told with item and file, and stopped until equal again."""

import asyncio
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import pytest

from sync.feeds import Receipt, apply_file, compare_source
from sync.feeds.doubts import Doubt
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.said_comparing import PARTS, FedReconciler, SaidComparison, SourceBusy
from tests.servers import Database
from tests.sync.feeds.test_koseki_feed import Register as KosekiRegister
from tests.sync.feeds.test_koseki_feed import koseki, supplement
from tests.sync.feeds.test_resident_feed import Register as ResidentRegister
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource
from tests.sync.seal_source import BEGINS, KEY, Seal, SealSource
from tests.sync.test_person_feeds import disaster, tax

LATER = BEGINS + timedelta(days=30)
SOURCES = {source.name: source for source in FED_SOURCES}
ONE, TWO = "0000000101", "0000000102"


@dataclass(slots=True)
class Told:
    """Our side of one source, and its files: a full one of two numbers, then a difference about the first of them."""

    name: str
    number: str
    files: tuple[bytes, bytes]
    damage: tuple[str, str]
    """A statement that changes what we hold of the number, and which item that is."""
    removal: str
    sync: asyncpg.Connection
    admin: asyncpg.Connection

    async def take(self, content: bytes) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), LATER)

    async def begin(self) -> None:
        for content in self.files:
            assert (await self.take(content)).result == "applied"

    async def compare(self, *numbers: str) -> SaidComparison:
        reconciler, source = FedReconciler(self.sync, CITY, lambda: LATER), SOURCES[self.name]
        return await (reconciler.numbers(source, numbers) if numbers else reconciler.whole(source))

    async def doubts(self) -> dict[str, tuple[str, str]]:
        rows = await self.admin.fetch(
            "SELECT person_number, difference, found_by FROM issuance.source_doubt ORDER BY found_by"
        )
        return {row["person_number"]: (row["difference"], row["found_by"]) for row in rows}

    async def alerts(self) -> list[str]:
        return [row["cause"] for row in await self.admin.fetch("SELECT cause FROM history.alert ORDER BY alert_id")]


def _residents() -> tuple[bytes, bytes]:
    source = ResidentSource()
    return source.full(Resident(ONE, "1"), Resident(TWO, "2")), source.set(Resident(ONE, "1").changed(furigana="イ"))


def _seals() -> tuple[bytes, bytes]:
    source = SealSource()
    return source.full(Seal(ONE, "A-1"), Seal(TWO, "A-2")), source.change(ONE, name="佐野　太郎")


def _tax() -> tuple[bytes, bytes]:
    source = tax()
    return source.full((ONE, "2025"), (ONE, "2026"), (TWO, "2026")), source.set((ONE, "2026"), "2")


def _damage() -> tuple[bytes, bytes]:
    source = disaster()
    return source.full((ONE, "R8-1"), (ONE, "R8-2"), (TWO, "R8-3")), source.set((ONE, "R8-2"), "2")


def _koseki(name: str, of: Callable[..., list[tuple[str, ...]]]) -> tuple[bytes, bytes]:
    office = KosekiRegister(name, of, *(None,) * 2)  # type: ignore[arg-type]  # it writes files here, and takes none
    first = office.file("full", of("K1", "太郎", "花子"), of("K2", "次郎"))
    office.number += 1
    return first, office.file("difference", of("K1", "太郎", "花子", family="佐野"))


CASES: dict[str, tuple[Callable[[], tuple[bytes, bytes]], str, tuple[str, str], str]] = {
    "resident": (
        _residents, ONE, ("UPDATE issuance.resident_record SET address = '足利市' WHERE person_number = $1", "address"),
        "DELETE FROM issuance.resident_record WHERE person_number = $1",
    ),
    "seal": (
        _seals, ONE, ("UPDATE issuance.seal_registration SET registered_on = '2021-01-01' WHERE person_number = $1", "registered_on"),
        "DELETE FROM issuance.seal_registration WHERE person_number = $1",
    ),
    "tax": (
        _tax, ONE, ("UPDATE issuance.tax_amount SET amount = 7 WHERE person_number = $1 AND tax_year = 2026", "amounts"),
        "DELETE FROM issuance.tax_record WHERE person_number = $1",
    ),
    "disaster": (
        _damage, ONE, ("UPDATE issuance.disaster_damage SET degree = 'total' WHERE person_number = $1", "degree"),
        "DELETE FROM issuance.disaster_damage WHERE person_number = $1",
    ),
    "koseki": (
        lambda: _koseki("koseki", koseki), "K1",
        ("UPDATE issuance.koseki_paragraph SET content = 'x' WHERE koseki_number = $1", "items"),
        "DELETE FROM issuance.koseki WHERE koseki_number = $1",
    ),
    "koseki_supplement": (
        lambda: _koseki("koseki_supplement", supplement), "K1",
        ("UPDATE issuance.koseki_supplement_address SET address = 'x' WHERE koseki_number = $1", "persons"),
        "DELETE FROM issuance.koseki_supplement WHERE koseki_number = $1",
    ),
}  # fmt: skip


@pytest.fixture
async def connections(database: Database) -> tuple[asyncpg.Connection, asyncpg.Connection]:
    admin = await database.connect()
    await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    return await database.connect("sync"), admin


@pytest.fixture(params=CASES)
async def told(request: pytest.FixtureRequest, connections: tuple[asyncpg.Connection, asyncpg.Connection]) -> Told:
    files, number, damage, removal = CASES[request.param]
    made = Told(request.param, number, files(), damage, removal, *connections)
    await made.begin()
    return made


@pytest.fixture
async def seals(connections: tuple[asyncpg.Connection, asyncpg.Connection]) -> Told:
    files, number, damage, removal = CASES["seal"]
    made = Told("seal", number, files(), damage, removal, *connections)
    await made.begin()
    return made


def test_every_source_with_a_list_says_what_its_items_are_called() -> None:
    compared = {source.name for source in FED_SOURCES if "told" in source.statements}
    assert compared == {source.name for source in FED_SOURCES if source.keys} == set(CASES)
    assert all(SOURCES[name].items for name in compared)


async def test_what_a_file_said_is_what_we_hold_of_every_source(told: Told) -> None:
    done = await told.compare()
    assert (done.differences, done.said, await told.doubts(), await told.alerts()) == ({}, done.held, {}, [])
    assert await told.admin.fetchval("SELECT count(*) FROM issuance.source_said") == done.said > 1
    names = SOURCES[told.name].items
    assert await told.admin.fetchval("SELECT array_agg(DISTINCT cardinality(items)) FROM issuance.source_said") == [
        len(names)
    ]


async def test_mis_08_what_differs_is_stopped_with_item_and_file_until_a_file_says_it_anew(told: Told) -> None:
    statement, item = told.damage
    await told.admin.execute(statement, told.number)
    done = await told.compare()
    assert done.differences == {told.number: Doubt("different", (item,), 1)}
    assert await told.doubts() == {told.number: ("different", "said")}
    row = await told.admin.fetchrow(
        "SELECT c.found_by, c.file_number, d.items, d.since_file FROM history.source_difference AS d "
        "JOIN history.source_comparison AS c USING (municipality_code, comparison_id)"
    )
    assert row is not None
    assert tuple(row) == ("said", 1, [item], 1)
    assert await told.alerts() == [f"feed/{told.name}_differs"]
    # Found again it is the same doubt, and no other alert.
    for numbers in ((), (told.number,)):
        assert (await told.compare(*numbers)).differences == done.differences
    assert len(await told.alerts()) == 1
    assert (await told.take(told.files[1])).result == "repeated"
    assert set(await told.doubts()) == {told.number}


async def test_mis_08_what_is_gone_here_is_missing(told: Told) -> None:
    await told.admin.execute(told.removal, told.number)
    assert (await told.compare(told.number)).differences[told.number].difference == "missing"
    assert await told.doubts() == {told.number: ("missing", "said")}


async def test_mis_08_what_no_file_said_is_extra_until_it_is_gone(seals: Told) -> None:
    await seals.admin.execute(
        "INSERT INTO issuance.seal_registration SELECT municipality_code, '0000000103', 'A-3', registered_on, name, birth_on, birth_text, "
        "address, image, image_sha256 FROM issuance.seal_registration WHERE person_number = $1",
        ONE,
    )
    done = await seals.compare()
    assert (done.said, done.held, done.differences) == (2, 3, {"0000000103": Doubt("extra")})
    assert await seals.admin.fetchval("SELECT detail FROM history.alert") == (
        "1番のファイル / file: 連携元 / at the source 2、当方 / here 3; 当方にない0、当方だけにある1、内容が違う0 / "
        "missing here 0, only here 1, different 0"
    )
    await seals.admin.execute("DELETE FROM issuance.seal_registration WHERE person_number = '0000000103'")
    assert (await seals.compare()).cleared == 1
    assert await seals.doubts() == {}


async def test_damage_that_is_another_persons_now_stops_both(
    connections: tuple[asyncpg.Connection, asyncpg.Connection],
) -> None:
    told = Told("disaster", ONE, _damage(), ("", ""), "", *connections)
    await told.begin()
    await told.admin.execute("UPDATE issuance.disaster_damage SET person_number = $1 WHERE damage_number = 'R8-1'", TWO)
    assert {number: one.difference for number, one in (await told.compare()).differences.items()} == {
        ONE: "missing",
        TWO: "extra",
    }


async def test_a_full_file_of_the_state_we_have_mends_ends_the_doubt_and_keeps_who_it_was(seals: Told) -> None:
    source = SealSource(number=1)
    await seals.admin.execute(seals.removal, ONE)
    await seals.compare()
    content = source.full(Seal(ONE, "A-1", name="佐野　太郎"), Seal(TWO, "A-2"))
    assert (await seals.take(content)).changed == 1
    assert await seals.doubts() == {}
    assert await seals.alerts() == ["feed/seal_differs", "feed/seal_differed"]
    row = await seals.admin.fetchrow(
        "SELECT c.at_source, c.here, d.person_number, d.difference FROM history.source_difference AS d "
        "JOIN history.source_comparison AS c USING (municipality_code, comparison_id) WHERE c.found_by = 'full'"
    )
    assert row is not None
    assert tuple(row) == (2, 1, ONE, "missing")
    # It changes nothing again, and nothing is told again.
    assert (await seals.take(content)).result == "repeated"
    assert len(await seals.alerts()) == 2


async def test_a_difference_that_says_the_record_anew_ends_the_doubt_at_once(seals: Told) -> None:
    await seals.admin.execute(seals.damage[0], ONE)
    await seals.compare()
    source = SealSource({ONE: Seal(ONE, "A-1")}, number=1)
    assert (await seals.take(source.change(ONE, name="佐野　次郎"))).changed == 1
    assert (await seals.doubts(), (await seals.compare()).differences) == ({}, {})


async def test_a_doubt_is_ended_by_who_found_it_alone(
    connections: tuple[asyncpg.Connection, asyncpg.Connection],
) -> None:
    source = ResidentSource()
    told = Told(
        "resident",
        ONE,
        (source.full(Resident(ONE, "1"), Resident(TWO, "2")), source.difference([])),
        ("", ""),
        "",
        *connections,
    )
    await told.begin()

    async def listed() -> None:
        await compare_source(told.sync, CITY, io.BytesIO(source.keys()), KEY, LATER)

    async def held() -> int:
        return (
            await told.admin.fetchval("SELECT count(*) FROM issuance.person_held_back WHERE item = 'resident_list'")
            or 0
        )

    source.holds.pop(TWO)
    await listed()
    assert ((await told.compare()).differences, await told.doubts(), await held()) == ({}, {TWO: ("extra", "list")}, 1)
    row = await told.admin.fetchrow("SELECT since_file FROM history.source_difference")
    assert row is not None
    assert row["since_file"] == 0
    await told.admin.execute("UPDATE issuance.resident_record SET address = '足利市' WHERE person_number = $1", TWO)
    await told.compare()
    assert await held() == 1
    source.holds[TWO] = Resident(TWO, "2").changed(address="足利市")
    await listed()
    assert (await told.doubts(), await held()) == ({TWO: ("different", "said")}, 1)
    await told.admin.execute(
        "UPDATE issuance.resident_record SET address = $2 WHERE person_number = $1",
        TWO,
        "栃木県足利市本城三丁目２１４５番地",
    )
    await told.compare()
    assert (await told.doubts(), await held()) == ({}, 0)


async def test_each_part_is_compared_in_its_turn_and_together_they_are_everybody(seals: Told) -> None:
    reconciler = FedReconciler(seals.sync, CITY, lambda: LATER)
    source = SealSource(number=5)
    await seals.take(source.full(*(Seal(f"{number:010}", f"S-{number}") for number in range(200))))
    await seals.admin.execute("UPDATE issuance.seal_registration SET name = '改' WHERE person_number < '0000000010'")
    counts = []
    for expected in range(PARTS):
        (begun,) = await reconciler.begun()
        assert begun.next_part == expected
        counts.append((await reconciler.part(begun.source, begun.next_part)).said)
    (begun,) = await reconciler.begun()
    assert (sum(counts), begun.next_part, begun.part_at) == (200, 0, LATER)
    assert set(await seals.doubts()) == {f"{number:010}" for number in range(10)}


async def test_a_doubt_that_lasts_is_one_row_and_each_comparison_still_shows(seals: Told) -> None:
    now = LATER
    reconciler, source = FedReconciler(seals.sync, CITY, lambda: now), SOURCES["seal"]

    async def rows() -> list[tuple[int | None, list[str | None]]]:
        found = await seals.admin.fetch(
            "SELECT c.parts, array_agg(i.item) AS items FROM history.source_comparison AS c "
            "LEFT JOIN history.source_difference AS d USING (municipality_code, comparison_id) LEFT JOIN unnest(d.items) AS i (item) ON true "
            "GROUP BY c.comparison_id, c.parts ORDER BY c.comparison_id"
        )
        return [(row["parts"], row["items"]) for row in found]

    await reconciler.whole(source)
    await seals.admin.execute(seals.damage[0], ONE)
    for part in range(PARTS):
        now += timedelta(minutes=5)
        await reconciler.part(source, part)
    assert await rows() == [(0, [None]), (None, ["registered_on"])]

    async def doubt() -> tuple[datetime, datetime, list[str]]:
        row = await seals.admin.fetchrow("SELECT since, compared_at, items FROM issuance.source_doubt")
        assert row is not None
        return row["since"], row["compared_at"], row["items"]

    since, compared_at, _ = await doubt()
    assert LATER < since < compared_at == now
    # What is found otherwise is a row again, and staff read what differs now.
    await seals.admin.execute("UPDATE issuance.seal_registration SET name = '改' WHERE person_number = $1", ONE)
    await reconciler.part(source, 0)
    assert await doubt() == (since, now, ["registered_on", "name"])
    assert (await rows())[2:] == [(None, ["registered_on", "name"])]
    # The books say each day how many parts were compared since the day before.
    await reconciler.whole(source)
    await reconciler.whole(source)
    assert (await rows())[3:] == [(PARTS + 1, ["registered_on", "name"]), (0, ["registered_on", "name"])]
    await seals.admin.execute("DELETE FROM issuance.seal_registration WHERE person_number = $1", ONE)
    await seals.admin.execute("DELETE FROM issuance.source_said WHERE number = $1", ONE)
    await reconciler.part(source, 0)
    assert (await rows())[5:] == [(None, [None])]
    assert (await seals.doubts(), len(await seals.alerts())) == ({}, 1)


async def test_a_source_whose_file_is_being_applied_is_looked_at_later(seals: Told, database: Database) -> None:
    await seals.admin.execute(seals.damage[0], ONE)
    other = await database.connect("sync")
    async with other.transaction():
        await other.execute(f"SELECT pg_advisory_xact_lock(hashtextextended('feed/{CITY}/seal', 0))")
        with pytest.raises(SourceBusy):
            await seals.compare()
    assert await seals.doubts() == {}
    assert set((await seals.compare()).differences) == {ONE}


async def test_while_files_come_nothing_is_found_that_is_not_so(seals: Told, database: Database) -> None:
    feeding, source = await database.connect("sync"), SealSource({ONE: Seal(ONE, "A-1")}, number=1)

    async def files() -> None:
        for count in range(20):
            await apply_file(feeding, CITY, io.BytesIO(source.change(ONE, name=f"佐野　{count}")), LATER)

    feeder, compared = asyncio.create_task(files()), 0
    while not feeder.done():
        with suppress(SourceBusy):
            assert (await seals.compare()).differences == {}
            compared += 1
    await feeder
    assert compared > 0
    assert (await seals.compare()).differences == {}


async def test_before_a_full_file_has_come_there_is_nothing_to_compare_with(seals: Told) -> None:
    await seals.admin.execute("UPDATE issuance.source SET said_since = NULL")
    assert await FedReconciler(seals.sync, CITY, lambda: LATER).begun() == []
    await seals.take(SealSource(number=1).full(Seal(ONE, "A-1")))
    assert [one.source.name for one in await FedReconciler(seals.sync, CITY, lambda: LATER).begun()] == ["seal"]


@pytest.mark.parametrize("kind", ["1", "2"], ids=["full", "difference"])
async def test_a_record_that_was_set_aside_is_no_difference(
    connections: tuple[asyncpg.Connection, asyncpg.Connection], kind: str
) -> None:
    told = Told("resident", ONE, _residents(), ("", ""), "", *connections)
    await told.begin()
    city = ResidentRegister(*connections, ResidentSource(number=2))
    assert (await city.take_rows(kind, Resident(ONE, "1").changed(name="〓"), Resident(TWO, "2"))).aside == 1
    assert (await told.compare()).differences == {}
    city.source.number = 3
    assert (await city.take_rows(kind, Resident(ONE, "1"), Resident(TWO, "2"))).aside == 0
    assert (await told.compare()).differences == {}
    city.source.number = 4
    await city.take_rows("1", Resident(TWO, "2"))
    done = await told.compare()
    assert (done.said, done.held, done.differences) == (1, 1, {})


async def test_a_source_of_full_files_alone_loses_nothing_by_changing(
    connections: tuple[asyncpg.Connection, asyncpg.Connection],
) -> None:
    source, later = SealSource(), BEGINS + timedelta(hours=1)
    told = Told("seal", ONE, (source.full(Seal(ONE, "A-1")), source.full()), ("", ""), "", *connections)
    await told.take(told.files[0])
    source.clock = lambda: later
    assert (await told.take(source.full(Seal(TWO, "A-2")))).changed == 2
    assert await told.alerts() == []
    # One of the same moment is of the state we have.
    assert (await told.take(source.full(Seal(ONE, "A-1")))).changed == 2
    assert await told.alerts() == ["feed/seal_differed"]
