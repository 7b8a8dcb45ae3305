from urllib.parse import unquote

import pytest

from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import Kind
from kiosk_server.staff.duties import Duty
from tests.history_log.books import batcher
from tests.issuing.city import CENTRE
from tests.issuing.fed import EVERY_KIND, Fed, InKoseki
from tests.staff.office import Clerk, Office, Shown
from tests.staff.office import office as opened


async def _issued(office: Office) -> str:
    card = await office.city.credential("101", "7001")
    certificate = await office.city.issuing.issue(CENTRE, office.city.request(card))
    return certificate.issuance_number


async def _searched(clerk: Clerk, **fields: str) -> Shown:
    await clerk.get("/history")
    return await clerk.post("/history", **fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person_number", "102"),
        ("household_number", "900"),
        ("serial", "7001"),
        ("kind", "resident_record"),
        ("state", "answered"),
        ("outcome", "unknown"),
        ("since", "2026-11-23"),
        ("until", "2026-11-23"),
    ],
)
async def test_an_issuance_is_found_by_each_criterion(office: Office, field: str, value: str) -> None:
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert number in (await _searched(clerk, **{field: value})).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person_number", "103x"),
        ("household_number", "901"),
        ("serial", "7002"),
        ("kind", "tax_income"),
        ("state", "refused"),
        ("outcome", "printed"),
        ("since", "2026-11-24"),
        ("until", "2026-11-22"),
        ("terminal_store", "elsewhere"),
    ],
)
async def test_and_not_by_another(office: Office, field: str, value: str) -> None:
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert number not in (await _searched(clerk, **{field: value})).text


@pytest.mark.parametrize(
    ("minutes", "is_found"),
    [
        (("11:59", "12:01"), True),
        (("12:00", "12:00"), True),
        (("12:01", ""), False),
        (("", "11:59"), False),
        (("12:01", "23:59"), False),
    ],
)
async def test_by_the_minute(office: Office, minutes: tuple[str, str], is_found: bool) -> None:  # noqa: FBT001
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    day = {"since": "2026-11-23", "until": "2026-11-23"}
    shown = await _searched(clerk, **day, since_time=minutes[0], until_time=minutes[1])
    assert (number in shown.text, f'name="since_time" type="time" value="{minutes[0]}"' in shown.text) == (
        is_found,
        True,
    )


@pytest.mark.parametrize("name", ["since_time", "until_time"])
async def test_a_time_without_its_day_is_asked_for_with_it(office: Office, name: str) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await _searched(clerk, **{name: "12:00"})
    assert (shown.status, "その日も入れて" in shown.text) == (409, True)


async def test_by_its_number_and_its_page_tells_who_is_on_it_and_every_step(office: Office) -> None:
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert number in (await _searched(clerk, issuance_number=number)).text
    page = await clerk.get(f"/issuances/{number}")
    assert all(person in page.text for person in ("101", "102", "103"))
    assert page.text.count("改変なし") == 4
    assert await office.happened("staff_reading", "reading") == ["issuance"]


async def test_who_is_searched_for_stands_in_no_address_and_is_written_down(office: Office) -> None:
    await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await _searched(clerk, person_number="102")
    assert "102" not in unquote(shown.path).partition("search=")[0]
    assert "person" not in shown.path
    assert await office.happened("staff_reading", "person_number") == ["102"]


async def test_a_rare_outcome_is_looked_for_in_a_week_unless_told(office: Office) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert 'name="since" type="date" value="2026-11-17"' in (await _searched(clerk, outcome="failed")).text
    assert 'value="2026-11-17"' not in (await _searched(clerk, outcome="failed", until="2026-11-23")).text
    assert 'value="2026-11-17"' not in (await _searched(clerk, outcome="printed")).text


async def test_a_search_is_of_its_session_alone(office: Office) -> None:
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    path = (await _searched(clerk, kind="tax_income")).path.removeprefix("/staff")
    other = await office.at_work("sato", Duty.COUNTER)
    assert number not in (await clerk.get(path)).text
    assert number in (await other.get(path)).text


