"""Protective measures: provisional, begun, extended, over and not released (j410, j440), and the list of who is under one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.calendar import jst_midnight
from civil.recorded_date import RecordedDate
from registry.residents import (
    Inquirer,
    Measure,
    PersonRecord,
    TooEarlyToExtend,
    WrongState,
    city_transaction,
    extendable_from,
    measure_of,
    measures_due,
    number_of,
    protected_people,
)
from tests.registry.office import NOW, TODAY, Office, someone

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
ASKER = Inquirer("職員０１", "支援措置の点検")
FROM, UNTIL = date(2020, 4, 1), date(2021, 3, 31)


async def _extended(office: Office, on: date, **told: object) -> PersonRecord:
    later = jst_midnight(on) + timedelta(hours=10)
    await office.file("PM~", {ONE: told}, occurred=RecordedDate(on), notified_on=on, now=later)
    return (await office.person(ONE)).record


async def _until_2021(office: Office) -> None:
    await office.load(someone(1, resident_since=RecordedDate(date(2010, 4, 1))))
    await office.file("PM+", {ONE: {"suppressed_from": FROM}})


@pytest.mark.parametrize(("ends", "begins"), [
    (UNTIL, date(2021, 2, 28)), (date(2024, 3, 31), date(2024, 2, 29)), (date(2026, 1, 15), date(2025, 12, 15)),
])  # fmt: skip
def test_an_extension_is_taken_from_one_month_before_the_end(ends: date, begins: date) -> None:
    assert extendable_from(ends) == begins


@given(on=st.dates(date(2019, 1, 1), date(2023, 1, 1)))
def test_a_measure_stands_by_the_calendar_and_is_never_over_by_itself(on: date) -> None:
    one = someone(1, suppressed=True, suppression_reason="ＤＶ", suppressed_from=FROM, suppressed_until=UNTIL)
    expected = Measure.OVER if on > UNTIL else Measure.ENDING if on >= date(2021, 2, 28) else Measure.IN_FORCE
    assert (measure_of(one, on), one.suppressed) == (expected, True)


async def test_the_next_period_begins_the_day_after_the_last_and_lasts_a_year(office: Office) -> None:
    await _until_2021(office)
    with pytest.raises(TooEarlyToExtend):
        await office.file("PM~", {ONE: {}}, occurred=RecordedDate(date(2021, 2, 27)), notified_on=date(2021, 2, 27))
    await office.file("PM~", {ONE: {}}, occurred=RecordedDate(date(2021, 2, 28)), notified_on=date(2021, 2, 28))
    row = (await office.person(ONE)).record
    assert (row.suppressed, row.suppressed_from, row.suppressed_until) == (True, date(2021, 4, 1), date(2022, 3, 31))


async def test_a_period_that_is_over_is_extended_from_the_day_of_the_application(office: Office) -> None:
    await _until_2021(office)
    row = await _extended(office, TODAY)
    assert (row.suppressed_from, row.suppressed_until) == (TODAY, date(2027, 11, 22))


async def test_a_provisional_measure_has_no_end_until_it_is_decided(office: Office) -> None:
    await office.load(someone(1))
    await office.file("PM0", {ONE: {}})
    row = (await office.person(ONE)).record
    assert (row.suppressed, row.suppressed_until, row.suppression_reason) == (True, None, "仮支援措置")
    assert measure_of(row, date(2099, 1, 1)) is Measure.PROVISIONAL
    with pytest.raises(WrongState):
        await _extended(office, TODAY)
    await office.file("PM+", {ONE: {}})
    row = (await office.person(ONE)).record
    assert (row.suppression_reason, row.suppressed_until) == ("支援措置", date(2027, 11, 19))


async def test_a_provisional_measure_goes_on_through_a_move_out(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await office.file("PM0", {TWO: {"suppression_reason": "ＤＶの申出"}})
    await office.file("OU1", {TWO: {"move_out_address": "東京都足立区見本町１番地"}})
    await office.file("OU9", {TWO: {}})
    row = (await office.person(TWO)).record
    assert (row.in_register, row.suppressed, row.suppression_reason) == (False, True, "ＤＶの申出")


async def test_the_list_has_everybody_under_a_measure_and_tells_the_log_who_was_shown(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    await office.file("PM+", {ONE: {"suppressed_from": FROM}})
    await office.file("PM+", {TWO: {}})
    await office.file("PM0", {THREE: {}})
    await office.file("PM-", {THREE: {}})
    async with city_transaction(office.connection, office.city):
        shown = await protected_people(office.connection, office.city, ASKER, NOW)
        assert await measures_due(office.connection, office.city, TODAY) == 1
    assert {one.record.person_number for one in shown} == {ONE, TWO}
    seen = await office.rows("SELECT person_number FROM registry.inquiry_seen ORDER BY person_number")
    assert [row["person_number"] for row in seen] == [ONE, TWO]


async def test_the_list_is_read_by_an_index(office: Office) -> None:
    await office.load(*(someone(serial, "世帯主" if serial == 1 else "子") for serial in range(1, 60)))
    admin = await office.database.connect()
    await admin.execute("SET enable_seqscan = off")
    sql = "EXPLAIN SELECT DISTINCT person_number FROM registry.whole_history WHERE municipality_code = '092029' AND suppressed"
    plan = "\n".join(row["QUERY PLAN"] for row in await admin.fetch(sql))
    assert "Index" in plan
    assert not any("Filter" in line and "suppressed" in line for line in plan.splitlines()), plan
