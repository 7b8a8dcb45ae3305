import re
from datetime import date

import pytest

from civil.calendar import JST
from issuance_db.alerts import confirm_alert, explain_alert
from issuance_db.staff_acts import Actor, record_act
from issuance_db.staff_readings import record_reading
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.second_factor import code_at, unsealed
from tests.staff.office import PASSWORD, STEP, Clerk, Office
from tests.sync.registry_rows import CITY

_NEW = {"account": "kato", "name": "加藤 窓口", "duty_counter": "1", "reason": "窓口に配属"}


async def _administrator(office: Office) -> Clerk:
    clerk = await office.at_work("ito", Duty.ADMINISTRATOR)
    await clerk.get("/accounts")
    return clerk


def _told(text: str) -> str:
    found = re.search(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", text)
    assert found is not None
    return found[1]


async def _released(office: Office, *accounts: str) -> None:
    other = await office.at_work("tanaka", Duty.SUPERVISOR, name="田中 責任者")
    for account in accounts:
        shown = await other.post(
            "/accounts/release", account=account, waits_since=await _waits(other, account), reason="確認"
        )
        assert shown.path.endswith("said=account_released"), shown.text


async def _waits(clerk: Clerk, account: str) -> str:
    """Since when the list says that an account waits."""
    shown = await clerk.get("/accounts")
    return shown.text.partition(f'name="account" value="{account}"')[2].partition('name="waits_since" value="')[2][:32]


async def test_r_50_a_new_person_enrols_and_chooses_a_password_before_anything_else(office: Office) -> None:
    first = _told((await (await _administrator(office)).post("/accounts", **_NEW)).text)
    await _released(office, "kato")
    clerk = office.browser()
    page = await clerk.send("/sign-in", {"account": "kato", "password": first})
    assert page.path == "/staff/code/new"
    assert "<svg" in page.text
    kept = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert kept is not None
    secret = unsealed(office.console.keys, CITY, "kato", bytes.fromhex(kept[1]))
    office.city.clock.now += STEP
    code = code_at(secret, office.city.clock.now)
    page = await clerk.post("/code/new", page.form_token, secret=kept[1], code=code)
    assert page.path == "/staff/password"
    assert (await clerk.get("/history")).path == "/staff/password"
    new = "kasumi-tatsu-yama-no-sakura"
    page = await clerk.post("/password", old=first, new=new, again=new)
    assert (await clerk.get("/history")).status == 200


async def test_a_secret_made_for_somebody_else_is_not_taken(office: Office) -> None:
    administrator = await _administrator(office)
    first = _told((await administrator.post("/accounts", **_NEW)).text)
    other = _told((await administrator.post("/accounts", **_NEW | {"account": "abe", "name": "阿部 窓口"})).text)
    await _released(office, "kato", "abe")
    clerk, thief = office.browser(), office.browser()
    page = await clerk.send("/sign-in", {"account": "kato", "password": first})
    kept = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert kept is not None
    theirs = await thief.send("/sign-in", {"account": "abe", "password": other})
    secret = unsealed(office.console.keys, CITY, "kato", bytes.fromhex(kept[1]))
    code = code_at(secret, office.city.clock.now)
    shown = await thief.post("/code/new", theirs.form_token, secret=kept[1], code=code)
    assert shown.path == "/staff/code/new"
    assert await office.happened("staff_sign_in", "result") == ["signed_in"] * 2


async def test_the_first_password_is_shown_once(office: Office) -> None:
    clerk = await _administrator(office)
    first = _told((await clerk.post("/accounts", **_NEW)).text)
    assert first not in (await clerk.get("/accounts")).text


async def test_a_reset_ends_sessions_and_a_lost_device_is_enrolled_anew(office: Office) -> None:
    victim = await office.at_work("sato", Duty.COUNTER)
    clerk = await _administrator(office)
    first = _told((await clerk.post("/accounts/reset", account="sato", codes_too="1", reason="機器の紛失")).text)
    assert (await victim.get("/history")).path == "/staff/sign-in"
    assert (await office.browser().sign_in("sato", PASSWORD)).status == 403
    await _released(office, "sato")
    page = await office.browser().send("/sign-in", {"account": "sato", "password": first})
    assert page.path == "/staff/code/new"


async def test_r_50_an_ended_account_is_out_at_once_and_its_name_is_given_to_nobody(office: Office) -> None:
    victim = await office.at_work("sato", Duty.COUNTER, name="佐藤　花")
    clerk = await _administrator(office)
    assert (await clerk.post("/accounts/end", account="sato", reason="退職")).path.endswith("said=account_ended")
    assert (await victim.get("/history")).path == "/staff/sign-in"
    assert (await office.browser().sign_in("sato")).status == 403
    shown = await clerk.post("/accounts", **_NEW | {"account": "sato2", "name": "佐藤 花"})
    assert (shown.status, "もう使われています" in shown.text) == (409, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": "Kato!"}, "英小文字"),
        ({"account": "ito"}, "もう使われています"),
        ({"name": ""}, "「氏名」が空です"),
        ({"reason": " "}, "「理由」が空です"),
        ({"duty_counter": "", "duty_contractor": "1"}, "最後の日"),
        ({"duty_administrator": "1"}, "兼ねられません"),
        ({"duty_auditor": "1"}, "兼ねられません"),
        ({"valid_until": "soon"}, "最後の日"),
    ],
    ids=str,
)
async def test_what_is_wrong_is_named_and_no_account_is_made(office: Office, change: dict[str, str], said: str) -> None:
    clerk = await _administrator(office)
    fields = {name: value for name, value in (_NEW | change).items() if value}
    shown = await clerk.post("/accounts", **fields)
    assert shown.status in {409, 422}
    assert said in shown.text
    [row] = await office.city.rows("SELECT count(*) AS number FROM issuance.staff_account")
    assert row["number"] == 1


