"""Settlement at the console: files taken in whole or not at all, differences closed by two persons, months closed and reopened."""

import asyncio
import re
from datetime import timedelta

import pytest

from issuance_db.alerts import confirm_alert, explain_alert
from issuance_db.settlement_months import ExplanationChanged
from kiosk_server.issuing.request import OutcomeReport
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import settlement
from tests.issuing.city import CENTRE, NOON
from tests.issuing.meanwhile import waits_for_row
from tests.settling.tables import csv_table, excel_row, excel_table, row
from tests.settling.test_matching import content as own_form
from tests.settling.test_matching import record
from tests.staff.office import Clerk, Office, Shown
from tests.sync.registry_rows import CITY

UPLOAD = "/settlement/statements"
MONTH = "/settlement/centre/2026-11"
DAY = {"centre": "centre", "length": "day", "on": "2026-11-23"}
WHOLE = {"centre": "centre", "length": "month", "on": "2026-11-05"}
_TICK = re.compile(r'name="(difference_[0-9]+)" value="([0-9]+)"')


@pytest.fixture(autouse=True)
def _answered_with_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is; `test_statement_jobs.py` leaves before the end."""
    monkeypatch.setattr(settlement, "AT_ONCE_SECONDS", 60.0)


async def issued(office: Office, count: int, *, reported: bool = True) -> list[str]:
    """Answers to the centre at noon, of which the centre reported that they were printed."""
    staff = await office.city.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        "VALUES ($1, 'centre', sha256('centre'), 'centre', '{resident_record}')",
        CITY,
    )
    card = await office.city.credential("101", "7001")
    numbers = []
    for _ in range(count):
        answer = await office.city.issuing.issue(CENTRE, office.city.request(card))
        numbers.append(answer.issuance_number)
        if reported:
            await office.city.issuing.report_outcome(
                CENTRE, answer.issuance_number, OutcomeReport("printed", True, NOON)
            )
    return numbers


async def at_settlement(office: Office, account_id: str = "suzuki", *duties: Duty) -> Clerk:
    """Somebody of reconciliation, on the day after."""
    office.city.clock.now = max(office.city.clock.now, NOON + timedelta(days=1))
    clerk = await office.at_work(account_id, *(duties or (Duty.RECONCILIATION,)))
    await clerk.get("/settlement")
    return clerk


async def counted(office: Office, table: str) -> int:
    """How many rows."""
    (found,) = await office.city.rows(f"SELECT count(*) AS rows FROM history.{table}")
    return int(str(found["rows"]))


def ticks(shown: Shown) -> dict[str, str]:
    """Every difference of the page, ticked."""
    return dict(_TICK.findall(shown.text))


@pytest.mark.parametrize("form", ["csv", "cp932", "excel", "own"])
async def test_a_statement_in_each_form_is_taken_in_and_agrees(office: Office, form: str) -> None:
    (number,) = await issued(office, 1)
    files = {
        "csv": csv_table([row(number)]),
        "cp932": csv_table([row(number)], "cp932"),
        "excel": excel_table([excel_row(number)]),
        "own": own_form([record(number)]),
    }
    clerk = await at_settlement(office)
    shown = await clerk.upload(UPLOAD, files[form], **DAY)
    assert "明細を取り込み、突合しました" in shown.text
    (match,) = await office.city.rows("SELECT agreed, settled, differences FROM history.statement_match")
    assert match == {"agreed": 1, "settled": 0, "differences": 0}
    assert await office.happened_acts() == ["statement_imported"]


async def test_a_month_is_the_next_edition_of_each_day_that_it_changes(office: Office) -> None:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)
    office.city.clock.now = NOON + timedelta(days=10)
    clerk = await at_settlement(office, "tanaka")
    other_day = row("another", "2026-11-24 09:00:00")
    shown = await clerk.upload(UPLOAD, csv_table([row(number), other_day]), **WHOLE)
    assert shown.status == 200, shown.text
    rows = await office.city.rows(
        "SELECT statement_on::text AS day, edition, lines FROM history.statement WHERE lines > 0 ORDER BY 1, 2"
    )
    assert rows == [{"day": "2026-11-23", "edition": 1, "lines": 1}, {"day": "2026-11-24", "edition": 1, "lines": 1}]
    assert "明細だけにある" in shown.text


async def test_lines_with_a_request_alone_settle_what_nobody_reported(office: Office) -> None:
    await issued(office, 1, reported=False)
    clerk = await at_settlement(office)
    await clerk.upload(UPLOAD, csv_table([row("", request_id="request-1")]), **DAY)
    assert [found["outcome"] for found in await office.city.rows("SELECT outcome FROM history.outcome")] == ["printed"]
    assert (
        "<small>センターの明細 2026-11-23</small>" in (await clerk.get(f"/requests/{CENTRE.caller_id}/request-1")).text
    )


async def test_lines_that_name_nothing_are_paired_by_terminal_and_time(office: Office) -> None:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    shown = await clerk.upload(UPLOAD, csv_table([row("")]), **DAY)
    assert "違いはありません" in shown.text, number


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (csv_table([row("a", "2026-10-23 12:00:05")]), DAY, "期間の外"),
        (csv_table([row("a")], headings=["x"] * 9), DAY, "見出しが揃った行がありません"),
        (csv_table([row("a")]).decode("utf-8-sig").encode("utf-16"), DAY, "UTF-16"),
        (csv_table([row("a")], "cp932"), DAY | {"encoding": "utf-8"}, "utf-8 として読めません"),
        (own_form([]), DAY | {"on": "2026-11-22"}, "指定した日の明細ではありません"),
        (own_form([], city="092011"), DAY, "別の市区町村"),
        (csv_table([]), WHOLE, "まだ来ていない時刻"),
        (csv_table([]), DAY | {"centre": "nobody"}, "その交付センターはありません"),
        (csv_table([]), DAY | {"on": "someday"}, "カレンダーから選んで"),
    ],
)
async def test_a_wrong_statement_is_refused_with_the_reason_and_nothing_stays(
    office: Office, content: bytes, fields: dict[str, str], told: str
) -> None:
    await issued(office, 1)
    clerk = await at_settlement(office)
    shown = await clerk.upload(UPLOAD, content, **fields)
    assert (shown.status, told in shown.text) == (409, True), shown.text
    assert [await counted(office, table) for table in ("statement", "statement_match", "alert", "staff_act")] == [0] * 4


async def test_a_statement_twice_changes_nothing_and_another_content_is_asked_about(office: Office) -> None:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)
    again = await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)
    assert "取り込み済みです" in again.text
    other = await clerk.upload(UPLOAD, csv_table([row(number, fee="300")]), **DAY)
    assert "別の内容が取り込み済み" in other.text
    assert await counted(office, "statement") == 1
    corrected = await clerk.upload(UPLOAD, csv_table([row(number, fee="300")]), **DAY, correction="on")
    assert "手数料が違う" in corrected.text
    assert await counted(office, "statement") == 2


async def test_very_many_differences_are_recorded_only_when_somebody_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk_server.settling.matching.MOST_DIFFERENCES", 2)
    await issued(office, 1)
    clerk = await at_settlement(office)
    file = csv_table([row("x"), row("y")])
    assert "違いが多すぎます" in (await clerk.upload(UPLOAD, file, **DAY)).text
    assert await counted(office, "alert") == await counted(office, "statement") == 0
    await clerk.upload(UPLOAD, file, **DAY, many="on")
    assert await counted(office, "alert") == 3


async def _with_a_difference(office: Office) -> tuple[Clerk, Shown]:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    return clerk, await clerk.upload(UPLOAD, csv_table([row(number, fee="0")]), **DAY)


async def test_a_difference_is_closed_by_two_persons_with_a_reason(office: Office) -> None:
    clerk, shown = await _with_a_difference(office)
    assert "無料交付" in shown.text
    shown = await clerk.post(f"{MONTH}/explain", reason="災害減免による無料交付", **ticks(shown))
    assert "別の人の確認を待っています" in shown.text
    other = await at_settlement(office, "tanaka", Duty.SUPERVISOR)
    shown = await other.get(MONTH)
    shown = await other.post(f"{MONTH}/confirm", **ticks(shown))
    assert "確認して閉じました" in shown.text
    assert "未処理の違いはありません" in shown.text
    assert "災害減免による無料交付" in (await other.get(f"{MONTH}?closed=1")).text


async def test_nobody_closes_their_own(office: Office) -> None:
    clerk, shown = await _with_a_difference(office)
    shown = await clerk.post(f"{MONTH}/explain", reason="無料交付", **ticks(shown))
    refused = await clerk.post(f"{MONTH}/confirm", **ticks(shown))
    assert (refused.status, "別の人が確認してください" in refused.text) == (409, True)
    assert await counted(office, "alert_confirmation") == 0


async def test_of_two_who_close_the_same_difference_the_second_is_told(office: Office) -> None:
    clerk, shown = await _with_a_difference(office)
    await clerk.post(f"{MONTH}/explain", reason="無料交付", **ticks(shown))
    one, two = await at_settlement(office, "tanaka"), await at_settlement(office, "takahashi")
    seen, also = await one.get(MONTH), await two.get(MONTH)
    assert (await one.post(f"{MONTH}/confirm", **ticks(seen))).status == 200
    refused = await two.post(f"{MONTH}/confirm", **ticks(also))
    assert (refused.status, "確認済み" in refused.text) == (409, True)
    assert await counted(office, "alert_confirmation") == 1


async def test_what_is_confirmed_is_the_explanation_that_was_read(office: Office) -> None:
    clerk, shown = await _with_a_difference(office)
    await clerk.post(f"{MONTH}/explain", reason="無料交付", **ticks(shown))
    other = await at_settlement(office, "tanaka")
    read = ticks(await other.get(MONTH))
    await clerk.post(f"{MONTH}/explain", reason="まったく別の説明", **ticks(shown))
    refused = await other.post(f"{MONTH}/confirm", **read)
    assert str(ExplanationChanged()).split(" / ", maxsplit=1)[0] in refused.text
    assert await counted(office, "alert_confirmation") == 0


async def test_an_explanation_that_arrives_during_the_confirmation_is_not_confirmed_unread(office: Office) -> None:
    """From the page of the alert, which does not wait for the month's turn."""
    number, other = await issued(office, 2)
    clerk = await at_settlement(office)
    shown = await clerk.upload(UPLOAD, csv_table([row(number, fee="0"), row(other, fee="0")]), **DAY)
    await clerk.post(f"{MONTH}/explain", reason="無料交付", **ticks(shown))
    second = await at_settlement(office, "tanaka")
    read = ticks(await second.get(MONTH))
    first, last = sorted(int(name.removeprefix("difference_")) for name in read)
    holding, explaining = [await office.city.database.connect("staff", CITY) for _ in range(2)]
    held = holding.transaction()
    await held.start()
    await confirm_alert(holding, CITY, first, "別の職員")
    confirming = asyncio.create_task(second.post(f"{MONTH}/confirm", **read))
    assert await waits_for_row(await office.city.database.connect(), confirming)
    await explain_alert(explaining, CITY, last, "職員 suzuki", "まったく別の説明")
    await held.rollback()
    refused = await confirming
    assert (refused.status, "新しい説明が加わりました" in refused.text) == (409, True)
    assert await counted(office, "alert_confirmation") == 0


