"""MIS-15, seal and era.

Okayama, 2023-07: after a change of the system 14 koseki certificates went out without the official seal, seen by nobody.
Osaka, 2019-05-07: 11 koseki certificates carried the wrong era, because three terminals still had the old era table.
Here the day on paper is the day of issue in Japan, with that day's era, mayor and seal; without them nothing is made.
"""

from datetime import date, datetime
from pathlib import Path

import pytest

import pdf
from civil import eras
from civil.calendar import JST
from civil.eras import Era
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed, make_paper
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import IssuanceRequest, Kind, ResidentRecordOptions
from kiosk_server.web.client import CentreProblem
from tests.incidents.test_mis_12_missing_patch import program
from tests.issuing.city import CENTRE, TERMINAL, City, open_at_night
from tests.issuing.conftest import ashikaga
from tests.issuing.read_pdf import text_of
from tests.processes.conftest import site
from tests.processes.nodes import ROOT, Node, Nodes
from tests.sync.registry_rows import CITY

__all__ = ["ashikaga", "program", "site"]

NEW_ERA = Era("新元", date(2027, 5, 1))


def last_second(year: int, month: int, day: int) -> datetime:
    """23:59:59 of a day in Japan."""
    return datetime(year, month, day, 23, 59, 59, tzinfo=JST)


def midnight(year: int, month: int, day: int) -> datetime:
    """0:00 of a day in Japan."""
    return datetime(year, month, day, tzinfo=JST)


@pytest.fixture
def new_era(monkeypatch: pytest.MonkeyPatch, ashikaga: City) -> None:
    """The era table with one line more; paper is made in this process, where the table is."""
    monkeypatch.setattr(eras, "ERAS", (*eras.ERAS, NEW_ERA))

    async def make(sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        return make_paper(sealed)

    monkeypatch.setattr(ashikaga.environment.paper, "make", make)


async def issued(city: City, when: datetime) -> tuple[str, str]:
    """Number and text of a certificate that is asked for at an instant."""
    city.clock.now = when
    card = await city.credential("101", "7001")
    certificate = await city.issuing.issue(CENTRE, city.request(card))
    return certificate.issuance_number, text_of(certificate.content)


@pytest.mark.parametrize(
    ("when", "printed", "number"),
    [
        (last_second(2026, 12, 31), "令和8年12月31日", "20261231-"),
        (midnight(2027, 1, 1), "令和9年1月1日", "20270101-"),
        (last_second(2027, 4, 30), "令和9年4月30日", "20270430-"),
        (midnight(2027, 5, 1), "令和9年5月1日", "20270501-"),
        (midnight(2028, 2, 29), "令和10年2月29日", "20280229-"),
    ],
)
async def test_mis_15_the_date_on_paper_is_the_day_of_issue_in_japan(
    ashikaga: City, when: datetime, printed: str, number: str
) -> None:
    await open_at_night(ashikaga.database)
    issuance_number, text = await issued(ashikaga, when)
    assert issuance_number.startswith(number)
    assert printed in text


@pytest.mark.usefixtures("new_era")
@pytest.mark.parametrize(
    ("when", "printed"),
    [(last_second(2027, 4, 30), "令和9年4月30日"), (midnight(2027, 5, 1), "新元元年5月1日")],
)
async def test_mis_15_a_new_era_begins_at_midnight_in_japan(ashikaga: City, when: datetime, printed: str) -> None:
    await open_at_night(ashikaga.database)
    assert printed in (await issued(ashikaga, when))[1]


@pytest.mark.usefixtures("new_era")
async def test_mis_15_the_era_that_begins_while_a_certificate_is_made_is_on_it(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_at_night(ashikaga.database)
    make = ashikaga.environment.paper.make

    async def at_midnight(sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        ashikaga.clock.now = max(ashikaga.clock.now, midnight(2027, 5, 1))
        return await make(sealed)

    monkeypatch.setattr(ashikaga.environment.paper, "make", at_midnight)
    number, text = await issued(ashikaga, last_second(2027, 4, 30))
    assert number.startswith("20270501-")
    assert "新元元年5月1日" in text
    assert "令和9年4月30日" not in text
    states = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [(state["state"], state["state_cause"]) for state in states] == [("void", "DayChanged"), ("recorded", None)]


async def test_mis_15_a_mayor_certifies_until_the_last_second_of_the_last_day(ashikaga: City) -> None:
    await open_at_night(ashikaga.database)
    staff = await ashikaga.database.connect("staff", CITY)
    await staff.execute("UPDATE issuance.mayor SET effective_until = '2026-12-31'")
    await staff.execute(
        "INSERT INTO issuance.mayor (municipality_code, effective_from, title, name) "
        f"VALUES ('{CITY}', '2027-01-01', '足利市長', '見本　次郎')"
    )
    _, before = await issued(ashikaga, last_second(2026, 12, 31))
    ashikaga.clock.now = midnight(2027, 1, 1)
    card = await ashikaga.credential("102", "7002")
    after = text_of((await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))).content)
    assert ("見本　太郎" in before, "見本　次郎" in before) == (True, False)
    assert ("見本　太郎" in after, "見本　次郎" in after) == (False, True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DELETE FROM issuance.official_seal", "city_setting_missing_seal_image"),
        ("UPDATE issuance.official_seal SET valid_until = '2026-11-22'", "city_setting_missing_seal_image"),
        ("UPDATE issuance.mayor SET effective_until = '2026-11-22'", "city_setting_missing_mayor_name"),
        ("UPDATE issuance.mayor SET effective_from = '2026-11-24'", "city_setting_missing_mayor_name"),
    ],
)
async def test_mis_15_without_a_seal_or_a_mayor_of_the_day_nothing_is_made(
    ashikaga: City, change: str, reason: str
) -> None:
    card = await ashikaga.credential("101", "7001")
    admin = await ashikaga.database.connect("postgres", CITY)
    await admin.execute(change)
    with pytest.raises(Refusal) as refused:
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert (refused.value.code, refused.value.reason) == (RefusalCode.NOT_AVAILABLE, reason)
    for table in ("issuance.intent", "history.issuance", "issuance.kept_answer"):
        assert await ashikaga.rows(f"SELECT FROM {table}") == []


