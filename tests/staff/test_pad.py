"""A PIN typed on a screen that faces the resident: what the clerk, the screen and the database never see, and what ends it."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Final

import pytest

from cardauth import UserCertificate
from issuance_db.pin_entries import MOST_WRONG_CODES, PAIRED_WITHIN, TYPED_WITHIN
from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.staff.duties import Duty
from tests.issuing.city import ISSUER, PIN
from tests.staff.counter import CARD, Entry, acts, at_counter, code_of, entry, opened
from tests.staff.office import Office

NEW_PIN: Final = "8531"
CHANGE: Final = {**CARD, "change": "1"}


async def changing(office: Office) -> Entry:
    """A card with a PIN, and a change of it begun."""
    await office.city.credential("101", "7001")
    return await entry(office, await at_counter(office, "101"), **CHANGE)


def with_pin(pin: str) -> UserCertificate:
    return UserCertificate(ISSUER, "7001", pin)


async def test_a_pin_typed_on_the_screen_is_the_one_of_the_next_issuance(office: Office) -> None:
    typed = await changing(office)
    assert 'data-state="waiting"' in await typed.seen()
    assert "新しい暗証番号" in (await typed.pair()).text
    assert 'data-state="paired"' in await typed.seen()
    assert "登録しました" in (await typed.type(NEW_PIN)).text
    assert 'data-state="done"' in await typed.seen()
    assert await code_of(office.city, with_pin(PIN)) is RefusalCode.NOT_IDENTIFIED
    assert await code_of(office.city, with_pin(NEW_PIN)) is None
    assert await acts(office) == [("pin_changed", "101", "職員 sato")]


async def test_no_page_log_address_or_table_has_the_digits(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    typed = await changing(office)
    shown = [await typed.pair(), await typed.type(NEW_PIN, "0000"), await typed.type(NEW_PIN)]
    assert all(NEW_PIN not in one.text + one.path for one in shown)
    assert NEW_PIN not in await typed.seen() + await typed.counter.page()
    assert not any(NEW_PIN in record.getMessage() for record in caplog.records)
    kept = await office.city.rows("SELECT e::text AS kept FROM issuance.pin_entry AS e")
    kept += await office.city.rows("SELECT a::text AS kept FROM history.staff_act AS a")
    assert all(NEW_PIN not in str(row["kept"]) for row in kept)
    assert all(typed.code not in str(row["kept"]) for row in kept)


async def test_the_screen_learns_nobody_s_name_or_number(office: Office) -> None:
    typed = await changing(office)
    shown = await typed.pair()
    assert all(word not in shown.text for word in ("足利", "7001", "sato"))


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [(NEW_PIN, "8532", "二回の入力が違います"), ("853", "853", "数字4桁"), ("８５３１", "８５３１", "数字4桁"), ("", "", "数字4桁")],
)  # fmt: skip
async def test_what_is_no_pin_is_typed_again(office: Office, pin: str, again: str, said: str) -> None:
    typed = await changing(office)
    await typed.pair()
    shown = await typed.type(pin, again)
    assert (shown.status, said in shown.text) == (422, True), shown.text
    assert await code_of(office.city, with_pin(PIN)) is None
    assert "登録しました" in (await typed.type(NEW_PIN)).text


async def test_a_code_pairs_one_screen_once(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    other = Entry(typed.counter, office.browser(), typed.path, typed.code)
    shown = await other.pair()
    assert (shown.status, "番号が違う" in shown.text) == (422, True)


async def test_two_screens_at_once_and_one_is_paired(office: Office) -> None:
    typed = await changing(office)
    other = Entry(typed.counter, office.browser(), typed.path, typed.code)
    shown = await asyncio.gather(typed.pair(), other.pair())
    assert sorted(one.status for one in shown) == [200, 422]


@pytest.mark.parametrize(("passes", "works"), [(PAIRED_WITHIN - timedelta(seconds=1), True), (PAIRED_WITHIN, False)])
async def test_a_code_is_soon_worth_nothing(office: Office, passes: timedelta, *, works: bool) -> None:
    typed = await changing(office)
    office.city.clock.now += passes
    assert ((await typed.pair()).status == 200) is works


async def test_a_pin_comes_in_time_or_not_at_all(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    office.city.clock.now += TYPED_WITHIN
    assert "入力は終わりました" in (await typed.type(NEW_PIN)).text
    assert 'data-state="over"' in await typed.seen()
    assert await code_of(office.city, with_pin(PIN)) is None
    assert await acts(office) == []


async def test_codes_cannot_be_guessed(office: Office) -> None:
    typed = await changing(office)
    wrong = str((int(typed.code) + 1) % 10**8).zfill(8)
    for _ in range(MOST_WRONG_CODES):
        assert (await typed.pair(wrong)).status == 422
    shown = await typed.pair()
    assert (shown.status, "しばらく使えません" in shown.text) == (422, True)
    assert 'data-state="waiting"' in await typed.seen()
    office.city.clock.now += timedelta(minutes=31)
    again = await entry(office, await at_counter(office, "101", "ito"), **CHANGE)
    assert (await again.pair()).status == 200


async def test_what_the_clerk_cancels_takes_no_pin(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    await typed.counter.clerk.post(f"{typed.path}/cancel")
    assert "入力は終わりました" in (await typed.type(NEW_PIN)).text
    assert await code_of(office.city, with_pin(PIN)) is None


async def test_it_ends_with_the_clerk_s_session(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    await typed.counter.clerk.post("/sign-out")
    await typed.type(NEW_PIN)
    assert await code_of(office.city, with_pin(PIN)) is None
    assert await acts(office) == []


async def test_an_entry_ends_once(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    await asyncio.gather(typed.type(NEW_PIN), typed.type(NEW_PIN))
    assert len(await acts(office)) == 1
    await typed.type("0000")
    assert await code_of(office.city, with_pin(NEW_PIN)) is None


async def test_what_hinders_the_pin_meanwhile_is_told_to_the_clerk_alone(office: Office) -> None:
    await (await at_counter(office, "101", "ito")).act(
        "/certificates", issuer_key_id=ISSUER, serial="7001", bearer="card"
    )
    counters = [await at_counter(office, "101", account) for account in ("sato", "tanaka")]
    first, second = [await entry(office, counter) for counter in counters]
    for one in (first, second):
        await one.pair()
    await first.type(PIN)
    shown = await second.type(NEW_PIN)
    assert "窓口の職員に知らせて" in shown.text
    assert "登録済み" not in shown.text
    assert "暗証番号は登録済みです" in await second.seen()
    assert await code_of(office.city, with_pin(PIN)) is None


async def test_a_card_stopped_meanwhile_gets_no_pin(office: Office) -> None:
    typed = await changing(office)
    await typed.pair()
    other = await at_counter(office, "101", "ito")
    await other.act("/stop", **CARD, sure="1")
    await typed.type(NEW_PIN)
    assert "止まっています" in await typed.seen()
    assert [act for act, _, _ in await acts(office)] == ["credential_stopped"]


@pytest.mark.parametrize(
    ("of", "fields", "said"),
    [
        ("102", CHANGE, "この宛名番号の人のものではありません"),
        ("101", {**CHANGE, "serial": "7009"}, "登録されていません"),
        ("101", CARD, "暗証番号は登録済みです"),
        ("101", {**CHANGE, "identity_check": "telephone"}, "本人確認の方法"),
        ("101", {**CHANGE, "identity_check": "revocation_notice"}, "本人確認の方法"),
    ],
    ids=["other person's", "wrong serial", "has one", "by telephone", "by notice"],
)
async def test_an_entry_that_is_not_right_does_not_begin(
    office: Office, of: str, fields: dict[str, str], said: str
) -> None:
    await office.city.credential("101", "7001")
    shown = await (await at_counter(office, of)).act("/pin", **fields)
    assert (shown.status, said in shown.text) == (409, True), shown.text
    assert await office.city.rows("SELECT entry_id FROM issuance.pin_entry") == []


async def test_a_change_needs_a_pin_to_change(office: Office) -> None:
    counter = await at_counter(office, "101")
    await counter.act("/certificates", issuer_key_id=ISSUER, serial="7001", bearer="card")
    assert "登録されていません" in (await counter.act("/pin", **CHANGE)).text


async def test_an_entry_is_its_clerk_s_alone(office: Office) -> None:
    typed = await changing(office)
    other = await opened(await office.at_work("ito", Duty.COUNTER), "101")
    shown = await other.clerk.get(typed.path)
    assert (shown.status, typed.code in shown.text.replace(" ", "")) == (409, False)
    assert (await other.clerk.post(f"{typed.path}/cancel")).status == 409
    assert (await typed.pair()).status == 200


async def test_another_entry_of_the_clerk_ends_the_first(office: Office) -> None:
    typed = await changing(office)
    again = await entry(office, typed.counter, **CHANGE)
    assert (await typed.pair()).status == 422
    assert (await again.pair()).status == 200


async def test_a_pin_without_a_paired_screen_is_refused(office: Office) -> None:
    typed = await changing(office)
    assert (await typed.screen.send("/pad/pin", {"pin": NEW_PIN, "again": NEW_PIN})).status == 403
    await typed.pair()
    assert (await typed.screen.post("/pad/pin", "0" * 64, pin=NEW_PIN, again=NEW_PIN)).status == 403
    assert await code_of(office.city, with_pin(PIN)) is None


async def test_the_clerk_s_page_follows_by_a_state_that_says_nothing_else(office: Office) -> None:
    typed = await changing(office)
    shown = await typed.counter.clerk.get(f"{typed.path}/state")
    assert json.loads(shown.text) == {"state": "waiting"}
