"""Alerts, quarantined documents and differences from the register: what needs two persons is never done by one."""

import re
from collections.abc import Sequence

import pytest

import pdf
from kiosk_server.issuing.paper import PaperFailed
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.staff.alert_words import detail_of, words_of
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE
from tests.staff.office import Clerk, Office

REASON = {"reason": "原因を確かめる"}
DOCUMENT = b"%PDF-1.7 what failed"


async def alert(office: Office, cause: str = "centre/WRONG_PAPER", number: str | None = None) -> int:
    front = await office.city.database.connect("front", "092029")
    found: int = await front.fetchval(
        "INSERT INTO history.alert (municipality_code, cause, detail, issuance_number) "
        "VALUES ('092029', $1, 'shop says another paper came out', $2) RETURNING alert_id",
        cause,
        number,
    )
    return found


async def two(office: Office) -> Sequence[Clerk]:
    clerks = [await office.at_work(name, Duty.SUPERVISOR) for name in ("ito", "kato")]
    for clerk in clerks:
        await clerk.get("/alerts")
    return clerks


async def explained(clerk: Clerk, number: int, explanation: str = "紙は回収した") -> None:
    shown = await clerk.post(f"/alerts/{number}/explain", explanation=explanation)
    assert explanation in shown.text, shown.text
    assert "別の人が確認すると" in shown.text


async def read_by(clerk: Clerk, number: int) -> str:
    """Which explanation the page of this clerk would confirm."""
    page = (await clerk.get(f"/alerts/{number}")).text
    return page.partition('name="explanation_id" value="')[2].partition('"')[0]