async def test_one_that_cannot_be_closed_keeps_all_open(office: Office) -> None:
    clerk, shown = await _with_a_difference(office)
    await clerk.post(f"{MONTH}/explain", reason="無料交付", **ticks(shown))
    other = await at_settlement(office, "tanaka")
    read = ticks(await other.get(MONTH))
    refused = await other.post(f"{MONTH}/confirm", **read, difference_999999="1")
    assert "この月のものではないものがあります" in refused.text
    assert await counted(office, "alert_confirmation") == 0


@pytest.mark.parametrize("fields", [{}, {"difference_x": "1"}, {"difference_1": "-1"}])
async def test_nothing_ticked_is_told(office: Office, fields: dict[str, str]) -> None:
    clerk, _ = await _with_a_difference(office)
    assert "違いが選ばれていません" in (await clerk.post(f"{MONTH}/confirm", **fields)).text


async def _agreed(office: Office) -> Clerk:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)
    return clerk


async def test_a_month_is_closed_once_and_nothing_is_taken_in_until_it_is_reopened_with_a_reason(
    office: Office,
) -> None:
    clerk = await _agreed(office)
    assert "月を締めました" in (await clerk.post(f"{MONTH}/close", reason="11月分")).text
    assert "先に締めたか" in (await clerk.post(f"{MONTH}/close", reason="11月分")).text
    refused = await clerk.upload(UPLOAD, csv_table([]), **DAY, correction="on")
    assert "精算は締めてあります" in refused.text
    supervisor = await at_settlement(office, "tanaka", Duty.SUPERVISOR)
    await supervisor.get(MONTH)
    assert (await supervisor.post(f"{MONTH}/reopen", reason=" ")).status == 422
    assert "締めを解きました" in (await supervisor.post(f"{MONTH}/reopen", reason="訂正版の到着")).text
    assert (await clerk.post(f"{MONTH}/reopen", reason="x")).status == 403
    assert "突合しました" in (await clerk.upload(UPLOAD, csv_table([]), **DAY, correction="on")).text
    assert await office.happened_acts() == [
        "statement_imported",
        "month_closed",
        "month_reopened",
        "statement_imported",
    ]


