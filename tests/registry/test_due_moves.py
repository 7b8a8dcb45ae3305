"""Planned movers are residents until their day comes, and removed when it has, whoever runs the step and however often."""

import asyncio
from datetime import date, timedelta

import pytest

from civil.recorded_date import RecordedDate
from kiosk_server.cli.entry import run
from registry.residents import RegisterRefusal, number_of, record_due_move_outs
from registry.residents.errors import BeforePersonExisted
from tests.registry.office import CITY, HOME, NOW, TODAY, Office, someone

ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)
AWAY = {"move_out_address": "群馬県桐生市織姫町１番地"}


async def _three_who_plan(office: Office) -> None:
    """A household of two who leave tomorrow, and one who leaves in three days."""
    await office.load(someone(1), someone(2, "子"), someone(3, household_number=THREE))
    tomorrow, later = (RecordedDate(TODAY + timedelta(days=days)) for days in (1, 3))
    await office.file("OU1", {ONE: AWAY, TWO: AWAY}, occurred=tomorrow)
    await office.file("OU1", {THREE: AWAY}, occurred=later)


async def _run(office: Office, days: int) -> tuple[int, dict[str, type[RegisterRefusal]]]:
    done = await record_due_move_outs(office.connection, CITY, place="市民課", now=NOW + timedelta(days=days))
    return done.persons, {household: type(refusal) for household, refusal in done.refused.items()}


async def test_s1_1_planned_movers_are_removed_when_their_day_comes_and_once(office: Office) -> None:
    await _three_who_plan(office)
    assert await _run(office, 0) == (0, {})
    assert await _run(office, 1) == (2, {})
    assert await _run(office, 1) == (0, {})
    row = await office.person(ONE)
    assert (row.record.in_register, row.record.removal_reason, row.record.removed) == (
        False, "転出", RecordedDate(TODAY + timedelta(days=1)),
    )  # fmt: skip
    assert (await office.person(THREE)).record.in_register
    events = await office.rows("SELECT operator, place FROM registry.event WHERE kind = 'OU9'")
    assert events == [{"operator": "自動処理(転出予定日)", "place": "市民課"}]


async def test_s1_1_days_that_were_missed_are_made_up_for_under_their_own_dates(office: Office) -> None:
    await _three_who_plan(office)
    assert await _run(office, 30) == (3, {})
    days = await office.rows("SELECT occurred_on FROM registry.event WHERE kind = 'OU9' ORDER BY occurred_on")
    assert [row["occurred_on"] for row in days] == [TODAY + timedelta(days=1), TODAY + timedelta(days=3)]


async def test_s1_1_one_who_cannot_be_removed_keeps_nobody_else(office: Office) -> None:
    await _three_who_plan(office)
    after = NOW + timedelta(days=2)
    await office.file(
        "CE",
        {ONE: {"resident_since": RecordedDate(TODAY + timedelta(days=2))}},
        occurred=RecordedDate(TODAY),
        now=after,
    )
    assert await _run(office, 3) == (1, {HOME: BeforePersonExisted})
    assert (await office.person(TWO)).record.in_register
    assert not (await office.person(THREE)).record.in_register


async def test_s1_1_the_command_says_how_many(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    await office.load(someone(1), someone(2, "子"))
    past = date(2026, 11, 20)
    await office.file("OU1", {TWO: AWAY}, occurred=RecordedDate(past))
    told = ["registry", "due-moves", "--database-url", office.database.dsn("registry"), "--municipality-code", CITY]
    for persons in (1, 0):
        assert await asyncio.to_thread(run, told) == 0
        assert f"消除した人: {persons} " in capsys.readouterr().out
