"""A passkey from its registration to signing in, in Chromium with an authenticator of the DevTools protocol."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.staff.desk import Desk

_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def named(desk: Desk) -> Desk:
    """The same console by the name of this machine: no passkey belongs to a number."""
    said = {**desk.demo.said, "staff_url": desk.demo.said["staff_url"].replace("127.0.0.1", "localhost")}
    for account_id in ("sato", "ito"):
        desk.sign_in(account_id)
    cookies = {
        name: {key: value for key, value in one.items() if key != "domain"} for name, one in desk.cookies.items()
    }
    return Desk(desk.browser, replace(desk.demo, said=said), cookies)


@pytest.fixture(scope="module")
def authenticator(named: Desk) -> Iterator[str]:
    named.browser.execute_cdp_cmd("WebAuthn.enable", {})
    made = named.browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    yield str(made["authenticatorId"])
    named.browser.execute_cdp_cmd("WebAuthn.disable", {})


def _after_the_password(named: Desk) -> Desk:
    named.browser.delete_all_cookies()
    one = named.account("sato")
    return named.open("/sign-in").fill(account="sato", password=one["password"]).press()


def test_a_passkey_is_registered_released_and_signs_in_by_the_keyboard(named: Desk, authenticator: str) -> None:
    named.sign_in("sato").open("/passkeys").fill(passkey_name="机の端末")
    assert named.barriers() == []
    named.press("[data-passkey] button.go")
    assert "承認待ち" in named.text
    named.sign_in("ito").open("/accounts")
    assert named.barriers() == []
    form = named.browser.find_element(By.CSS_SELECTOR, "form[action$='/accounts/passkeys']")
    form.find_element(By.NAME, "reason").send_keys("本人に確認した")
    named.press("form[action$='/accounts/passkeys'] button.go")
    assert "パスキーを承認しました" in named.text
    _after_the_password(named)
    assert named.barriers() == []
    named.until(lambda: named.browser.switch_to.active_element.text == "パスキーでサインイン")
    named.leaving(lambda: named.browser.switch_to.active_element.send_keys(Keys.ENTER))
    assert named.path == ""
    assert "机の端末" in named.open("/passkeys").text


def test_a_device_that_does_not_know_its_person_signs_nobody_in(named: Desk, authenticator: str) -> None:
    _after_the_password(named)
    told = {"authenticatorId": authenticator, "isUserVerified": False}
    named.browser.execute_cdp_cmd("WebAuthn.setUserVerified", told)
    named.click("[data-passkey] button.go")
    named.until(lambda: "パスキーを使えませんでした" in named.text)
    assert named.path == "/code"
    named.browser.execute_cdp_cmd("WebAuthn.setUserVerified", {**told, "isUserVerified": True})
    assert named.press("[data-passkey] button.go").path == ""


def test_one_that_is_lost_is_removed_and_offered_no_more(named: Desk, authenticator: str) -> None:
    named.open("/passkeys").press("form[action$='/passkeys/remove'] button")
    assert "パスキーを外しました" in named.text
    assert "パスキーでサインイン" not in _after_the_password(named).text
    assert named.barriers() == []
    # Whoever uses the browser next comes in by the cookies that this module was given.
    named.browser.delete_all_cookies()
