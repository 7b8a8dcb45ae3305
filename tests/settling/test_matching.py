"""MIS-19, O2: matching on the real database, as staff, over answers that were really given."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import asyncpg
import pytest

from issuance_db.database import Database as CityDatabase
from kiosk_server.issuing.request import Certificate, OutcomeReport
from kiosk_server.settling import Imported, MatchedDay, import_statement, match_day
from kiosk_server.settling.errors import EditionOutOfOrder, StatementContradicts, StatementMissing
from kiosk_server.settling.statement_file import read_statement
from reconcile import Finding
from sync.feeds import FileRefused, OtherCity
from tests.feed_files import envelope
from tests.issuing.city import CENTRE, NOON, TERMINAL, City
from tests.sync.registry_rows import CITY

DAY = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Midnight in Japan: the end of DAY."""


def record(number: str, outcome: str = "printed", fee: str = "200", store: str = TERMINAL.store) -> tuple[str, ...]:
    at = NOON.isoformat()
    return (number, "resident_record", TERMINAL.operator, store, TERMINAL.terminal, at, outcome, fee)


def content(
    records: Sequence[Sequence[str]], edition: int = 1, day: date = DAY, closed_at: datetime = EVENING, city: str = CITY
) -> bytes:
    return envelope(("kiosk-statement", "1", city, day.isoformat(), str(edition), closed_at.isoformat()), records)


@dataclass
class Office:
    """Where statements are taken in and matched: role staff, one transaction each."""

    city: City

    async def take_in(self, file: bytes, now: datetime = EVENING) -> Imported:
        async with CityDatabase.open(self.city.database.dsn("staff")) as staff, staff.city(CITY) as connection:
            return await import_statement(connection, CITY, "centre", read_statement(io.BytesIO(file)), now)

    async def match(self, day: date = DAY) -> MatchedDay:
        async with CityDatabase.open(self.city.database.dsn("staff")) as staff, staff.city(CITY) as connection:
            return await match_day(connection, CITY, "centre", day, EVENING)

    async def alerts(self) -> list[tuple[object, object]]:
        rows = await self.city.rows("SELECT cause, issuance_number FROM history.alert ORDER BY alert_id")
        return [(row["cause"], row["issuance_number"]) for row in rows]


@pytest.fixture
def office(ashikaga: City) -> Office:
    return Office(ashikaga)


async def answers(city: City, count: int) -> list[Certificate]:
    credential = await city.credential("101", "7")
    return [await city.issuing.issue(CENTRE, city.request(credential)) for _ in range(count)]


async def report(city: City, answer: Certificate, outcome: str = "printed") -> None:
    told = OutcomeReport(outcome, outcome == "printed", NOON)  # type: ignore[arg-type]  # tests name the outcomes
    await city.issuing.report_outcome(CENTRE, answer.issuance_number, told)


async def test_mis_19_an_unknown_outcome_is_settled_and_the_centre_sees_it(ashikaga: City, office: Office) -> None:
    (answer,) = await answers(ashikaga, 1)
    assert (await ashikaga.issuing.state(CENTRE, answer.issuance_number)).outcome == "unknown"
    await office.take_in(content([record(answer.issuance_number)]))
    done = await office.match()
    assert [one.finding for one in done.found] == [Finding.SETTLED]
    assert (await ashikaga.issuing.state(CENTRE, answer.issuance_number)).outcome == "printed"
    assert await office.alerts() == []


async def test_mis_19_a_late_report_that_contradicts_the_settled_outcome_is_a_conflict(
    ashikaga: City, office: Office
) -> None:
    (answer,) = await answers(ashikaga, 1)
    await office.take_in(content([record(answer.issuance_number)]))
    await office.match()
    await report(ashikaga, answer)
    with pytest.raises(Exception, match="outcome_conflict"):
        await report(ashikaga, answer, "cancelled")
    assert await office.alerts() == [("outcome_conflict", answer.issuance_number)]


async def test_matching_twice_gives_the_same_and_adds_nothing(ashikaga: City, office: Office) -> None:
    unknown, fee, left_out = await answers(ashikaga, 3)
    await report(ashikaga, fee)
    file = content([record(unknown.issuance_number), record(fee.issuance_number, fee="300"), record("nobody's")])
    assert (await office.take_in(file)).is_new
    assert not (await office.take_in(file)).is_new
    first = await office.match()
    stored = await ashikaga.rows("SELECT * FROM history.settlement ORDER BY issuance_number, finding")
    assert {(one.issuance_number, one.finding) for one in first.found} == {
        (unknown.issuance_number, Finding.SETTLED),
        (fee.issuance_number, Finding.FEE_DIFFERS),
        ("nobody's", Finding.NOT_OURS),
        (left_out.issuance_number, Finding.NOT_IN_STATEMENT),
    }
    assert first.alerts == 3
    again = await office.match()
    assert (again.found, again.alerts) == (first.found, 0)
    assert await ashikaga.rows("SELECT * FROM history.settlement ORDER BY issuance_number, finding") == stored
    assert len(await office.alerts()) == 3