async def test_two_numbers_at_once_are_refused_with_the_way_out(office: Office) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await _searched(clerk, person_number="102", serial="7001")
    assert (shown.status, "どれか一つ" in shown.text) == (409, True)


@pytest.mark.parametrize("request_id", ["2026/1", "a?b", "a#b", ".."])
async def test_an_issuance_of_any_request_id_can_be_opened(office: Office, request_id: str) -> None:
    card = await office.city.credential("101", "7001")
    made = await office.city.issuing.issue(CENTRE, office.city.request(card, request_id=request_id))
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert "載っている人" in (await clerk.get(f"/issuances/{made.issuance_number}")).text


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("since", "2026-13-01", "この日から"),
        ("until", "9999-12-31", "この日まで"),
        ("since_time", "25:00", "時刻から"),
        ("until_time", "12:0٣", "時刻まで"),
        ("terminal_store", "a\x01b", "店舗"),
        ("kind", "passport", "種別"),
        ("terminal_id", "x" * 65, "端末"),
    ],
)
async def test_a_wrong_field_is_named_as_the_form_names_it(office: Office, field: str, value: str, label: str) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert f"<label>{label}<" in (await clerk.get("/history")).text
    days = {"since": "2026-11-23", "until": "2026-11-23"} if field.endswith("_time") else {}
    shown = await _searched(clerk, **days, **{field: value})
    assert (shown.status, f"「{label}」に誤りがあります" in shown.text) == (409, True)