async def test_a_month_with_an_open_difference_or_a_day_without_statement_is_not_closed(office: Office) -> None:
    clerk, _ = await _with_a_difference(office)
    assert "締められません" in (await clerk.post(f"{MONTH}/close", reason="11月分")).text
    card = await office.city.credential("102", "7002")
    await office.city.issuing.issue(CENTRE, office.city.request(card))
    assert "明細がない" in (await clerk.get(MONTH)).text
    assert await counted(office, "settlement_month") == 0


async def test_the_net_of_a_kind_may_be_below_zero(office: Office) -> None:
    clerk = await _agreed(office)
    assert "委託手数料の登録がない日の分が" in (await clerk.get(f"{MONTH}/net")).text
    await clerk.get("/settlement/centre/set-up")
    fee = {"effective_from": "2026-04-01", "yen": "460", "reason": "契約"}
    assert "委託手数料を登録しました" in (await clerk.post("/settlement/centre/set-up/handling-fee", **fee)).text
    assert "-260円" in (await clerk.get(f"{MONTH}/net")).text


@pytest.mark.parametrize("yen", ["-1", "100001", "x", ""])
async def test_a_handling_fee_that_is_none_is_refused(office: Office, yen: str) -> None:
    clerk = await _agreed(office)
    await clerk.get("/settlement/centre/set-up")
    fee = {"effective_from": "2026-04-01", "yen": yen, "reason": "契約"}
    assert (await clerk.post("/settlement/centre/set-up/handling-fee", **fee)).status == 409