async def test_an_alert_tells_what_happened_what_is_known_and_what_to_do(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    issued = await office.city.issuing.issue(CENTRE, office.city.request(card))
    number = await alert(office, number=issued.issuance_number)
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert f"/alerts/{number}" in (await clerk.get("/alerts")).text
    shown = await clerk.get(f"/alerts/{number}")
    for said in (
        "交付センターからの警報",
        "最初の紙が誰の手に",
        issued.issuance_number,
        "store 1",
        "shop says another",
    ):
        assert said in shown.text


async def test_what_our_own_alert_says_in_both_languages_is_shown_in_one(office: Office) -> None:
    front = await office.city.database.connect("front", "092029")
    said = "2026-11-24 1: 手数料が違います。当方 200 円、明細 999 円 / The fee differs: ours 200 yen, in the statement 999 yen"
    number = await front.fetchval(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092029', 'settlement/fee_differs', $1) RETURNING alert_id",
        said,
    )
    clerk = await office.at_work("sato", Duty.COUNTER)
    for path in ("/alerts", f"/alerts/{number}"):
        japanese, english = (await clerk.get(f"{path}?lang=ja")).text, (await clerk.get(f"{path}?lang=en")).text
        assert ("当方 200 円" in japanese, "The fee differs" in japanese, "fee_differs" in japanese) == (
            True,
            False,
            False,
        )
        assert ("2026-11-24 1: The fee differs" in english, "当方" in english) == (True, False)


async def test_what_others_say_and_names_of_places_are_shown_whole(office: Office) -> None:
    assert detail_of("guessing_stopped", "centre / 店 / 1") == ("centre / 店 / 1",) * 2
    assert detail_of("centre/WRONG_PAPER", "紙 / paper") == ("紙 / paper",) * 2
    number = await alert(office, "settlement/of_a_later_edition")
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert "shop says another paper came out" in (await clerk.get(f"/alerts/{number}")).text


async def test_who_takes_an_alert_on_is_seen_by_all_and_closes_nothing(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    assert "まだいません" in (await first.get(f"/alerts/{number}")).text
    assert "担当になりました" in (await first.post(f"/alerts/{number}/take")).text
    assert "引き受ける" not in (await first.get(f"/alerts/{number}")).text
    assert "<td>職員 ito</td>" in (await second.get("/alerts")).text
    assert "職員 kato" in (await second.post(f"/alerts/{number}/take")).text
    assert "職員 ito" not in (await first.get("/alerts")).text.partition("<tbody>")[2]
    assert "説明待ち" in (await first.get("/alerts")).text
    assert await office.happened_acts() == ["alert_taken", "alert_taken"]


async def test_nobody_takes_on_what_is_closed_and_no_auditor_takes_any(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    assert "引き受ける" not in (await auditor.get(f"/alerts/{number}")).text
    assert (await auditor.post(f"/alerts/{number}/take")).status == 403
    await explained(first, number)
    await second.post(f"/alerts/{number}/confirm", explanation_id=await read_by(second, number))
    assert (await first.post(f"/alerts/{number}/take")).status == 409
    assert await office.happened_acts() == []


async def test_many_alerts_go_on_from_page_to_page_and_are_listed_by_what_happened(office: Office) -> None:
    front = await office.city.database.connect("front", "092029")
    await front.executemany(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092029', $1, 'x')",
        [("settlement/not_ours",)] * 130 + [("centre/WRONG_PAPER",)] * 2,
    )
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    seen: list[str] = []
    path: str | None = "/alerts?of=settlement"
    while path is not None:
        text = (await clerk.get(path)).text
        seen += re.findall(r'class="number"><a href="/staff/alerts/([0-9]+)"', text)
        path = text.partition('rel="next" href="/staff')[2].partition('"')[0].replace("&amp;", "&") or None
    assert [int(number) for number in seen] == list(range(1, 131))
    first = (await clerk.get("/alerts")).text
    assert ("合わない 130</a>" in first, "交付センターからの警報 2</a>" in first) == (True, True)
    of_centre = (await clerk.get("/alerts?of=centre")).text
    assert (of_centre.count("WRONG_PAPER"), "当方だけ" in of_centre, 'rel="next"' in of_centre) == (2, False, False)
    assert (await clerk.get("/alerts?page=999&of=nothing")).status == 200


async def test_alerts_of_a_protective_measure_are_a_group_of_their_own_for_those_alone_who_need_it(
    office: Office,
) -> None:
    await alert(office, "suppressed_after_answer")
    await alert(office)
    clerk, counter = await office.at_work("suzuki", Duty.RECONCILIATION), await office.at_work("sato", Duty.COUNTER)
    assert "suppressed" not in (await clerk.get("/alerts")).text
    assert "/alerts/1" in (await clerk.get("/alerts?of=stopped_after_answer")).text
    assert "/alerts/1" not in (await clerk.get("/alerts?of=suppressed_after_answer")).text
    assert "/alerts/1" in (await counter.get("/alerts?of=suppressed_after_answer")).text


async def test_an_alert_is_explained_by_one_closed_by_another_and_then_listed_as_closed(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    await explained(first, number)
    read = await read_by(second, number)
    assert "職員 ito" in (await second.get("/alerts")).text
    assert "警報を閉じました" in (await second.post(f"/alerts/{number}/confirm", explanation_id=read)).text
    assert f"/alerts/{number}" not in (await second.get("/alerts")).text
    assert "職員 kato" in (await second.get(f"/alerts/{number}")).text
    assert f"/alerts/{number}" in (await second.get("/alerts?closed=1")).text


async def test_nobody_closes_an_alert_with_an_explanation_of_their_own(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    await explained(first, number)
    read = await read_by(second, number)
    shown = await first.post(f"/alerts/{number}/confirm", explanation_id=read)
    assert (shown.status, "説明した人とは別の人" in shown.text) == (409, True)
    assert f"/alerts/{number}" in (await first.get("/alerts")).text


async def test_two_persons_who_close_the_same_alert_close_it_once(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    third = await office.at_work("mori", Duty.SUPERVISOR)
    await explained(first, number)
    read = await read_by(second, number)
    await third.get("/alerts")
    shown = [await clerk.post(f"/alerts/{number}/confirm", explanation_id=read) for clerk in (second, third)]
    assert [one.status for one in shown] == [200, 409]
    assert "確認済み" in shown[1].text
    [row] = await office.city.rows("SELECT confirmed_by FROM history.alert_confirmation")
    assert row["confirmed_by"] == "職員 kato"


async def test_an_explanation_that_came_after_the_page_was_read_is_not_confirmed_with_it(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    await explained(first, number)
    read = await read_by(second, number)
    await explained(first, number, "紙は見つからない")
    shown = await second.post(f"/alerts/{number}/confirm", explanation_id=read)
    assert (shown.status, "新しい説明" in shown.text) == (409, True)
    assert await office.city.rows("SELECT FROM history.alert_confirmation") == []


async def test_an_alert_without_an_explanation_or_closed_already_is_left_as_it_is(office: Office) -> None:
    number = await alert(office)
    first, second = await two(office)
    assert (await second.post(f"/alerts/{number}/confirm", explanation_id="1")).status == 409
    assert (await first.post(f"/alerts/{number}/explain", explanation="  ")).status == 422
    await explained(first, number)
    await second.post(f"/alerts/{number}/confirm", explanation_id=await read_by(second, number))
    late = await first.post(f"/alerts/{number}/explain", explanation="あとから")
    assert (late.status, "もう閉じています" in late.text) == (409, True)


@pytest.mark.parametrize("number", ["999", "x", "9" * 19])
async def test_an_alert_that_is_not_there_is_told(office: Office, number: str) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert (await clerk.get(f"/alerts/{number}")).status == 409


@pytest.mark.parametrize(
    "cause",
    [
        "mismatch", "outcome_conflict", "suppressed_after_answer", "stopped_after_answer", "seal_changed_after_answer",
        "guessing_stopped", "status_list_full", "wrong_edition", "wrong_topology", "signing_token", "witness_refused",
        "witness_overdue", "log_damaged", "records_differ", "centre/X", "settlement/only_ours", "feed/seal_refused",
    ],
)  # fmt: skip
def test_every_cause_of_the_books_has_words_of_its_own(cause: str) -> None:
    assert words_of(cause, sees_protection=True) != words_of("of another program", sees_protection=True)


def test_a_protective_measure_is_named_to_those_who_must_know_alone() -> None:
    cause = "suppressed_after_answer"
    assert words_of(cause, sees_protection=False) == words_of("stopped_after_answer", sees_protection=False)
    assert words_of(cause, sees_protection=True) != words_of(cause, sees_protection=False)


async def quarantined(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    async def wrong(sealed: pdf.Sealed) -> PaperFailed:
        return PaperFailed(pdf.IdentityMismatch(1, "person1.name"), DOCUMENT)

    monkeypatch.setattr(office.city.environment.paper, "make", wrong)
    card = await office.city.credential("101", "7001")
    with pytest.raises(Refusal):
        await office.city.issuing.issue(CENTRE, office.city.request(card))
    [row] = await office.city.rows("SELECT issuance_number FROM issuance.quarantine")
    return str(row["issuance_number"])


async def test_a_quarantined_document_is_opened_by_one_of_two_who_approved_and_the_act_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await quarantined(office, monkeypatch)
    path = f"/alerts/quarantine/{number}"
    first, second = await two(office)
    third = await office.at_work("mori", Duty.SUPERVISOR)
    await third.get("/alerts")
    assert number in (await first.get("/alerts/quarantine")).text
    assert "承認しました" in (await first.post(f"{path}/approve", **REASON)).text
    again = await first.post(f"{path}/approve", **REASON)
    assert (again.status, "もう承認している" in again.text) == (409, True)
    alone = await first.post(f"{path}/open")
    assert (alone.status, "2人の承認が要り" in alone.text) == (409, True)
    await second.post(f"{path}/approve", **REASON)
    assert (await third.post(f"{path}/open")).status == 409
    async with first.session.post(
        office.url(f"{path}/open"), data={"form_token": first.token}, headers={"Origin": office.origin}
    ) as answer:
        assert (answer.status, await answer.read()) == (200, DOCUMENT)
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
    acts = await office.city.rows("SELECT act, acted_by FROM history.staff_act ORDER BY act_id")
    assert [(act["act"], act["acted_by"]) for act in acts] == [
        ("quarantine_approved", "職員 ito"),
        ("quarantine_approved", "職員 kato"),
        ("quarantine_opened", "職員 ito"),
    ]


@pytest.mark.parametrize("number", ["20261123-01-00000009-9", "x" * 40, "a.b"])
async def test_a_document_that_is_not_in_quarantine_is_not_opened(office: Office, number: str) -> None:
    first, _ = await two(office)
    assert (await first.post(f"/alerts/quarantine/{number}/open")).status == 409


async def test_who_differs_from_the_register_is_listed_with_the_cause_and_the_repair_approved_once(
    office: Office,
) -> None:
    sync = await office.city.database.connect("sync", "092029")
    await sync.execute(
        "INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) "
        "VALUES ('092029', '103', 'doubt', 'reconciliation')"
    )
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert "103" in (await clerk.get("/alerts/differences")).text
    assert await office.happened("staff_reading", "reading") == ["differences"]
    assert "作り直しを承認しました" in (await clerk.post("/alerts/differences", person_number="103", **REASON)).text
    again = await clerk.post("/alerts/differences", person_number="103", **REASON)
    assert (again.status, "承認済み" in again.text) == (409, True)
    acts = await office.city.rows("SELECT act, person_number FROM history.staff_act")
    assert [dict(act) for act in acts] == [{"act": "repair_approved", "person_number": "103"}]
