"""Passkeys as second factor (W3C Web Authentication, level 2, 7.1 and 7.2): what is believed, and everything that is not."""

import html
import re
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from aiohttp.test_utils import make_mocked_request

from issuance_db.staff_accounts import release_account, set_first_password
from issuance_db.staff_acts import Actor
from issuance_db.staff_passkeys import CHALLENGE_LIVES
from kiosk_server.settings import Settings, SettingsInvalid
from kiosk_server.staff.accounts import passkey_called, release_a_passkey
from kiosk_server.staff.console import Console
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.passkey_acts import relying_party
from kiosk_server.staff.passkeys import user_handle
from kiosk_server.staff.sign_in import MOST_FAILURES
from tests.staff.authenticator import Authenticator
from tests.staff.office import PASSWORD, Clerk, Office, Shown
from tests.sync.registry_rows import CITY

_OPTIONS = re.compile(r'data-options="([^"]*)"')
_PASSKEY = re.compile(r'name="passkey" value="([0-9a-f]+)"')


@pytest.fixture(autouse=True)
def by_name(office: Office) -> None:
    """No passkey belongs to a number."""
    office.host = "localhost"


def _options(shown: Shown) -> str:
    found = _OPTIONS.search(shown.text)
    assert found is not None, shown.text
    return html.unescape(found[1])


async def _registered(office: Office, clerk: Clerk, name: str = "青い鍵") -> Authenticator:
    """A passkey beside the codes, not released yet."""
    key = Authenticator(office.origin)
    answer = key.make(_options(await clerk.get("/passkeys")))
    shown = await clerk.post("/passkeys", passkey_name=name, credential=answer)
    assert shown.path.endswith("said=passkey_added"), shown.text
    return key


async def _released(office: Office, account_id: str, name: str = "青い鍵") -> None:
    async with office.console.database.city(CITY) as connection:
        passkey_id = await passkey_called(connection, CITY, account_id, name)
        await release_a_passkey(connection, CITY, passkey_id, Actor("田中 責任者", "本人に確認"))


async def _ready(office: Office, account_id: str = "sato") -> Authenticator:
    """A clerk's passkey that was released."""
    clerk = await office.at_work(account_id, Duty.COUNTER)
    key = await _registered(office, clerk)
    await _released(office, account_id)
    return key


async def _asked(office: Office, account_id: str = "sato") -> tuple[Clerk, Shown]:
    """A browser after the password."""
    clerk = office.browser()
    return clerk, await clerk.send("/sign-in", {"account": account_id, "password": PASSWORD})


async def _sign_in(office: Office, key: Authenticator, account_id: str = "sato") -> tuple[Clerk, Shown]:
    clerk, shown = await _asked(office, account_id)
    key.counter += 1
    return clerk, await clerk.post("/code/passkey", shown.form_token, credential=key.sign(_options(shown)))


async def test_a_passkey_signs_in_in_place_of_a_code(office: Office) -> None:
    key = await _ready(office)
    clerk, shown = await _sign_in(office, key)
    assert shown.path == "/staff", shown.text
    assert "使用中" in (await clerk.get("/passkeys")).text
    assert await office.happened("staff_sign_in", "result") == ["signed_in", "passkey_set", "signed_in"]


async def test_codes_go_on_beside_it(office: Office) -> None:
    await _ready(office)
    assert (await office.browser().sign_in("sato")).path == "/staff"


@pytest.mark.parametrize(
    ("says", "is_verified"),
    [
        ({"origin": "https://elsewhere.example"}, True),
        ({"origin": "http://localhost:1"}, True),
        ({"rp_id": "elsewhere.example"}, True),
        ({"challenge": bytes(32)}, True),
        ({"type": "webauthn.create"}, True),
        ({"crossOrigin": True}, True),
        ({"user_handle": user_handle(CITY, "ito")}, True),
        ({}, False),
    ],
    ids=["origin", "port", "rp", "challenge", "ceremony", "in a frame", "of another", "unverified"],
)
async def test_an_answer_that_is_not_ours_signs_nobody_in_and_counts(
    office: Office, says: dict[str, Any], *, is_verified: bool
) -> None:
    key = await _ready(office)
    key.says, key.is_verified = says, is_verified
    clerk, shown = await _sign_in(office, key)
    assert shown.status == 403
    assert (await clerk.get("/history")).path == "/staff/sign-in"
    assert (await office.happened("staff_sign_in", "result"))[-1] == "wrong_passkey"


