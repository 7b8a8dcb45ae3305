"""除票: kept in the partition of the year they were removed in, set aside after five years, and found as before. Nothing is rewritten."""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from registry.residents import (
    RemovedBefore,
    State,
    city_transaction,
    household_heads_as_of,
    number_of,
    person_at,
    persons_as_of,
    turn_year,
)
from tests.registry.office import CITY, HOME, NOW, Office, days_ago, someone

ONE, TWO = number_of(1), number_of(2)
_WHERE = "SELECT tableoid::regclass::text AS place, history_number FROM registry.person_history_second_tier"
_PLACES = (
    "SELECT person_number, history_number, tableoid::regclass::text AS place FROM registry.person_history ORDER BY 1, 2"
)


async def _gone(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    await office.file("DE", {TWO: {}}, identity_check=None)


async def test_a_removed_record_stands_in_the_partition_of_its_year(office: Office) -> None:
    await _gone(office)
    assert [tuple(row.values()) for row in await office.rows(_PLACES)] == [
        (ONE, 1, "registry.person_history_present"),
        (TWO, 1, "registry.person_history_present"),
        (TWO, 2, "registry.person_history_removed_2026"),
    ]


async def test_a_year_is_set_aside_when_five_full_years_have_passed(office: Office) -> None:
    await _gone(office)
    assert await turn_year(office.connection, CITY, date(2031, 12, 31)) == 0
    assert await office.rows(_WHERE) == []
    assert await turn_year(office.connection, CITY, date(2032, 1, 1)) == 1
    assert await office.rows(_WHERE) == [{"place": "registry.person_history_removed_2026", "history_number": 2}]
    assert await turn_year(office.connection, CITY, date(2032, 1, 1)) == 0
    assert len(await office.rows(_PLACES)) == 2


async def test_what_was_set_aside_is_found_as_before_and_can_still_be_undone(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    died = await office.file("DE", {TWO: {}}, identity_check=None)
    await turn_year(office.connection, CITY, date(2032, 1, 1))
    assert (await office.person(TWO)).record.state is State.REMOVED
    with pytest.raises(RemovedBefore) as refused:
        await office.file("IN1", entries=(someone(3, "子", resident_code=someone(2).resident_code),))
    assert refused.value.person_number == TWO
    await office.file("UN+", reverses=died.event_id)
    assert await office.members() == [ONE, TWO]
    assert (await office.person(TWO)).history_number == 3


async def test_neither_tier_is_ever_changed_not_even_by_the_superuser(office: Office) -> None:
    await _gone(office)
    await turn_year(office.connection, CITY, date(2032, 1, 1))
    admin = await office.database.connect()
    for table in (
        "person_history_second_tier",
        "person_history_removed_2026",
        "person_history_present",
        "person_history",
    ):
        for statement in ("DELETE FROM registry.{}", "UPDATE registry.{} SET name = 'x'", "TRUNCATE registry.{}"):
            with pytest.raises(asyncpg.PostgresError, match="never changed"):
                await admin.execute(statement.format(table))


@pytest.mark.parametrize(
    "table", ["person_history_second_tier", "person_history_removed_2026", "person_history_present"]
)
async def test_no_program_reaches_past_the_table_to_its_parts(office: Office, table: str) -> None:
    for statement in (f"SELECT name FROM registry.{table}", f"DELETE FROM registry.{table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.connection.execute(statement)


async def test_what_the_register_said_at_an_instant_is_a_query(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    before, after = datetime(2026, 11, 23, 2, 59, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    recorded = await office.file("DE", {ONE: {}}, identity_check=None)
    async with city_transaction(office.connection, CITY):
        assert await persons_as_of(office.connection, CITY, before) == {}
        now = await persons_as_of(office.connection, CITY, NOW)
        only = await persons_as_of(office.connection, CITY, after, [ONE])
        assert await household_heads_as_of(office.connection, CITY, before) == {}
        assert await household_heads_as_of(office.connection, CITY, after) == {HOME: None}
        assert now[ONE] == await person_at(office.connection, CITY, ONE, recorded.persons[ONE])
    assert {number: row.record.state for number, row in now.items()} == {ONE: State.REMOVED, TWO: State.RESIDENT}
    assert only == {ONE: now[ONE]}
    assert days_ago(3) == now[ONE].record.removed