async def test_a_search_of_residents_is_no_search_of_the_history(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/residents")
    shown = await clerk.post("/residents", name="鈴木", address="x" * 100)
    assert (await clerk.get(shown.path.replace("/staff/residents", "/history"))).status == 200


async def test_a_refusal_is_found_by_its_person_and_a_protective_measure_is_named_to_the_counter_alone(
    office: Office,
) -> None:
    card = await office.city.credential("101", "7001")
    staff = await office.city.database.connect("staff", "092029")
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    with pytest.raises(Refusal):
        await office.city.issuing.issue(CENTRE, office.city.request(card, request_id="asked"))
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert "発行不可" in (await _searched(clerk, person_number="101")).text
    shown = (await clerk.get(f"/requests/{CENTRE.caller_id}/asked")).text
    assert "発行を止めています" in shown
    assert "支援措置" not in shown
    counter = await office.at_work("sato", Duty.COUNTER)
    assert "支援措置" in (await counter.get(f"/requests/{CENTRE.caller_id}/asked")).text


async def test_pages_follow_each_other_without_gap_or_double(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    for turn in range(60):
        wrong = office.city.request(card, request_id=f"r{turn:02}", persons=("999",))
        with pytest.raises(Refusal):
            await office.city.issuing.issue(CENTRE, wrong)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    seen: list[str] = []
    path: str | None = "/history"
    while path is not None:
        text = (await clerk.get(path)).text
        seen += [part.partition('"')[0] for part in text.split(f"/staff/requests/{CENTRE.caller_id}/")[1:]]
        path = text.partition('rel="next" href="/staff')[2].partition('"')[0].replace("&amp;", "&") or None
    assert sorted(seen) == [f"r{turn:02}" for turn in range(60)]


async def test_who_else_was_being_served_then(office: Office) -> None:
    number = await _issued(office)
    other = await office.city.credential("102", "7002")
    second = await office.city.issuing.issue(CENTRE, office.city.request(other))
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    page = (await clerk.get(f"/issuances/{number}")).text
    shown = await clerk.get(page.partition('class="button" href="/staff')[2].partition('"')[0])
    assert number in shown.text
    assert second.issuance_number in shown.text


@pytest.mark.parametrize(
    "path", ["/issuances/20261123-01-00000009-9", "/requests/nobody/nothing", "/requests/a/b/then"]
)
async def test_what_is_not_there_is_told(office: Office, path: str) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await clerk.get(path)
    assert (shown.status, "履歴から探して" in shown.text) == (409, True)


async def test_an_issuance_is_shown_with_its_leaf_and_the_proof_can_be_taken_along(office: Office) -> None:
    number = await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert "まだログにありません" in (await clerk.get(f"/issuances/{number}")).text
    await (await batcher(office.city.database)).batch()
    assert "証明を保存" in (await clerk.get(f"/issuances/{number}")).text
    proof = await clerk.get(f"/issuances/{number}/proof")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1\nindex ")
    assert "attachment" in proof.headers["Content-Disposition"]


async def test_a_history_row_that_was_rewritten_is_shown_as_such(office: Office) -> None:
    number = await _issued(office)
    await (await batcher(office.city.database)).batch()
    admin = await office.city.database.connect()
    await admin.execute("ALTER TABLE history.issuance DISABLE TRIGGER never_changed")
    await admin.execute("UPDATE history.issuance SET fee_yen = 1")
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await clerk.get(f"/issuances/{number}")
    assert "書き換えられています" in shown.text
    assert "証明を保存" not in shown.text


async def test_somebody_shown_by_another_households_koseki_is_found(fed: Fed) -> None:
    async with opened(fed.city) as office:
        await fed.city.registry.family("901", "201")
        await fed.city.project()
        await fed.domiciled("101", "102")
        await fed.koseki("K1", (InKoseki("KP101", "101", "101", items=1), InKoseki("KP201", "201", "201", items=1)))
        asked = fed.request(Kind.KOSEKI_FULL, await fed.card("101"))
        made = await fed.city.issuing.issue(EVERY_KIND, asked)
        clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
        assert made.issuance_number in (await _searched(clerk, person_number="201")).text


async def test_who_is_on_a_koseki_and_in_no_register_is_named_with_the_registration_that_asked(fed: Fed) -> None:
    async with opened(fed.city) as office:
        await fed.domiciled("101", "102")
        await fed.koseki("K1", (InKoseki("KP101", "101", "101"), InKoseki("KP9", "外子")))
        made = await fed.city.issuing.issue(EVERY_KIND, fed.request(Kind.KOSEKI_FULL, await fed.card("101")))
        clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
        text = (await clerk.get(f"/issuances/{made.issuance_number}")).text
        assert all(words in text for words in ("KP9", "足利　外子", "戸籍だけにいる人"))
        assert "KP101" not in text
        admin = await fed.city.database.connect()
        await admin.execute("ALTER TABLE history.issuance_koseki_person DISABLE TRIGGER never_changed")
        await admin.execute("UPDATE history.issuance_koseki_person SET registration_number = 7 WHERE position = 2")
        assert "利用登録 7" in (await clerk.get(f"/issuances/{made.issuance_number}")).text
        counter = await office.at_work("sato", Duty.COUNTER)
        assert "/koseki-access/7" in (await counter.get(f"/issuances/{made.issuance_number}")).text


@pytest.mark.parametrize(
    ("search", "named"),
    [
        ({"person_number": "102"}, ["102"]),
        ({"serial": "7001"}, ["101"]),
        ({"household_number": "900"}, ["101", "102", "103"]),
        ({"household_number": "999"}, [None]),
        ({"serial": "8888"}, [None]),
        ({"kind": "resident_record"}, []),
    ],
    ids=str,
)
async def test_everyone_whose_history_is_shown_or_taken_out_is_named_in_the_log(
    office: Office, search: dict[str, str], named: list[str | None]
) -> None:
    await _issued(office)
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = await _searched(clerk, **search)
    read = "SELECT person_number FROM history.staff_reading WHERE reading = 'history_of_person' ORDER BY reading_id"
    assert [row["person_number"] for row in await office.city.rows(read)] == named
    if named != [None]:
        search_id = shown.path.partition("search=")[2]
        assert (await clerk.post("/history/export", search=search_id, format="csv")).status == 200
        assert [row["person_number"] for row in await office.city.rows(read)] == named * 2