@pytest.mark.parametrize("credential", ["", "null", "{}", "[" * 5000, '{"rawId": "AA", "response": {}}'])
async def test_what_is_no_answer_is_refused_and_no_fault(office: Office, credential: str) -> None:
    await _ready(office)
    clerk, shown = await _asked(office)
    assert (await clerk.post("/code/passkey", shown.form_token, credential=credential)).status == 403


async def test_a_signature_of_another_key_is_refused(office: Office) -> None:
    key = await _ready(office)
    stranger = Authenticator(office.origin, passkey_id=key.passkey_id)
    assert (await _sign_in(office, stranger))[1].status == 403


async def test_the_key_of_another_account_signs_nobody_in(office: Office) -> None:
    await _ready(office)
    other = await _ready(office, "ito")
    assert (await _sign_in(office, other))[1].status == 403
    assert (await _sign_in(office, other, "ito"))[1].path == "/staff"


async def test_an_answer_that_was_sent_before_is_worth_nothing(office: Office) -> None:
    key = await _ready(office)
    clerk, shown = await _asked(office)
    answer = key.sign(_options(shown))
    assert (await clerk.post("/code/passkey", shown.form_token, credential=answer)).path == "/staff"
    thief, page = await _asked(office)
    assert (await thief.post("/code/passkey", page.form_token, credential=answer)).status == 403


async def test_a_challenge_is_of_its_session_alone(office: Office) -> None:
    key = await _ready(office)
    _, mine = await _asked(office)
    thief, page = await _asked(office)
    shown = await thief.post("/code/passkey", page.form_token, credential=key.sign(_options(mine)))
    assert shown.status == 403


async def test_a_challenge_lives_five_minutes_and_a_page_that_is_drawn_anew_asks_anew(office: Office) -> None:
    key = await _ready(office)
    clerk, shown = await _asked(office)
    again = await clerk.get("/code")
    assert _options(again) != _options(shown)
    office.city.clock.now += CHALLENGE_LIVES
    assert (await clerk.post("/code/passkey", again.form_token, credential=key.sign(_options(again)))).status == 403


async def test_a_passkey_whose_counter_went_back_is_stopped_and_told(office: Office) -> None:
    key = await _ready(office)
    await _sign_in(office, key)
    key.counter = 0
    assert (await _sign_in(office, key))[1].status == 403
    key.counter = 50
    _, shown = await _asked(office)
    assert "data-passkey" not in shown.text
    assert "passkey_copied" in await office.happened("staff_sign_in", "result")
    alerts = await office.city.rows("SELECT cause FROM history.alert")
    assert [row["cause"] for row in alerts] == ["passkey_copied"]
    clerk = office.browser()
    await clerk.sign_in("sato")
    assert "複製の疑い" in (await clerk.get("/passkeys")).text


async def test_one_without_a_counter_goes_on(office: Office) -> None:
    key = await _ready(office)
    for _ in range(2):
        clerk, shown = await _asked(office)
        answer = key.sign(_options(shown))
        assert (await clerk.post("/code/passkey", shown.form_token, credential=answer)).path == "/staff"


async def test_r_50_wrong_passkeys_lock_the_account_as_wrong_codes_do(office: Office) -> None:
    key = await _ready(office)
    key.is_verified = False
    for _ in range(MOST_FAILURES):
        assert (await _sign_in(office, key))[1].status == 403
    assert (await office.browser().sign_in("sato")).status == 403


async def test_one_beside_another_factor_waits_until_somebody_else_releases_it(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.SUPERVISOR, name="佐藤 責任者")
    key = await _registered(office, clerk)
    assert "data-passkey" not in (await _asked(office))[1].text
    own = await clerk.get("/accounts")
    assert "承認待ちのパスキー" in own.text
    shown = await clerk.post("/accounts/passkeys", passkey=key.passkey_id.hex(), reason="自分で")
    assert (shown.status, "ほかの利用者管理か責任者" in shown.text) == (409, True)
    other = await office.at_work("ito", Duty.ADMINISTRATOR)
    found = _PASSKEY.search((await other.get("/accounts")).text)
    assert found is not None
    assert (await other.post("/accounts/passkeys", passkey=found[1], reason="本人に確認")).path.endswith("released")
    assert (await _sign_in(office, key))[1].path == "/staff"
    assert await office.happened_acts() == ["staff_passkey_released"]
    assert (await other.post("/accounts/passkeys", passkey=found[1], reason="もう一度")).status == 409


