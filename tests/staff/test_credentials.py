import asyncio

import pytest

from cardauth import UserCertificate, UserId
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import MenuRequest, SessionCredential
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE, ISSUER, PIN, TERMINAL
from tests.staff.counter import CARD, EARLIER, NEW, AtCounter, acts, at_counter, code_of, entry, opened
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

STOPPED_ONE = {**CARD, "sure": "1"}


async def serials(office: Office) -> dict[object, object]:
    rows = await office.city.rows("SELECT serial, revoked_at IS NULL AS lives FROM issuance.credential ORDER BY serial")
    return {row["serial"]: row["lives"] for row in rows}


async def test_a_renewed_card_takes_the_place_of_the_old_one(office: Office) -> None:
    old = await office.city.credential("101", "7001")
    counter = await at_counter(office, "101")
    shown = await counter.act("/certificates", **NEW, **EARLIER)
    assert "電子証明書を登録しました" in shown.text
    typed = await entry(office, counter, issuer_key_id=ISSUER, serial="7002")
    await typed.pair()
    await typed.type(PIN)
    assert await code_of(office.city, old) is RefusalCode.NOT_IDENTIFIED
    assert await code_of(office.city, UserCertificate(ISSUER, "7002", PIN)) is None
    assert await acts(office) == [
        ("credential_renewed", "101", "職員 sato"),
        ("pin_registered", "101", "職員 sato"),
    ]
    assert await office.city.rows("SELECT DISTINCT reason FROM history.staff_act") == [
        {"reason": "本人確認: 運転免許証"}
    ]


async def test_a_first_card_of_tomorrow(office: Office) -> None:
    counter = await at_counter(office, "102")
    await counter.act("/certificates", **NEW, from_tomorrow="1")
    assert "まだ使えない" in await counter.page()


@pytest.mark.parametrize(
    ("of", "fields", "said"),
    [
        ("102", {**NEW, **EARLIER}, "この宛名番号の人のものではありません"),
        ("101", {**NEW, **EARLIER, "earlier_serial": "7009"}, "登録されていません"),
        ("101", NEW, "前の電子証明書の番号も示してください"),
        ("101", {**NEW, "earlier_serial": "7001"}, "両方を示して"),
        ("101", {**NEW, **EARLIER, "serial": "7001"}, "登録済みです"),
        ("101", {**NEW, **EARLIER, "serial": "07002"}, "先頭に0を付けない"),
        ("101", {**NEW, **EARLIER, "bearer": "watch"}, "媒体を選んで"),
        ("101", {**NEW, **EARLIER, "identity_check": ""}, "本人確認の方法を選んで"),
        ("101", {**NEW, **EARLIER, "identity_check": "telephone"}, "本人確認の方法を選んで"),
    ],
    ids=["other person's", "wrong serial", "earlier left out", "half named", "registered", "spelling", "bearer", "no check", "by telephone"],
)  # fmt: skip
async def test_a_renewal_that_is_not_right_changes_nothing(
    office: Office, of: str, fields: dict[str, str], said: str
) -> None:
    await office.city.credential("101", "7001")
    counter = await at_counter(office, of)
    shown = await counter.act("/certificates", **fields)
    assert (shown.status, said in shown.text) == (409, True), shown.text
    assert await serials(office) == {"7001": True}
    assert await acts(office) == []


async def test_nobody_outside_the_record_gets_a_card(office: Office) -> None:
    await office.city.credential("888", "7001")
    shown = await (await at_counter(office, "888")).act("/certificates", **NEW, **EARLIER)
    assert (shown.status, "発行用住民票にいません" in shown.text) == (409, True)


async def test_a_stopped_card_stops_at_once_and_for_good(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "101")
    assert (await counter.act("/stop", **STOPPED_ONE, identity_check="telephone")).status == 200
    assert await code_of(office.city, card) is RefusalCode.NOT_IDENTIFIED
    shown = await counter.act("/stop", **STOPPED_ONE)
    assert (shown.status, "止まっています" in shown.text) == (409, True)
    assert await acts(office) == [("credential_stopped", "101", "職員 sato")]


@pytest.mark.parametrize(
    ("of", "fields", "said"),
    [
        ("102", STOPPED_ONE, "この宛名番号の人のものではありません"),
        ("101", {**STOPPED_ONE, "serial": "7009"}, "登録されていません"),
        ("101", CARD, "元に戻せない"),
        ("101", {**STOPPED_ONE, "user_id": "nobody"}, "登録されていません"),
    ],
    ids=["other person's", "wrong serial", "not sure", "wrong user id"],
)
async def test_a_stop_that_is_not_right_changes_nothing(
    office: Office, of: str, fields: dict[str, str], said: str
) -> None:
    card = await office.city.credential("101", "7001")
    shown = await (await at_counter(office, of)).act("/stop", **fields)
    assert (shown.status, said in shown.text) == (409, True), shown.text
    assert await code_of(office.city, card) is None