async def test_o2_an_attempt_without_an_answer_has_no_fee_line(ashikaga: City, office: Office) -> None:
    await answers(ashikaga, 1)
    await ashikaga.rows(
        "INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, request_id, lease_token, kind, channel, "
        "fee_yen, instant, pages, snapshot_digest, state) SELECT municipality_code, 'void number', caller_id, request_id, "
        "lease_token, kind, channel, fee_yen, instant, pages, snapshot_digest, 'void' FROM issuance.intent"
    )
    await office.take_in(content([record("void number")]))
    done = await office.match()
    assert done.count(Finding.NEVER_SENT) == 1
    assert ("settlement/never_sent", "void number") in await office.alerts()


async def test_an_answer_still_on_its_way_at_the_close_is_for_the_next_statement(
    ashikaga: City, office: Office
) -> None:
    (answer,) = await answers(ashikaga, 1)
    await office.take_in(content([], closed_at=datetime(2026, 11, 23, 3, 9, tzinfo=UTC)))
    assert (await office.match()).found == ()
    tomorrow = date(2026, 11, 24)
    closes = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    await office.take_in(content([], day=tomorrow, closed_at=closes), now=closes)
    assert [one.finding for one in (await office.match(tomorrow)).found] == [Finding.NOT_IN_STATEMENT]
    assert await office.alerts() == [("settlement/not_in_statement", answer.issuance_number)]


async def test_o2_a_number_in_the_statements_of_two_days_is_a_double_line(ashikaga: City, office: Office) -> None:
    (answer,) = await answers(ashikaga, 1)
    tomorrow, closes = date(2026, 11, 24), datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    await office.take_in(content([record(answer.issuance_number)]))
    assert [one.finding for one in (await office.match()).found] == [Finding.SETTLED]
    await office.take_in(content([record(answer.issuance_number)], day=tomorrow, closed_at=closes), now=closes)
    assert [one.finding for one in (await office.match(tomorrow)).found] == [Finding.DOUBLE_LINE]


async def test_a_correction_is_the_next_edition_and_counts_from_then_on(ashikaga: City, office: Office) -> None:
    (answer,) = await answers(ashikaga, 1)
    await report(ashikaga, answer)
    number = answer.issuance_number
    await office.take_in(content([record(number, fee="300")]))
    assert [one.finding for one in (await office.match()).found] == [Finding.FEE_DIFFERS]
    with pytest.raises(StatementContradicts):
        await office.take_in(content([record(number)]))
    with pytest.raises(EditionOutOfOrder):
        await office.take_in(content([record(number)], edition=3))
    await office.take_in(content([record(number)], edition=2))
    assert [one.finding for one in (await office.match()).found] == [Finding.AGREED]
    # The alert of the first edition stays open: somebody explains it.
    assert await office.alerts() == [("settlement/fee_differs", number)]


async def test_what_is_not_for_this_city_or_time_is_refused_and_nothing_stays(office: Office) -> None:
    with pytest.raises(OtherCity):
        await office.take_in(content([], city="092011"))
    with pytest.raises(FileRefused):
        await office.take_in(content([]), now=NOON)
    with pytest.raises(StatementMissing):
        await office.match()
    assert await office.city.rows("SELECT * FROM history.statement") == []


async def test_answers_to_other_callers_are_none_of_this_statement(ashikaga: City, office: Office) -> None:
    (answer,) = await answers(ashikaga, 1)
    async with CityDatabase.open(ashikaga.database.dsn("staff")) as staff, staff.city(CITY) as connection:
        file = read_statement(io.BytesIO(content([record(answer.issuance_number)])))
        await import_statement(connection, CITY, "another", file, EVENING)
        done = await match_day(connection, CITY, "another", DAY, EVENING)
    assert [one.finding for one in done.found] == [Finding.NOT_OURS]
    assert (await ashikaga.issuing.state(CENTRE, answer.issuance_number)).outcome == "unknown"


async def test_staff_write_no_outcome_but_that_of_a_statement_line(ashikaga: City) -> None:
    (answer,) = await answers(ashikaga, 1)
    staff = await ashikaga.database.connect("staff", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute(
            "INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by) "
            "VALUES ($1, $2, 'printed', true, now(), 'staff')",
            CITY,
            answer.issuance_number,
        )
    assert not await staff.fetchval("SELECT history.settle_outcome('centre', $1, 2)", DAY)
    for table in ("statement", "statement_line", "settlement"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await staff.execute(f"DELETE FROM history.{table}")
