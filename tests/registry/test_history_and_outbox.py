"""The history, its sequences and the outbox: one transaction, no gaps, nothing ever changed."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest

from civil.recorded_date import RecordedDate
from registry.residents import (
    HouseholdWithoutHead,
    UnknownPerson,
    assign_numbers,
    city_transaction,
    due_move_outs,
    number_of,
    person_at,
)
from tests.registry.office import CITY, HOME, Office, days_ago, someone
from tests.servers import Database

ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)
_OUTBOX = "SELECT subject, number, sequence FROM registry.outbox ORDER BY outbox_id"


async def test_golden_example_of_the_standard_one_full_row_for_each_event(office: Office) -> None:
    """標準仕様書 1.2: 青木太郎 国内転入 松町１番地, 転居 松町８番地; 青木花子 国内転入 松町８番地, the same household 0000100.

    The example's numbers have no check digit. Newly given ones must have one, so ours are others.
    """
    here = {"household_number": number_of(100), "domicile": "なし", "first_registrant": "青木　太郎"}
    taro = someone(1, name="青木　太郎", address="松町１番地", **here)
    await office.file("IN1", entries=(taro,), occurred=days_ago(9))
    await office.file("MV", {ONE: {"address": "松町８番地"}}, occurred=days_ago(6))
    hanako = someone(2, "妻", name="青木　花子", address="松町８番地", **here)
    await office.file("IN1", entries=(hanako,))
    rows = await office.rows(
        """SELECT h.person_number, h.history_number, e.kind, h.name, h.address, h.household_number
        FROM registry.person_history h JOIN registry.event e USING (municipality_code, event_id) ORDER BY 1, 2"""
    )
    assert [tuple(row.values()) for row in rows] == [
        (ONE, 1, "IN1", "青木　太郎", "松町１番地", number_of(100)),
        (ONE, 2, "MV", "青木　太郎", "松町８番地", number_of(100)),
        (TWO, 1, "IN1", "青木　花子", "松町８番地", number_of(100)),
    ]
    async with city_transaction(office.connection, CITY):
        first = await person_at(office.connection, CITY, ONE, 1)
        with pytest.raises(UnknownPerson):
            await person_at(office.connection, CITY, ONE, 3)
    assert (first.record.address, first.record.name) == ("松町１番地", "青木　太郎")


async def test_a_row_reads_back_as_it_was_written(office: Office) -> None:
    full = someone(
        1, building="見本荘１号", former_surname="旧", former_surname_furigana="キュウ", address_before_move="前",
        address_before_move_in="元", birth=RecordedDate.uncertain("昭和10年月日不詳", date(1935, 7, 1)),
        resident_since=RecordedDate.uncertain("昭和40年頃", date(1965, 1, 1)), address_since=None, name="葛󠄂西　花󠄃子",
    )  # fmt: skip
    await office.load(full)
    row = await office.person(ONE)
    assert (row.record, row.history_number) == (full, 1)


async def test_the_outbox_tells_of_every_person_and_household_moved(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    await office.file("DE", {TWO: {}})
    assert [tuple(row.values()) for row in await office.rows(_OUTBOX)] == [
        ("person", ONE, 1), ("person", TWO, 1), ("household", HOME, 1), ("person", TWO, 2), ("household", HOME, 2),
    ]  # fmt: skip


async def test_a_refused_event_leaves_nothing(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    before = await _everything(office)
    with pytest.raises(HouseholdWithoutHead):
        await office.file("MV", {ONE: {"household_number": number_of(2), "address": "通二丁目"}})
    assert await _everything(office) == before


async def test_outbox_and_event_share_the_transaction(office: Office) -> None:
    await office.load(someone(1))
    before = await _everything(office)
    transaction = office.connection.transaction()
    await transaction.start()
    await office.file("DE", {ONE: {}})
    await transaction.rollback()
    assert await _everything(office) == before


async def test_two_clerks_on_one_household_follow_each_other(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "子"))
    other = Office(office.database, await office.database.connect("registry"))
    first = office.connection.transaction()
    await first.start()
    await office.file("MI", {TWO: {"name": "見本　二"}})
    second = asyncio.create_task(other.file("MI", {THREE: {"name": "見本　三"}}))
    await _until_somebody_waits(office)
    assert not second.done()
    await first.commit()
    recorded = await second
    assert dict(recorded.households) == {HOME: 3}


async def test_one_who_changed_household_meanwhile_is_locked_with_the_new_one(office: Office) -> None:
    there = number_of(2)
    await office.load(someone(1), someone(2, "子"), someone(3, household_number=there))
    other = Office(office.database, await office.database.connect("registry"))
    first = office.connection.transaction()
    await first.start()
    await office.file("MV", {TWO: {"household_number": there, "relationship": "同居人"}})
    second = asyncio.create_task(other.file("MI", {TWO: {"name": "見本　二"}}))
    await _until_somebody_waits(office)
    await first.commit()
    recorded = await second
    assert (dict(recorded.persons), dict(recorded.households)) == ({TWO: 3}, {there: 3})
    locks = await office.rows("SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory'")
    assert locks == [{"held": 0}]


async def test_many_clerks_leave_no_gap(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "子"))
    clerks = [Office(office.database, await office.database.connect("registry")) for _ in range(4)]
    await asyncio.gather(
        *(
            clerk.file("MI", {number: {"name": f"見本　{turn}"}})
            for turn, clerk in enumerate(clerks)
            for number in (ONE,)
        )
    )
    assert (await office.person(ONE)).history_number == 5
    sequences = await office.rows("SELECT array_agg(sequence ORDER BY sequence) AS all FROM registry.household_history")
    assert sequences == [{"all": [1, 2, 3, 4, 5]}]


async def test_without_a_city_there_are_no_rows_and_another_city_sees_its_own(
    office: Office, database: Database
) -> None:
    await office.load(someone(1))
    assert await office.connection.fetchval("SELECT count(*) FROM registry.person_history") == 0
    assert await office.connection.fetchval("SELECT count(*) FROM registry.person") == 0
    elsewhere = Office(database, await database.connect("registry"), "092011")
    assert await elsewhere.members() == []
    with pytest.raises(UnknownPerson):
        await elsewhere.person(ONE)
    await elsewhere.load(someone(1))
    assert await elsewhere.members() == [ONE]


@pytest.mark.parametrize("table", ["event", "person_history", "household_history"])
async def test_a_history_is_never_changed_not_even_by_the_superuser(office: Office, table: str) -> None:
    await office.load(someone(1))
    admin = await office.database.connect()
    for statement in (f"DELETE FROM registry.{table}", f"UPDATE registry.{table} SET municipality_code = ''"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await admin.execute(statement)


@pytest.mark.parametrize("table", ["event", "person_history", "household_history", "outbox"])
async def test_the_registrys_own_role_can_only_add_to_a_history(office: Office, table: str) -> None:
    for statement in (f"DELETE FROM registry.{table}", f"UPDATE registry.{table} SET municipality_code = ''"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.connection.execute(statement)


async def test_a_gap_in_a_sequence_is_refused_by_the_database(office: Office) -> None:
    await office.load(someone(1))
    admin = await office.database.connect()
    for table in ("person", "household"):
        with pytest.raises(asyncpg.PostgresError, match="no gaps"):
            await admin.execute(f"UPDATE registry.{table} SET last_sequence = 3")


async def test_members_are_listed_in_their_order(office: Office) -> None:
    born = {"birth": RecordedDate(date(2010, 1, 1))}
    await office.load(
        someone(9), someone(2, "同居人"), someone(3, "母"), someone(4, "子", birth=RecordedDate(date(2012, 1, 1))),
        someone(5, "子", **born), someone(6, "妻"), someone(7, "父の母"), someone(8, "子", **born),
    )  # fmt: skip
    assert await office.members() == [number_of(serial) for serial in (9, 6, 5, 8, 4, 3, 7, 2)]


async def test_move_outs_whose_day_has_come_are_listed(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    for number, days in ((ONE, 0), (TWO, -1)):
        await office.file("OU1", {number: {"move_out_address": "見本町"}}, occurred=days_ago(days))
    async with city_transaction(office.connection, CITY):
        due = await due_move_outs(office.connection, CITY, date(2026, 11, 23))
    assert [(move.person_number, move.planned_on) for move in due] == [(ONE, date(2026, 11, 23))]


async def test_new_numbers_begin_after_those_that_were_loaded(office: Office) -> None:
    await office.load(someone(1), someone(7, "子"))
    async with city_transaction(office.connection, CITY):
        assert await assign_numbers(office.connection, CITY, "person", 2) == (number_of(8), number_of(9))
        assert await assign_numbers(office.connection, CITY, "household") == (number_of(2),)


async def _everything(office: Office) -> list[Any]:
    tables = ("event", "person_history", "household_history", "person", "household", "outbox")
    return [await office.rows(f"SELECT * FROM registry.{table} ORDER BY 1, 2, 3") for table in tables]


async def _until_somebody_waits(office: Office) -> None:
    # Nobody is told when somebody begins to wait for a lock; each look is a query, and the test's time limit ends them.
    while await office.rows("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == []:  # noqa: ASYNC110
        await asyncio.sleep(0)
