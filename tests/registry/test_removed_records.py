"""除票: kept in the partition of the year they were removed in, set aside after five years, and found as before. Nothing is rewritten."""

import asyncio
from datetime import UTC, date, datetime

import asyncpg
import pytest

from kiosk_server.cli.entry import run
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

ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)
_OTHER = "registry.person_history_removed_other"
_CONTENT = (
    "SELECT h::text AS content FROM registry.person_history AS h "
    "UNION ALL SELECT h::text FROM registry.person_history_second_tier AS h ORDER BY 1"
)
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
    assert await turn_year(office.connection, date(2031, 12, 31)) == 0
    assert await office.rows(_WHERE) == []
    assert await turn_year(office.connection, date(2032, 1, 1)) == 1
    assert await office.rows(_WHERE) == [{"place": "registry.person_history_removed_2026", "history_number": 2}]
    assert await turn_year(office.connection, date(2032, 1, 1)) == 0
    assert len(await office.rows(_PLACES)) == 2


async def test_a_year_that_nobody_prepared_is_turned_late_with_nothing_lost(office: Office) -> None:
    """Rows of 2030 and 2031 stood among those of all other years, of two cities; they go where they belong, as they are."""
    others = [Office(office.database, await office.database.connect("registry"), city) for city in (CITY, "092011")]
    for there in others:
        await there.load(someone(1), someone(2, "子"), someone(3, "子"))
        for number, year in ((TWO, 2030), (THREE, 2031)):
            await there.file("DE", {number: {}}, now=datetime(year, 3, 1, tzinfo=UTC))
    before = await office.rows(_CONTENT)
    assert len(before) == 10
    assert {row["place"] for row in await office.rows(_PLACES) if row["history_number"] == 2} == {_OTHER}
    assert await turn_year(office.connection, date(2031, 6, 1)) == 0
    assert await office.rows(_CONTENT) == before
    places = {(row["person_number"], row["place"]) for row in await office.rows(_PLACES) if row["history_number"] == 2}
    assert places == {(TWO, "registry.person_history_removed_2030"), (THREE, "registry.person_history_removed_2031")}
    assert await turn_year(office.connection, date(2036, 1, 1)) == 4
    assert {row["place"] for row in await office.rows(_WHERE)} == {"registry.person_history_removed_2030"}
    assert await office.rows(_CONTENT) == before
    assert (await office.person(TWO)).record.state is State.REMOVED
    admin = await office.database.connect()
    for place in (_OTHER, "registry.person_history_removed_2031"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await admin.execute(f"DELETE FROM {place}")
    async with city_transaction(office.connection, CITY):
        assert await office.connection.fetchval("SELECT count(*) FROM registry.whole_history") == 5


async def test_a_year_that_was_turned_has_nothing_left_to_do(office: Office) -> None:
    await _gone(office)
    await turn_year(office.connection, date(2026, 11, 23))
    places = await office.rows("SELECT oid, relname FROM pg_class WHERE relname LIKE 'person_history%' ORDER BY 1")
    assert await turn_year(office.connection, date(2026, 11, 24)) == 0
    assert (
        await office.rows("SELECT oid, relname FROM pg_class WHERE relname LIKE 'person_history%' ORDER BY 1") == places
    )


async def test_what_was_set_aside_is_found_as_before_and_can_still_be_undone(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    died = await office.file("DE", {TWO: {}}, identity_check=None)
    await turn_year(office.connection, date(2032, 1, 1))
    assert (await office.person(TWO)).record.state is State.REMOVED
    with pytest.raises(RemovedBefore) as refused:
        await office.file("IN1", entries=(someone(3, "子", resident_code=someone(2).resident_code),))
    assert refused.value.person_number == TWO
    await office.file("UN+", reverses=died.event_id)
    assert await office.members() == [ONE, TWO]
    assert (await office.person(TWO)).history_number == 3


async def test_the_yearly_work_is_a_command(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    await _gone(office)
    told = ["registry", "turn-year", "--database-url", office.database.dsn("registry")]
    assert await asyncio.to_thread(run, [*told, "--day", "2032-01-01"]) == 0
    assert "Years set aside: 1" in capsys.readouterr().out
    assert await asyncio.to_thread(run, told) == 0
    assert "Years set aside: 0" in capsys.readouterr().out
    assert await office.rows(_WHERE) == [{"place": "registry.person_history_removed_2026", "history_number": 2}]


async def test_neither_tier_is_ever_changed_not_even_by_the_superuser(office: Office) -> None:
    await _gone(office)
    await turn_year(office.connection, date(2032, 1, 1))
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