async def test_the_table_releases_and_rewinds_for_nobody(office: Office) -> None:
    await _registered(office, await office.at_work("sato", Duty.COUNTER, name="佐藤 花"))
    staff = await office.city.database.connect("staff", CITY)
    for change in (
        "waits_since = NULL",
        "waits_since = NULL, released_by = '佐藤　花'",
        "released_by = '誰か', waits_since = now()",
    ):
        with pytest.raises(asyncpg.PostgresError, match="released by another person"):
            await staff.execute(f"UPDATE issuance.staff_passkey SET {change}")
    await staff.execute("UPDATE issuance.staff_passkey SET sign_count = 7, stopped_at = now()")
    for change in ("sign_count = 6", "stopped_at = NULL"):
        with pytest.raises(asyncpg.PostgresError, match="does not go back"):
            await staff.execute(f"UPDATE issuance.staff_passkey SET {change}")


async def _reset(office: Office) -> None:
    """A first password and no factor, released; the password is chosen again by the test's fixture."""
    administrator = await office.at_work("yamada", Duty.ADMINISTRATOR)
    await administrator.get("/accounts")
    await administrator.post("/accounts/reset", account="sato", codes_too="1", reason="機器の紛失")
    hashed = await office.console.passwords.hash(PASSWORD)
    async with office.console.database.city(CITY) as connection:
        await set_first_password(connection, CITY, "sato", hashed, "用意した人", codes_too=True)
        [row] = await connection.fetch("SELECT waits_since FROM issuance.staff_account WHERE account_id = 'sato'")
        await release_account(connection, CITY, "sato", "承認した人", row["waits_since"])


async def test_codes_registered_anew_take_the_passkeys_too(office: Office) -> None:
    key = await _ready(office)
    await _reset(office)
    _, shown = await _asked(office)
    assert shown.path == "/staff/code/new"
    assert key.passkey_id not in [
        row["passkey_id"] for row in await office.city.rows("SELECT passkey_id FROM issuance.staff_passkey")
    ]