@pytest.mark.parametrize("act", ["reset", "end"])
async def test_nobody_resets_or_ends_themselves(office: Office, act: str) -> None:
    clerk = await _administrator(office)
    shown = await clerk.post(f"/accounts/{act}", account="ito", reason="試し")
    assert (shown.status, "別の利用者管理" in shown.text) == (409, True)
    assert (await clerk.get("/accounts")).status == 200


async def test_a_contractors_last_day_is_the_last(office: Office) -> None:
    await office.employ("vendor", Duty.CONTRACTOR, until=date(2026, 11, 23))
    office.city.clock.now = office.city.clock.now.replace(hour=14, minute=55)
    clerk = office.browser()
    assert (await clerk.sign_in("vendor")).path == "/staff"
    office.city.clock.now += 10 * STEP
    assert (await clerk.get("")).path == "/staff/sign-in"


async def test_r_51_who_did_what_is_in_the_log_and_that_it_was_looked_through(office: Office) -> None:
    administrator = await _administrator(office)
    await administrator.post("/accounts", **_NEW)
    # The log is written by the database's clock.
    [row] = await office.city.rows("SELECT clock_timestamp() AS now")
    office.city.clock.now = row["now"]  # type: ignore[assignment]  # a timestamp
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    shown = await auditor.get("/operations")
    for part in ("利用者を作成", "kato", "窓口に配属", "サインイン"):
        assert part in shown.text
    day = f"{office.city.clock.now:%Y-%m-%d}"
    assert "確認したことを記録" in (await auditor.post("/operations", since=day, until=day, reason="異常なし")).text
    assert f"{day}/{day}" in (await auditor.get("/operations")).text


