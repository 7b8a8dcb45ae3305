"""S2-4: differences between F6 and the register are found, explained, held back and repaired while everything runs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random

import asyncpg
import pytest

from issuance_db.holds import NotHeld, hold_person, release_person
from issuance_db.repairs import NothingToRepair, approve_repair, list_doubts
from issuance_db.staff_acts import Actor
from reconcile import Cause
from reconcile.compare import Difference
from reconcile.ranges import range_of
from sync import Projection
from sync.reconciliation import ITEMS, RANGE_BITS
from sync.reconciling import PARTS, Reconciler, Repair
from sync.record_differences import RecordDifference
from sync.session import session
from tests.servers import Database
from tests.sync.losing import lost_for
from tests.sync.registry_rows import CITY, Registry
from tests.sync.test_projection_rebuild import PERSONS, _City

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SOMEBODY = Actor("見本　花子", "差異を確認した")
_HELD = "SELECT person_number FROM issuance.person_held_back WHERE cause = 'doubt' ORDER BY 1"


@pytest.fixture
async def reconciler(database: Database) -> AsyncIterator[Reconciler]:
    async with session(database.dsn("sync")) as connection:
        yield Reconciler(connection, CITY, lambda: NOW)


@pytest.fixture
async def town(city_registry: Registry, projection: Projection) -> Registry:
    """Eight persons, each alone in a household of the same number."""
    for number in PERSONS[:8]:
        await city_registry.family(number, number)
    await projection.catch_up()
    return city_registry


def _brief(found: RecordDifference) -> tuple[str, Difference, Cause, tuple[str, ...]]:
    return found.person_number, found.difference, found.cause, found.items


async def _approved(database: Database, person: str) -> None:
    staff = await database.connect("staff", CITY)
    await approve_repair(staff, CITY, person, SOMEBODY)


async def test_s2_4_each_difference_is_found_and_explained_and_nobody_else_is_touched(
    town: Registry, projection: Projection, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    lost, removed, changed, renamed, ahead, protected, _, _ = PERSONS[:8]
    await town.person(protected, suppressed=True)
    await projection.catch_up()
    async with lost_for(admin, removed), lost_for(admin, changed):
        await town.person(removed, state="removed")
        await town.person(changed, name="足利　改")
        await town.person(changed, name="足利　再")
        await projection.catch_up()
    await admin.execute("DELETE FROM issuance.resident_record WHERE person_number = $1", lost)
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = $1", renamed)
    await admin.execute("UPDATE issuance.resident_key SET person_sequence = 9 WHERE person_number = $1", ahead)
    await admin.execute("DELETE FROM issuance.suppression WHERE person_number = $1", protected)
    await admin.execute(
        "INSERT INTO issuance.resident_record (municipality_code, person_number, name, sex, address) VALUES ($1, '9', 'x', 0, 'x')",
        CITY,
    )

    done = await reconciler.whole_city()

    assert {_brief(one) for one in done.differences} == {
        (lost, Difference.MISSING, Cause.ARRIVAL_LOST, ()),
        (removed, Difference.EXTRA, Cause.REMOVAL_LOST, ()),
        (changed, Difference.DIFFERENT, Cause.CHANGE_LOST, ("name", "head_name", "person_sequence")),
        (renamed, Difference.DIFFERENT, Cause.CHANGED_HERE, ("name",)),
        (ahead, Difference.DIFFERENT, Cause.AHEAD_OF_SOURCE, ("person_sequence",)),
        (protected, Difference.DIFFERENT, Cause.CHANGED_HERE, ("suppressed",)),
        ("9", Difference.EXTRA, Cause.NOT_OF_SOURCE, ()),
    }
    assert (done.in_register, done.in_records) == (7, 8)
    assert [row["person_number"] for row in await admin.fetch(_HELD)] == sorted(
        {lost, removed, changed, renamed, ahead, protected, "9"}
    )
    kept = await admin.fetch(
        "SELECT since_kind, items FROM history.record_difference WHERE person_number = $1", changed
    )
    assert [tuple(row) for row in kept] == [("test", ["name", "head_name", "person_sequence"])]
    assert await admin.fetchval("SELECT detail FROM history.alert WHERE cause = 'records_differ'") == (
        "7人 / persons held back: 当方にない1、当方だけにある2、内容が違う4 / missing here 1, only here 2, different 4"
    )


async def test_s2_4_who_is_protected_and_gone_is_explained_as_anybody_else(
    town: Registry, projection: Projection, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    left, returned, lifted = PERSONS[:3]
    for person in (left, returned, lifted):
        await town.person(person, suppressed=True)
    for person in (returned, lifted):
        await town.person(person, state="removed")
    await projection.catch_up()
    async with lost_for(admin, left):
        await town.person(left, state="removed")
        await projection.catch_up()
    await town.person(returned, state="resident")
    await projection.catch_up()
    await admin.execute("DELETE FROM issuance.resident_record WHERE person_number = $1", returned)
    await admin.execute("DELETE FROM issuance.suppression WHERE person_number = $1", lifted)

    assert {_brief(one) for one in (await reconciler.whole_city()).differences} == {
        (left, Difference.EXTRA, Cause.REMOVAL_LOST, ()),
        (returned, Difference.MISSING, Cause.ARRIVAL_LOST, ()),
        (lifted, Difference.MISSING, Cause.ARRIVAL_LOST, ("suppressed",)),
    }


@pytest.mark.parametrize(
    ("table", "column", "value", "item"),
    [
        *(("resident_record", name, "'x'", name) for name in (
            "name", "birth_text", "head_name", "relationship", "domicile", "first_registrant", "resident_since_text", "address",
            "address_since_text", "previous_address", "nationality", "foreign_resident_since_text", "alias",
        )),
        *(("resident_record", name, "'1999-01-01'", name) for name in (
            "birth_on", "resident_since_on", "address_since_on", "address_notified_on", "foreign_resident_since_on",
        )),
        *(("resident_record_extension", name, "'x'", name) for name in (
            "furigana", "former_surname", "former_surname_furigana", "alias_furigana", "address_before_move",
        )),
        *(("resident_record", "article_30_45", f"""'{{"{name}": "x"}}'""", f"article_30_45_{name}") for name in (
            "category", "status", "period", "expires_on", "card_number",
        )),
        ("resident_record", "sex", "2", "sex"),
        ("resident_record", "my_number_index", "'x'", "my_number_index"),
        ("resident_record", "my_number_key_version", "9", "my_number_key_version"),
        ("resident_key", "household_number", "'x'", "household_number"),
        ("resident_key", "member_order", "9", "member_order"),
        ("resident_key", "is_head", "NOT is_head", "is_head"),
        ("resident_key", "planned_move_out_on", "'1999-01-01'", "planned_move_out_on"),
        ("resident_key", "household_sequence", "9", "household_sequence"),
    ],
)  # fmt: skip
async def test_no_item_can_be_changed_unseen(
    town: Registry, admin: asyncpg.Connection, reconciler: Reconciler, table: str, column: str, value: str, item: str
) -> None:
    assert town.city == CITY
    await admin.execute(f"UPDATE issuance.{table} SET {column} = {value} WHERE person_number = $1", PERSONS[0])
    done = await reconciler.whole_city()
    assert [(one.person_number, one.items) for one in done.differences] == [(PERSONS[0], (item,))]


async def test_a_change_under_way_is_no_difference(
    town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    await town.person(PERSONS[0], name="足利　改")
    await town.person(PERSONS[1], state="removed")
    assert (await reconciler.whole_city()).is_equal
    assert (
        await admin.fetchval("SELECT name FROM issuance.resident_record WHERE person_number = $1", PERSONS[0])
        == "足利　改"
    )
    assert await admin.fetch(_HELD) == []


async def test_comparing_again_and_again_while_the_city_lives_invents_nothing(
    city_registry: Registry, projection: Projection, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    city = _City(city_registry, seed=7)
    running = asyncio.create_task(projection.run())
    for _ in range(15):
        comparing = asyncio.create_task(reconciler.whole_city())
        for _ in range(Random(7).randrange(1, 4)):
            await city.live()
        assert (await comparing).is_equal
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await admin.fetch(_HELD) == []


async def test_who_was_set_aside_by_the_projection_is_explained_so_and_not_held_back_twice(
    town: Registry, projection: Projection, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    await admin.execute("ALTER TABLE issuance.resident_record ADD CONSTRAINT no_poison CHECK (name <> '毒')")
    await town.person(PERSONS[0], name="毒")
    await projection.catch_up()
    done = await reconciler.whole_city()
    assert [(one.person_number, one.cause) for one in done.differences] == [(PERSONS[0], Cause.SET_ASIDE)]
    assert await admin.fetch(_HELD) == []


async def test_a_repair_waits_for_approval_and_then_makes_the_record_anew(
    database: Database, town: Registry, projection: Projection, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    one, other = PERSONS[:2]
    async with lost_for(admin, one), lost_for(admin, other):
        await town.person(one, name="足利　改", suppressed=True)
        await town.person(other, state="removed")
        await projection.catch_up()
    await admin.execute("DELETE FROM issuance.suppression")
    await reconciler.whole_city()
    assert await reconciler.repair() == []
    assert len(await admin.fetch(_HELD)) == 2

    await _approved(database, one)
    assert await reconciler.repair() == [Repair(one, is_equal=True)]
    assert [row["person_number"] for row in await admin.fetch(_HELD)] == [other]
    await _approved(database, other)
    assert await reconciler.repair() == [Repair(other, is_equal=True)]

    assert await admin.fetch(_HELD) == []
    assert (await reconciler.whole_city()).is_equal
    assert await admin.fetchval("SELECT count(*) FROM issuance.suppression WHERE person_number = $1", one) == 1
    kept = await admin.fetch("SELECT person_number, approved_by, is_equal FROM history.record_repair ORDER BY 1")
    assert [tuple(row) for row in kept] == [(one, SOMEBODY.name, True), (other, SOMEBODY.name, True)]
    assert await admin.fetchval("SELECT count(*) FROM history.staff_act WHERE act = 'repair_approved'") == 2


async def test_a_repair_is_approved_once_and_only_of_who_is_held_back(
    database: Database, town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = $1", PERSONS[0])
    assert not (await reconciler.persons(PERSONS[:2])).is_equal
    staff = await database.connect("staff", town.city)
    (doubt,) = await list_doubts(staff, CITY)
    assert (doubt["person_number"], doubt["cause"], doubt["items"]) == (PERSONS[0], "changed_here", ["name"])
    with pytest.raises(NothingToRepair):
        await approve_repair(staff, CITY, PERSONS[1], SOMEBODY)
    await approve_repair(staff, CITY, PERSONS[0], SOMEBODY)
    with pytest.raises(NothingToRepair):
        await approve_repair(staff, CITY, PERSONS[0], SOMEBODY)


async def test_staff_lift_their_own_doubt_and_not_that_of_the_comparison(
    database: Database, town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = $1", PERSONS[0])
    await reconciler.whole_city()
    staff = await database.connect("staff", town.city)
    with pytest.raises(NotHeld, match="kiosk reconcile"):
        await release_person(staff, CITY, PERSONS[0], SOMEBODY)
    await hold_person(staff, CITY, PERSONS[0], SOMEBODY)
    await release_person(staff, CITY, PERSONS[0], SOMEBODY)
    assert [tuple(row) for row in await admin.fetch("SELECT person_number, item FROM issuance.person_held_back")] == [
        (PERSONS[0], "reconciliation")
    ]


async def test_who_is_equal_again_is_let_go_but_not_whom_staff_hold_back(
    town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    assert town.city == CITY
    await admin.execute(
        "UPDATE issuance.resident_record SET name = name || '改' WHERE person_number = ANY ($1)", PERSONS[:2]
    )
    await reconciler.whole_city()
    await admin.execute(
        "INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) VALUES ($1, $2, 'doubt', 'staff')",
        CITY, PERSONS[0],
    )  # fmt: skip
    await admin.execute(
        "UPDATE issuance.resident_record SET name = rtrim(name, '改') WHERE person_number = ANY ($1)", PERSONS[:2]
    )
    assert (await reconciler.whole_city()).cleared == 2
    assert [row["person_number"] for row in await admin.fetch(_HELD)] == [PERSONS[0]]


async def test_of_some_persons_each_side_counts_those_it_has(
    town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    assert town.city == CITY
    await admin.execute("DELETE FROM issuance.resident_record WHERE person_number = $1", PERSONS[0])
    done = await reconciler.persons([*PERSONS[:2], "9999"])
    assert (done.in_register, done.in_records, len(done.differences)) == (2, 1, 1)


async def test_two_comparisons_at_once_do_not_disturb_each_other(
    database: Database, town: Registry, reconciler: Reconciler
) -> None:
    async with session(database.dsn("sync")) as connection:
        other = Reconciler(connection, town.city, lambda: NOW)
        both = [reconciler, other] * 5
        for one, two in zip(both[::2], both[1::2], strict=True):
            done = await asyncio.gather(one.whole_city(), two.whole_city())
            assert all(found.is_equal for found in done)


async def test_the_parts_together_are_the_city(
    town: Registry, admin: asyncpg.Connection, reconciler: Reconciler
) -> None:
    assert town.city == CITY
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = ANY ($1)", PERSONS[:3])
    found = [(await reconciler.next_part()) for _ in range(PARTS)]
    assert sorted(one.person_number for part in found for one in part.differences) == sorted(PERSONS[:3])
    assert sum(part.in_register for part in found) == 8
    assert await admin.fetchval("SELECT next_part FROM issuance.reconciled") == 0
    assert await admin.fetchval("SELECT count(*) FROM history.reconciliation") == sum(
        not part.is_equal for part in found
    )


async def test_the_database_and_the_engine_name_the_same_ranges(admin: asyncpg.Connection) -> None:
    keys = ["1", "1001", "見本", "𠮷", "x" * 300]
    rows = [await admin.fetchval("SELECT issuance.range_of($1, $2)", key, RANGE_BITS) for key in keys]
    assert rows == [range_of(key, RANGE_BITS) for key in keys]


async def test_every_item_has_its_name(town: Registry, admin: asyncpg.Connection) -> None:
    assert town.city == CITY
    await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    for side in ("registry.register_side", "issuance.record_side"):
        sizes = await admin.fetch(f"SELECT DISTINCT cardinality(items) AS size FROM {side}($1)", CITY)
        assert [row["size"] for row in sizes] == [len(ITEMS)]
