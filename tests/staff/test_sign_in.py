import asyncio
from datetime import date, timedelta

import pytest

from civil.clock import utc_now
from issuance_db.staff_accounts import find_account, release_account, set_first_password
from issuance_db.staff_sessions import IDLE, LONGEST
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.passwords import Passwords, TooManyPasswords
from kiosk_server.staff.second_factor import code_at
from kiosk_server.staff.sign_in import FIRST_PASSWORD_LIVES, LOCKED_FOR, MOST_FAILURES
from tests.staff.office import PASSWORD, SECRET, STEP, Office
from tests.sync.registry_rows import CITY


async def test_password_and_code_lead_to_the_first_page_and_are_written_down(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert (await clerk.get("")).status == 200
    assert await office.happened("staff_sign_in", "result") == ["signed_in"]


async def test_nobody_gets_past_the_password_without_a_code(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    clerk = office.browser()
    shown = await clerk.send("/sign-in", {"account": "sato", "password": PASSWORD})
    assert shown.path == "/staff/code"
    assert (await clerk.get("/history")).path == "/staff/code"
    assert (await clerk.get("/password")).path == "/staff/code"


async def test_unknown_wrong_and_stopped_are_told_alike_and_a_mistyped_name_is_not_kept(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    await office.employ("gone", Duty.CONTRACTOR, until=date(2020, 1, 1))
    told = {
        (await office.browser().send("/sign-in", {"account": account, "password": password})).text
        for account, password in (("nobody", PASSWORD), ("sato", "wrong"), ("gone", PASSWORD))
    }
    assert len(told) == 1
    assert set(await office.happened("staff_sign_in", "result")) == {"unknown", "wrong_password", "stopped"}
    assert None in await office.happened("staff_sign_in", "account_id")


async def test_r_50_five_wrong_tries_lock_the_account_and_time_unlocks_it(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    clerk = office.browser()
    for _ in range(MOST_FAILURES):
        assert (await clerk.sign_in("sato", "wrong")).status == 403
    assert (await clerk.sign_in("sato")).status == 403
    office.city.clock.now += LOCKED_FOR
    assert (await clerk.sign_in("sato")).path == "/staff"


async def test_wrong_codes_lock_as_wrong_passwords_do(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    clerk = office.browser()
    for _ in range(MOST_FAILURES):
        shown = await clerk.send("/sign-in", {"account": "sato", "password": PASSWORD})
        assert (await clerk.post("/code", shown.form_token, code="000000")).status == 403
    assert (await clerk.sign_in("sato")).status == 403


async def test_a_code_works_once(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    code = code_at(SECRET, office.city.clock.now)
    other = office.browser()
    shown = await other.send("/sign-in", {"account": "sato", "password": PASSWORD})
    assert (await other.post("/code", shown.form_token, code=code)).status == 403
    assert (await clerk.get("/history")).status == 200


@pytest.mark.parametrize(("passes", "ended"), [(IDLE - STEP, False), (IDLE, True)])
async def test_a_session_nobody_uses_ends(office: Office, passes: timedelta, *, ended: bool) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    office.city.clock.now += passes
    assert (await clerk.get("/history")).path.endswith("/sign-in") is ended


async def test_a_session_ends_after_a_working_day_however_busy(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    for _ in range(int(LONGEST / IDLE) * 2):
        office.city.clock.now += IDLE / 2
        await clerk.get("")
    assert (await clerk.get("")).path == "/staff/sign-in"


async def test_the_token_changes_with_each_step_and_the_old_one_is_worth_nothing(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    clerk = office.browser()
    shown = await clerk.send("/sign-in", {"account": "sato", "password": PASSWORD})
    half = {cookie.key: cookie.value for cookie in clerk.session.cookie_jar}
    office.city.clock.now += STEP
    await clerk.post("/code", shown.form_token, code=code_at(SECRET, office.city.clock.now))
    assert (await clerk.get("/history")).status == 200
    thief = office.browser()
    thief.session.cookie_jar.update_cookies(half)
    assert (await thief.get("/history")).path == "/staff/sign-in"


async def test_the_database_holds_no_token(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    [cookie] = [cookie.value for cookie in clerk.session.cookie_jar if cookie.key == "kiosk_staff"]
    [row] = await office.city.rows("SELECT staff_session::text AS text FROM issuance.staff_session")
    assert cookie.partition(".")[2] not in str(row["text"])


async def test_after_signing_out_the_cookie_opens_nothing(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    kept = {cookie.key: cookie.value for cookie in clerk.session.cookie_jar}
    assert (await clerk.post("/sign-out")).path == "/staff/sign-in"
    clerk.session.cookie_jar.update_cookies(kept)
    assert (await clerk.get("/history")).path == "/staff/sign-in"


async def test_the_cookie_is_for_the_console_alone_and_for_no_script(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    clerk = office.browser()
    async with clerk.session.post(
        office.url("/sign-in"), data={"account": "sato", "password": PASSWORD}, allow_redirects=False,
        headers={"Origin": office.origin},
    ) as answer:  # fmt: skip
        said = answer.headers["Set-Cookie"]
    assert all(part in said for part in ("HttpOnly", "SameSite=Strict", "Path=/staff"))


async def test_a_new_password_ends_every_other_session(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    elsewhere = office.browser()
    await elsewhere.sign_in("sato")
    await clerk.get("/password")
    new = "kasumi-tatsu-yama-no-sakura"
    shown = await clerk.post("/password", old=PASSWORD, new=new, again=new)
    assert shown.path.startswith("/staff?said=password_changed")
    assert (await elsewhere.get("/history")).path == "/staff/sign-in"
    assert (await clerk.get("/history")).status == 200


async def test_a_stolen_session_cannot_guess_the_password(office: Office) -> None:
    thief = await office.at_work("sato", Duty.COUNTER)
    await thief.get("/password")
    new = "kasumi-tatsu-yama-no-sakura"
    for _ in range(MOST_FAILURES):
        await thief.post("/password", old="a wrong old one", new=new, again=new)
    assert (await thief.get("/history")).path == "/staff/sign-in"
    assert (await office.browser().sign_in("sato")).status == 403
    assert list(await office.happened("staff_sign_in", "result")).count("wrong_password") == MOST_FAILURES


async def test_a_form_in_another_character_set_is_refused_and_no_fault(office: Office) -> None:
    shown = await office.browser().send(
        "/sign-in", {"account": "x"}, **{"Content-Type": "application/x-www-form-urlencoded; charset=nope"}
    )
    assert shown.status == 403


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        (PASSWORD, "short-1A", "short-1A"),
        (PASSWORD, "passwordpassword", "passwordpassword"),
        (PASSWORD, "satosatosatosato", "satosatosatosato"),
        (PASSWORD, "kasumi-tatsu-yama-no-sakura", "another-long-thing-here"),
        ("wrong", "kasumi-tatsu-yama-no-sakura", "kasumi-tatsu-yama-no-sakura"),
    ],
    ids=["short", "breached", "own name", "typed twice differently", "old one wrong"],
)
async def test_a_password_that_will_not_do_is_refused_and_the_old_one_stays(
    office: Office, old: str, new: str, again: str
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/password")
    assert (await clerk.post("/password", old=old, new=new, again=again)).status == 422
    assert (await office.browser().sign_in("sato")).path == "/staff"


async def test_a_password_is_kept_as_argon2id_at_full_cost_and_each_with_salt_of_its_own() -> None:
    passwords = Passwords()
    kept = [await passwords.hash(PASSWORD) for _ in range(2)]
    assert all(one.startswith("$argon2id$v=19$m=65536,t=3,p=1$") for one in kept)
    assert kept[0] != kept[1]
    assert [await passwords.is_right(PASSWORD, one) for one in kept] == [True, True]


async def test_behind_twenty_who_wait_nobody_waits() -> None:
    passwords = Passwords()
    done = await asyncio.gather(*(passwords.is_right("wrong", None) for _ in range(25)), return_exceptions=True)
    assert done[:22] == [False] * 22
    assert [type(one) for one in done[22:]] == [TooManyPasswords] * 3
    assert await passwords.is_right("wrong", None) is False


async def test_who_signs_in_in_a_flood_is_told_to_try_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/password")
    monkeypatch.setattr("kiosk_server.staff.passwords._MOST_WAITING", -2)
    new = "kasumi-tatsu-yama-no-sakura"
    for shown in (
        await office.browser().sign_in("sato"),
        await clerk.post("/password", old=PASSWORD, new=new, again=new),
    ):
        assert (shown.status, "もう一度" in shown.text) == (503, True)
    assert await office.happened("staff_sign_in", "result") == ["signed_in"]


async def test_a_first_password_that_nobody_used_ends_by_itself(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    hashed = await office.console.passwords.hash("a-first-password-1889")
    async with office.console.database.city(CITY) as connection:
        await set_first_password(connection, CITY, "sato", hashed, "用意した人", codes_too=False)
        account = await find_account(connection, CITY, "sato")
        assert account is not None
        assert account.waits_since is not None
        assert account.first_password_at is not None
        await release_account(connection, CITY, "sato", "承認した人", account.waits_since)
    office.city.clock.now = account.first_password_at + FIRST_PASSWORD_LIVES - 2 * STEP
    assert (await office.browser().sign_in("sato", "a-first-password-1889")).path == "/staff/password"
    office.city.clock.now += STEP
    assert (await office.browser().sign_in("sato", "a-first-password-1889")).status == 403
    administrator = await office.at_work("ito", Duty.ADMINISTRATOR)
    assert "期限切れ" in (await administrator.get("/accounts")).text


async def test_what_happened_with_ones_account_is_on_ones_first_page(office: Office) -> None:
    await office.browser().sign_in("sato", "wrong")
    clerk = await office.at_work("sato", Duty.COUNTER)
    await office.browser().sign_in("sato", "wrong")
    office.city.clock.now = max(office.city.clock.now, utc_now())
    again = office.browser()
    await again.sign_in("sato")
    shown = (await again.get("")).text
    assert (shown.count("パスワード誤り"), "サインイン</td>" in shown) == (1, True)
    assert clerk is not again