async def test_nobody_looks_their_own_acts_through(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await record_act(staff, CITY, "stop_set", Actor("田中　責任者", "点検"))
    await record_act(staff, CITY, "log_reviewed", Actor("高橋 責任者", "異常なし"))
    [row] = await office.city.rows("SELECT clock_timestamp() AS now")
    office.city.clock.now = row["now"]  # type: ignore[assignment]  # a timestamp
    tanaka = await office.at_work("tanaka", Duty.SUPERVISOR, name="田中 責任者")
    takahashi = await office.at_work("takahashi", Duty.SUPERVISOR, name="高橋 責任者")
    shown = await tanaka.get("/operations")
    assert ("あなた自身の操作" in shown.text, "確認を記録する" in shown.text) == (True, False)
    day = f"{office.city.clock.now.astimezone(JST):%Y-%m-%d}"
    # Without that form on the page, a form is sent all the same.
    refused = await tanaka.post("/operations", since=day, until=day, reason="異常なし")
    assert (refused.status, "操作していない人が" in refused.text) == (409, True)
    await takahashi.get("/operations")
    assert "確認したことを記録" in (await takahashi.post("/operations", since=day, until=day, reason="異常なし")).text
    assert await office.happened_acts() == ["stop_set", "log_reviewed", "log_reviewed"]


async def test_who_explained_or_closed_an_alert_has_acted(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    front = await office.city.database.connect("front", CITY)
    number = await front.fetchval(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, 'centre/X', 'x') RETURNING alert_id",
        CITY,
    )
    await explain_alert(staff, CITY, number, "田中 責任者", "紙は回収した")
    await confirm_alert(staff, CITY, number, "高橋 責任者")
    [row] = await office.city.rows("SELECT clock_timestamp() AS now")
    office.city.clock.now = row["now"]  # type: ignore[assignment]  # a timestamp
    for account_id, name, is_own in (
        ("tanaka", "田中 責任者", True),
        ("takahashi", "高橋 責任者", True),
        ("ito", "伊藤 責任者", False),
    ):
        clerk = await office.at_work(account_id, Duty.SUPERVISOR, name=name)
        assert ("あなた自身の操作" in (await clerk.get("/operations")).text) is is_own


async def test_a_person_is_named_alike_for_what_they_saw_and_did_and_nobody_is_taken_for_another(
    office: Office,
) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await office.employ("kato", Duty.COUNTER, name="加藤 窓口")
    await office.employ("sato", Duty.COUNTER, name="kato")
    await record_act(staff, CITY, "stop_set", Actor("kato", "点検"))
    await record_act(staff, CITY, "stop_set", Actor("加藤 窓口", "点検"))
    await record_reading(staff, CITY, "kato", "operation_log")
    [row] = await office.city.rows("SELECT clock_timestamp() AS now")
    office.city.clock.now = row["now"]  # type: ignore[assignment]  # a timestamp
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    text = (await auditor.get("/operations")).text
    assert text.count("<td>加藤 窓口 <small>kato</small></td>") == 2
    assert text.count("<td>kato <small>sato</small></td>") == 1


async def test_what_is_pushed_off_the_first_page_is_on_the_next_and_the_review_waits_for_the_last(
    office: Office,
) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await staff.executemany(
        "INSERT INTO history.staff_sign_in (municipality_code, result) VALUES ($1, 'unknown')", [(CITY,)] * 501
    )
    [row] = await office.city.rows("SELECT clock_timestamp() AS now")
    office.city.clock.now = row["now"]  # type: ignore[assignment]  # a timestamp
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    first = (await auditor.get("/operations")).text
    assert "確認を記録する" not in first
    path = first.partition('rel="next" href="/staff')[2].partition('"')[0].replace("&amp;", "&")
    last = (await auditor.get(path)).text
    assert "確認を記録する" in last
    assert first.count("存在しない利用者ID") + last.count("存在しない利用者ID") >= 501


@pytest.mark.parametrize(
    "period", ["since=2026-12-01&until=2026-11-01", "since=x", "until=2999-01-01", "since=1900-01-01", "before=x"]
)
async def test_a_wrong_period_is_refused(office: Office, period: str) -> None:
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    assert (await auditor.get(f"/operations?{period}")).status == 409


@pytest.mark.parametrize(
    ("language", "name", "told"), [("en", "", "Name is empty."), ("ja", "加藤\u202e", "氏名: 書字方向")]
)
async def test_a_field_that_will_not_do_is_named_as_the_form_names_it(
    office: Office, language: str, name: str, told: str
) -> None:
    administrator = await _administrator(office)
    await administrator.get(f"/accounts?lang={language}")
    shown = await administrator.post("/accounts", **_NEW | {"name": name})
    assert (shown.status, told in shown.text) == (422, True)