async def test_two_clerks_who_stop_one_card_at_once_make_one_act(office: Office) -> None:
    await office.city.credential("101", "7001")
    counters = [await at_counter(office, "101", account) for account in ("sato", "ito")]
    shown = await asyncio.gather(*(counter.act("/stop", **STOPPED_ONE) for counter in counters))
    assert sorted(one.status for one in shown) == [200, 409]
    assert len(await acts(office)) == 1


async def test_two_clerks_who_register_one_card_at_once_give_it_to_one(office: Office) -> None:
    counters = [await at_counter(office, number, f"clerk{number}") for number in ("101", "102")]
    shown = await asyncio.gather(*(counter.act("/certificates", **NEW) for counter in counters))
    assert sorted(one.status for one in shown) == [200, 409]
    assert (await serials(office), len(await acts(office))) == ({"7002": True}, 1)


async def test_a_user_id_is_registered_used_and_stopped(office: Office) -> None:
    counter = await at_counter(office, "101")
    assert "利用者IDを登録しました" in (await counter.act("/user-ids", user_id="hanako-1")).text
    typed = await entry(office, counter, user_id="hanako-1")
    await typed.pair()
    await typed.type("8531")
    assert await code_of(office.city, UserId("hanako-1", "8531")) is None
    assert (await counter.act("/stop", user_id="hanako-1", sure="1")).status == 200
    assert await code_of(office.city, UserId("hanako-1", "8531")) is RefusalCode.NOT_IDENTIFIED
    assert [act for act, _, _ in await acts(office)] == ["user_id_registered", "pin_registered", "user_id_stopped"]


@pytest.mark.parametrize(("user_id", "said"), [("hanako-1", "登録済み"), ("ｈａｎａｋｏ", "英数字"), ("a b", "英数字")])
async def test_a_user_id_that_is_taken_or_miswritten_is_refused(office: Office, user_id: str, said: str) -> None:
    await (await at_counter(office, "102", "ito")).act("/user-ids", user_id="hanako-1")
    shown = await (await at_counter(office, "101")).act("/user-ids", user_id=user_id)
    assert (shown.status, said in shown.text) == (409, True), shown.text


async def locked(office: Office) -> tuple[AtCounter, UserCertificate]:
    card = await office.city.credential("101", "7001")
    for _ in range(3):
        await code_of(office.city, UserCertificate(ISSUER, "7001", "9999"))
    assert await code_of(office.city, card) is RefusalCode.NOT_IDENTIFIED
    return await at_counter(office, "101"), card


async def test_a_lock_is_seen_and_lifted_and_the_pin_stays(office: Office) -> None:
    counter, card = await locked(office)
    assert "続けて間違えた回数 3" in await counter.page()
    assert "停止を解きました" in (await counter.act("/pin/unlock", **CARD)).text
    assert await code_of(office.city, card) is None
    assert "停止していませんでした" in (await counter.act("/pin/unlock", **CARD)).text


async def test_another_person_s_lock_stays(office: Office) -> None:
    counter, card = await locked(office)
    other = await opened(counter.clerk, "102")
    assert (await other.act("/pin/unlock", **CARD)).status == 409
    assert await code_of(office.city, card) is RefusalCode.NOT_IDENTIFIED
    assert await acts(office) == []


async def test_a_stopped_pin_opens_nothing_until_another_is_registered(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    assert await code_of(office.city, card) is None
    counter = await at_counter(office, "101")
    assert "利用を止めました" in (await counter.act("/pin/stop", **CARD)).text
    assert await code_of(office.city, card) is RefusalCode.NOT_IDENTIFIED
    shown = await counter.act("/pin/stop", **CARD)
    assert (shown.status, "登録されていません" in shown.text) == (409, True)
    typed = await entry(office, counter)
    await typed.pair()
    await typed.type(PIN)
    assert await code_of(office.city, card) is None
    assert [act for act, _, _ in await acts(office)] == ["pin_stopped", "pin_registered"]


async def test_a_session_that_a_pin_opened_ends_when_the_pin_is_stopped(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "101")
    menu = await office.city.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, card))
    await counter.act("/pin/stop", **CARD)
    with pytest.raises(Refusal) as refused:
        await office.city.issuing.issue(CENTRE, office.city.request(SessionCredential(menu.session)))
    assert refused.value.code is RefusalCode.NOT_IDENTIFIED


async def test_what_a_counter_changes_an_auditor_only_sees(office: Office) -> None:
    await office.city.credential("101", "7001")
    counter = await at_counter(office, "101", "watanabe", Duty.AUDITOR)
    assert "手続き" not in await counter.page()
    assert (await counter.act("/stop", **STOPPED_ONE)).status == 403
    assert await acts(office) == []