async def test_a_passkey_alone_is_a_second_factor_and_the_last_one_stays(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    await _reset(office)
    clerk, shown = await _asked(office)
    key = Authenticator(office.origin)
    made = await clerk.post(
        "/code/passkey/new", shown.form_token, passkey_name="鍵", credential=key.make(_options(shown))
    )
    assert made.path == "/staff/password"
    again, page = await _sign_in(office, key)
    assert page.path == "/staff/password"
    await again.get("/password")
    new = "kasumi-tatsu-yama-no-sakura"
    await again.post("/password", old=PASSWORD, new=new, again=new)
    await again.get("/passkeys")
    refused = await again.post("/passkeys/remove", passkey=key.passkey_id.hex())
    assert (refused.status, "最後の認証手段" in refused.text) == (409, True)


async def test_who_registers_codes_on_another_page_meanwhile_does_not_get_a_second_first_factor(office: Office) -> None:
    await office.employ("sato", Duty.COUNTER)
    await _reset(office)
    one, first = await _asked(office)
    other, second = await _asked(office)
    keys = Authenticator(office.origin), Authenticator(office.origin)
    answers = keys[0].make(_options(first)), keys[1].make(_options(second))
    shown = await one.post("/code/passkey/new", first.form_token, passkey_name="鍵", credential=answers[0])
    assert shown.path == "/staff/password"
    await other.post("/code/passkey/new", second.form_token, passkey_name="鍵", credential=answers[1])
    rows = await office.city.rows("SELECT passkey_id FROM issuance.staff_passkey")
    assert [row["passkey_id"] for row in rows] == [keys[0].passkey_id]


@pytest.mark.parametrize(
    ("says", "is_verified"),
    [({"origin": "https://elsewhere.example"}, True), ({"rp_id": "x.example"}, True), ({"challenge": bytes(32)}, True),
     ({"type": "webauthn.get"}, True), ({"crossOrigin": True}, True), ({}, False)],
    ids=["origin", "rp", "challenge", "ceremony", "in a frame", "unverified"],
)  # fmt: skip
async def test_a_passkey_that_was_not_made_here_is_not_registered(
    office: Office, says: dict[str, Any], *, is_verified: bool
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    key = Authenticator(office.origin, is_verified, says=says)
    answer = key.make(_options(await clerk.get("/passkeys")))
    shown = await clerk.post("/passkeys", passkey_name="鍵", credential=answer)
    assert (shown.status, "確かめられませんでした" in shown.text) == (409, True)
    assert await office.city.rows("SELECT passkey_id FROM issuance.staff_passkey") == []


async def test_one_passkey_is_of_one_account_and_one_name_of_one_passkey(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    key = await _registered(office, clerk)
    other = await office.at_work("ito", Duty.COUNTER)
    for person, one, name in ((other, key, "別名"), (clerk, Authenticator(office.origin), "青い鍵")):
        answer = one.make(_options(await person.get("/passkeys")))
        shown = await person.post("/passkeys", passkey_name=name, credential=answer)
        assert (shown.status, "登録されています" in shown.text) == (409, True)


async def test_several_have_names_and_one_is_removed(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await _registered(office, clerk)
    await _registered(office, clerk, "机の端末")
    shown = await clerk.get("/passkeys")
    assert "青い鍵" in shown.text
    found = _PASSKEY.search(shown.text)
    assert found is not None
    assert (await clerk.post("/passkeys/remove", passkey=found[1])).path.endswith("said=passkey_removed")
    text = (await clerk.get("/passkeys")).text
    assert ("青い鍵" in text, "机の端末" in text) == (False, True)
    for given in (found[1], "zz", ""):
        assert (await clerk.post("/passkeys/remove", passkey=given)).status == 409


async def test_nobody_removes_anothers(office: Office) -> None:
    key = await _ready(office)
    thief = await office.at_work("ito", Duty.COUNTER)
    await thief.get("/passkeys")
    assert (await thief.post("/passkeys/remove", passkey=key.passkey_id.hex())).status == 409
    assert (await _sign_in(office, key))[1].path == "/staff"


async def test_at_most_ten(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    for number in range(10):
        await _registered(office, clerk, f"鍵 {number}")
    answer = Authenticator(office.origin).make(_options(await clerk.get("/passkeys")))
    shown = await clerk.post("/passkeys", passkey_name="鍵 11", credential=answer)
    assert (shown.status, "10個まで" in shown.text) == (409, True)


async def test_at_an_address_without_a_name_there_are_codes_and_a_word_of_where_passkeys_are(office: Office) -> None:
    await _ready(office)
    office.host = "127.0.0.1"
    _, shown = await _asked(office)
    assert ("data-passkey" in shown.text, "このアドレスでは使えません" in shown.text) == (False, True)
    clerk = office.browser()
    await clerk.sign_in("sato")
    assert "KIOSK_STAFF_ORIGIN" in (await clerk.get("/passkeys")).text
    assert (await clerk.post("/passkeys", passkey_name="鍵", credential="{}")).status == 409


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("staff.city.example", "https://staff.city.example"),
        ("elsewhere.example", None),
        ("staff.city.example:8445", None),
    ],
)
def test_beyond_this_machine_the_origin_is_the_one_that_was_set(
    office: Office, host: str, expected: str | None
) -> None:
    console = Console(
        office.console.database, [CITY], office.console.keys, office.console.clock, is_tls=True,
        origin="https://staff.city.example",
    )  # fmt: skip
    party = relying_party(console, make_mocked_request("GET", "/staff", headers={"Host": host}))
    assert (party and party.origin) == expected
    assert party is None or party.rp_id == "staff.city.example"


@pytest.mark.parametrize(
    "origin",
    [
        "http://staff.city.example",
        "https://10.0.0.1",
        "https://staff.city.example/staff",
        "https://staff.city.example:443",
        "https://Staff.city.example",
        "staff",
    ],
)
def test_an_origin_that_no_passkey_can_belong_to_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises((ValueError, SettingsInvalid), match="https://"):
        Settings(staff_origin=origin)
    assert Settings(staff_origin="https://staff.city.example:8445").staff_origin is not None


async def test_a_challenge_ends_with_its_session(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/passkeys")
    assert len(await office.city.rows("SELECT challenge FROM issuance.staff_challenge")) == 1
    await clerk.post("/sign-out")
    assert await office.city.rows("SELECT challenge FROM issuance.staff_challenge") == []
    assert timedelta(minutes=5) == CHALLENGE_LIVES