@pytest.mark.parametrize(
    "lost", ["DELETE FROM issuance.official_seal", "UPDATE issuance.mayor SET effective_until = '2026-01-01'"]
)
async def test_mis_15_a_running_node_refuses_at_once_turns_unready_and_does_not_start_again(
    site: Nodes, lost: str
) -> None:
    one, other = await site.household("7001", "7002")
    admin = await site.database.connect("postgres", CITY)

    def request(request_id: str) -> IssuanceRequest:
        card = one if request_id == "before" else other
        return IssuanceRequest(
            request_id, CITY, TERMINAL, card, Kind.RESIDENT_RECORD, "household", ResidentRecordOptions()
        )

    async def asked(node: Node, request_id: str) -> str:
        async with node.client() as client:
            return text_of((await client.issue(request(request_id))).content)

    with site.up() as node:
        assert "見本　太郎" in await asked(node, "before")
        await admin.execute(lost)
        with pytest.raises(CentreProblem) as refused:
            await asked(node, "after")
        assert refused.value.code == "not_available"
        fault = (await node.until_wrong("mayor_and_seal"))["mayor_and_seal"]
        assert "kiosk city apply" in fault["fix_en"]
        with pytest.raises(CentreProblem) as refused:
            await asked(node, "later")
        assert refused.value.code == "busy"
    assert fault["reason_en"] in site.refused()
    assert len(await admin.fetch("SELECT FROM history.issuance")) == 1


async def test_mis_15_a_node_whose_era_table_was_not_renewed_is_refused(site: Nodes, program: Path) -> None:
    table = program / "civil" / "eras.py"
    renewed = table.read_text(encoding="utf-8").replace(
        "date(2019, 5, 1)),\n", 'date(2019, 5, 1)),\n    Era("新元", date(2027, 5, 1)),\n'
    )
    table.write_text(renewed, encoding="utf-8")
    assert renewed != (ROOT / "civil" / "eras.py").read_text(encoding="utf-8")
    with site.up(code=program, TOPOLOGY="several"):
        assert "civil/eras.py" in site.refused(TOPOLOGY="several")