async def test_a_handling_fee_changes_no_month_that_is_closed(office: Office) -> None:
    clerk = await _agreed(office)
    await clerk.post(f"{MONTH}/close", reason="11月分")
    await clerk.get("/settlement/centre/set-up")
    fee = {"effective_from": "2026-11-30", "yen": "117", "reason": "契約"}
    shown = await clerk.post("/settlement/centre/set-up/handling-fee", **fee)
    assert "締めた月が変わってしまいます" in shown.text
    fee |= {"effective_from": "2026-12-01"}
    assert (await clerk.post("/settlement/centre/set-up/handling-fee", **fee)).status == 200


async def test_a_layout_of_the_centres_own_is_used_from_the_next_file_on(office: Office) -> None:
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    await clerk.get("/settlement/centre/set-up")
    columns = {
        "issuance_number": "No", "kind": "種", "operator": "社", "store": "店", "terminal": "機", "occurred_at": "時", "fee_yen": "金",
    }  # fmt: skip
    fields = {f"column_{name}": text for name, text in columns.items()}
    shown = await clerk.post(
        "/settlement/centre/set-up/layout", **fields, words="写し = resident_record", reason="センターの様式"
    )
    assert "列の対応を変えました" in shown.text
    line = [number, "写し", "shop chain", "store 1", "machine 1", "2026-11-23 12:00:05", "200"]
    await clerk.upload(UPLOAD, csv_table([line], headings=list(columns.values())), **DAY)
    (match,) = await office.city.rows("SELECT agreed FROM history.statement_match")
    assert match == {"agreed": 1}


async def test_an_auditor_reads_everything_and_is_offered_no_act(office: Office) -> None:
    await _with_a_difference(office)
    auditor = await at_settlement(office, "watanabe", Duty.AUDITOR)
    for path in ("/settlement", MONTH, f"{MONTH}/net", "/settlement/centre/set-up"):
        shown = await auditor.get(path)
        assert shown.status == 200
        assert '<button class="go"' not in shown.text


@pytest.mark.parametrize(
    "path",
    ["/settlement/centre/2026-13", "/settlement/centre/x", "/settlement/nobody/2026-11", "/settlement/nobody/set-up"],
)
async def test_a_month_or_centre_that_is_not_there_is_told(office: Office, path: str) -> None:
    await issued(office, 1)
    clerk = await at_settlement(office)
    assert (await clerk.get(path)).status == 409


async def test_an_issuance_shows_its_line_of_the_statement_and_what_matching_found(office: Office) -> None:
    agreed, differs, missing = await issued(office, 3)
    clerk = await at_settlement(office)
    assert "交付センターの明細" not in (await clerk.get(f"/issuances/{agreed}")).text
    await clerk.get("/settlement")
    await clerk.upload(UPLOAD, csv_table([row(agreed), row(differs, fee="300")]), **DAY)
    for number, told in ((agreed, "一致"), (differs, "手数料が違う"), (missing, "当方だけにある")):
        part = (await clerk.get(f"/issuances/{number}")).text.partition("交付センターの明細")[2].partition("経過")[0]
        assert (told in part, "2026-11-23" in part) == (True, True), (number, part)
