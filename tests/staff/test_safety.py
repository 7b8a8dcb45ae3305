"""The quarterly report on safety: every figure from the books, by the page and by the command."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.calendar import jst_date
from issuance_db.safety_report import safety_evidence
from issuance_db.staff_acts import Actor
from issuance_db.stops import Scope, set_stop
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.safety import Quarter, QuarterWrong, report_rows
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.words import sayer
from tests.counter.conftest import Counter, counter
from tests.issuing.city import CENTRE, NOON
from tests.staff.counter import code_of
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

__all__ = ["counter"]
_NOW = Quarter.of(jst_date(NOON))
_AS_IT_MUST_BE = (
    "許可の記録がない発行",
    "許可した文書と違う発行",
    "許可した人と違う人が載った発行",
    "一つの請求への二通目の発行",
    "不一致で隔離した文書(渡していない)",
)


async def _report(office: Office, quarter: Quarter = _NOW) -> Mapping[str, tuple[object, str]]:
    """Figure and judgement by item."""
    staff = await office.city.database.connect("staff", CITY)
    async with staff.transaction():
        evidence = await safety_evidence(staff, CITY, quarter.since, quarter.until)
    rows = report_rows(sayer("ja"), "足利市", quarter, evidence, NOON)
    return {str(item): (figure, str(judged)) for _, item, figure, judged in rows}


def _text(file: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True)  # noqa: S607 - of poppler-utils
    return done.stdout


async def _issue(office: Office) -> None:
    """Two certificates in one second, and one refusal."""
    credential = await office.city.credential("102", "7001")
    for _ in range(2):
        await office.city.issuing.issue(CENTRE, office.city.request(credential))
    wrong = credential.__class__(credential.issuer_key_id, credential.serial, "0000")
    assert await code_of(office.city, wrong) is not None


async def test_what_the_books_say_is_counted_and_nothing_is_wrong_with_it(office: Office) -> None:
    await _issue(office)
    told = await _report(office)
    assert [told[item][0] for item in ("請求", "発行", "発行不可", "同じ秒に重なった請求")] == [3, 2, 1, 2]
    assert [told[item] for item in _AS_IT_MUST_BE] == [(0, "適")] * len(_AS_IT_MUST_BE)
    assert told["結果の報告がない発行"] == (2, "要説明")
    assert told["操作記録の確認"] == (0, "要説明")
    assert "最大" in str(told["住民基本台帳"][0])


async def test_another_quarter_has_nothing_of_it(office: Office) -> None:
    await _issue(office)
    told = await _report(office, _NOW.before(2)[1])
    assert (told["請求"][0], told["発行"][0]) == (0, 0)


@pytest.mark.parametrize(
    ("spoil", "item"),
    [
        ("UPDATE issuance.intent SET document_digest = sha256('x')", "許可した文書と違う発行"),
        ("UPDATE issuance.intent SET state = 'void'", "許可の記録がない発行"),
        ("UPDATE issuance.intent_subject SET person_number = '999'", "許可した人と違う人が載った発行"),
        ("DELETE FROM issuance.intent_subject WHERE position = 1", "許可した人と違う人が載った発行"),
        ("UPDATE issuance.intent SET state = 'quarantined'", "不一致で隔離した文書(渡していない)"),
    ],
)
async def test_what_does_not_agree_is_to_be_explained(office: Office, spoil: str, item: str) -> None:
    await _issue(office)
    admin = await office.city.database.connect()
    await admin.execute("SET session_replication_role = replica")
    await admin.execute("UPDATE issuance.intent SET proposed_at = $1", NOON)
    await admin.execute(spoil)
    assert (await _report(office))[item] == (2, "要説明")


async def test_stops_stand_with_their_time_and_who_ordered_them_and_name_no_resident(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    async with staff.transaction():
        actor = Actor("高橋 責任者", "点検")
        await set_stop(staff, CITY, actor, NOON, Scope(person_number="102"), ends_at=NOON + timedelta(hours=1))
    told = await _report(office)
    [(item, (figure, judged))] = [one for one in told.items() if "一部の住民" in one[0]]
    assert "102" not in item
    assert (judged, "12:00:00 - 2026-11-23 13:00:00" in str(figure), "高橋 責任者" in str(figure)) == ("-", True, True)


async def test_by_one_button_and_kept_who_did_it(office: Office) -> None:
    await _issue(office)
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    shown = await auditor.get(f"/safety?quarter={_NOW.name}")
    assert all(item in shown.text for item in _AS_IT_MUST_BE)
    csv = await auditor.post("/safety/file", quarter=_NOW.name, format="csv")
    assert csv.headers["Content-Disposition"] == f'attachment; filename="safety-{CITY}-{_NOW.name}.csv"'
    assert "2 別人の証明書を渡さない仕組みの点検,許可の記録がない発行,0,適" in csv.text
    assert await office.happened("staff_reading", "reading") == ["safety_report"]


@pytest.mark.parametrize("quarter", ["", "2026-5", "2026", "2099-1", "2026-2 ", "x"])
async def test_a_quarter_that_is_none_is_refused(office: Office, quarter: str) -> None:
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    await auditor.get("/safety")
    shown = await auditor.post("/safety/file", quarter=quarter, format="pdf")
    assert (shown.status, "四半期は" in shown.text) == (409, True)


async def test_by_one_command(office: Office, counter: Counter, tmp_path: Path) -> None:
    await _issue(office)
    quarter = Quarter.of(jst_date(datetime.now(UTC))).before(2)[1].name
    done = counter("safety", "--quarter", quarter, "-o", tmp_path / "safety.pdf")
    assert done.returncode == 0, done.stderr
    text = _text(tmp_path / "safety.pdf")
    assert "許可した人と違う人が載った発行" in text
    assert (tmp_path / "safety.pdf").stat().st_mode & 0o777 == 0o600
    refused = counter("safety", "--quarter", "2099-1")
    assert (refused.returncode, "must have begun" in refused.stderr) == (NOT_DONE, True)


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_every_day_is_of_one_quarter_and_the_quarters_follow_each_other(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day < quarter.day_after
    newer, older = quarter.before(2)
    assert newer == quarter
    assert older.day_after == quarter.first_day
    assert Quarter.written(quarter.name, day) == quarter


def test_the_second_quarter_is_summer() -> None:
    summer = Quarter.written("2026-2", date(2026, 7, 1))
    assert (summer.first_day, summer.day_after) == (date(2026, 7, 1), date(2026, 10, 1))
    with pytest.raises(QuarterWrong):
        Quarter.written("2026-2", date(2026, 6, 30))
