"""Counts of a period: right, bounded, by an index, and shown twice: drawn and as tables."""

import re
from datetime import timedelta

import pytest

from cardauth import UserCertificate
from issuance_db import service_counts
from issuance_db.service_counts import CountingTooLong
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import OutcomeReport
from kiosk_server.staff.charts import bars, week
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE, ISSUER, NOON, PIN
from tests.issuing.meanwhile import once_made
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

_LATENCY = re.compile(
    r'counts-latencies.*<th scope="row">住民票の写し</th>' + r"<td class=\"number\">(.*?)</td>" * 4,
    re.DOTALL,
)


async def _a_day(office: Office) -> None:
    """Two issued at noon, of which one was printed and paid; one refused."""
    card = await office.city.credential("101", "7001")
    printed, _ = [await office.city.issuing.issue(CENTRE, office.city.request(card)) for _ in range(2)]
    await office.city.issuing.report_outcome(CENTRE, printed.issuance_number, OutcomeReport("printed", True, NOON))
    with pytest.raises(Refusal):
        await office.city.issuing.issue(CENTRE, office.city.request(UserCertificate(ISSUER, "9999", PIN)))


@pytest.mark.parametrize("duty", [Duty.CONTRACTOR, Duty.SUPERVISOR])
async def test_a_day_is_counted_by_everything_for_everybody(office: Office, duty: Duty) -> None:
    await _a_day(office)
    clerk = await office.at_work("sato", duty)
    shown = await clerk.get("/counts")
    assert "<b>3</b> 請求" in shown.text
    assert "<b>2</b> 発行" in shown.text
    assert "<b>200円</b> 収納" in shown.text
    assert "<b>200 yen</b> collected" in (await clerk.get("/counts?lang=en")).text
    for name in ("住民票の写し", "shop chain", "2026-11", "2026-11-23", "12", "住民基本台帳"):
        assert f'<th scope="row">{name}</th>' in shown.text
    assert shown.text.count('<svg class="chart"') == 4
    assert "style=" not in shown.text


async def test_how_long_certificates_took_is_told_by_kind(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await office.city.credential("101", "7001")
    for seconds in (0.5, 2.25):

        async def while_made(passed: float = seconds) -> None:
            office.city.clock.advance(seconds=passed)

        once_made(office.city, monkeypatch, while_made)
        await office.city.issuing.issue(CENTRE, office.city.request(card))
    clerk = await office.at_work("sato", Duty.CONTRACTOR)
    found = _LATENCY.search((await clerk.get("/counts")).text)
    assert found is not None
    assert found.groups() == ("2", "0.50 秒", "2.25 秒", "2.25 秒")


async def test_the_last_day_is_counted_and_the_next_is_not(office: Office) -> None:
    await _a_day(office)
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert "<b>3</b> 請求" in (await clerk.get("/counts?since=2026-11-23&until=2026-11-23")).text
    assert "<b>0</b> 請求" in (await clerk.get("/counts?since=2026-11-24&until=2026-11-24")).text
    assert "<b>0</b> 請求" in (await clerk.get("/counts?since=2026-11-01&until=2026-11-22")).text


@pytest.mark.parametrize(
    "query", ["since=2025-10-22&until=2026-11-23", "since=2026-11-24&until=2026-11-23", "since=x", "until=2026-02-30"]
)
async def test_a_period_that_is_none_or_too_long_is_refused(office: Office, query: str) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await clerk.get(f"/counts?{query}")
    assert (shown.status, "13か月以内" in shown.text) == (409, True)
    assert (await clerk.get("/counts?since=2025-10-23&until=2026-11-23")).status == 200


async def test_a_count_that_takes_too_long_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "SELECT pg_sleep(1), $1::text, $2::timestamptz, $3::timestamptz"
    monkeypatch.setattr(service_counts, "_SQL", {"bounded": "SET LOCAL statement_timeout = '1ms'", "counts": slow})
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await clerk.get("/counts")
    assert str(CountingTooLong()).split(" / ", maxsplit=1)[0] in shown.text


async def test_counting_goes_by_the_index_of_time(office: Office) -> None:
    for name, column in (
        ("counts", "accepted_at"),
        ("refusals", "accepted_at"),
        ("latencies", "accepted_at"),
        ("ages", "issuance_number"),
    ):
        async with office.console.database.city(CITY) as connection:
            plan = await connection.fetch(f"EXPLAIN {service_counts._SQL[name]}", CITY, NOON - timedelta(days=1), NOON)
        text = "\n".join(row[0] for row in plan)
        assert re.search(rf"Index Cond: .*municipality_code = .*{column} (>=|=) ", text), text
        assert "Seq Scan" not in text, text


def test_charts_escape_what_they_are_given() -> None:
    drawn = bars("<title>", [("<b>", 1, "&"), ("none", 0, "0")])
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert drawn.count("<rect") == 2


def test_the_highest_hour_fills_its_row_and_an_empty_week_is_drawn() -> None:
    drawn = week("t", ["Mon", "Tue"], {(1, 9): 10, (2, 23): 5})
    heights = [float(found) for found in re.findall(r'height="([0-9.]+)"', drawn)]
    assert sorted(heights) == [19.0, 38.0]
    assert "<rect" not in week("t", ["Mon"], {})
