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
_RELEASE = "form[action$='/accounts/passkeys']"
_REMOVE = "form[action$='/passkeys/remove'] button"


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


@pytest.fixture
def authenticator(named: Desk) -> Iterator[str]:
    named.browser.execute_cdp_cmd("WebAuthn.enable", {})
    made = named.browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    yield str(made["authenticatorId"])
    named.browser.execute_cdp_cmd("WebAuthn.disable", {})
    # Whoever uses the browser next comes in by the cookies that the module was given.
    named.browser.delete_all_cookies()


@pytest.fixture
def released(named: Desk, authenticator: str) -> Iterator[Desk]:
    """Before a device with a passkey that somebody registered and another person released."""
    named.sign_in("sato").open("/passkeys").fill(passkey_name="机の端末")
    assert named.barriers() == []
    assert "承認待ち" in named.press("[data-passkey] button.go").text
    named.sign_in("ito").open("/accounts")
    assert named.barriers() == []
    named.browser.find_element(By.CSS_SELECTOR, f"{_RELEASE} [name=reason]").send_keys("本人に確認した")
    assert "パスキーを承認しました" in named.press(f"{_RELEASE} button.go").text
    yield named
    named.sign_in("sato").open("/passkeys")
    if named.browser.find_elements(By.CSS_SELECTOR, _REMOVE):
        named.press(_REMOVE)


def _after_the_password(named: Desk) -> Desk:
    named.browser.delete_all_cookies()
    one = named.account("sato")
    return named.open("/sign-in").fill(account="sato", password=one["password"]).press()


def test_a_passkey_that_was_released_signs_in_by_the_keyboard(released: Desk) -> None:
    _after_the_password(released)
    assert released.barriers() == []
    released.until(lambda: released.browser.switch_to.active_element.text == "パスキーでサインイン")
    released.leaving(lambda: released.browser.switch_to.active_element.send_keys(Keys.ENTER))
    assert released.path == ""
    assert "机の端末" in released.open("/passkeys").text


def test_a_device_that_does_not_know_its_person_signs_nobody_in(released: Desk, authenticator: str) -> None:
    _after_the_password(released)
    told = {"authenticatorId": authenticator, "isUserVerified": False}
    released.browser.execute_cdp_cmd("WebAuthn.setUserVerified", told)
    released.click("[data-passkey] button.go")
    released.until(lambda: "パスキーを使えませんでした" in released.text)
    assert released.path == "/code"
    released.browser.execute_cdp_cmd("WebAuthn.setUserVerified", {**told, "isUserVerified": True})
    assert released.press("[data-passkey] button.go").path == ""


def test_one_that_is_lost_is_removed_and_offered_no_more(released: Desk) -> None:
    released.sign_in("sato").open("/passkeys").press(_REMOVE)
    assert "パスキーを外しました" in released.text
    assert "パスキーでサインイン" not in _after_the_password(released).text
    assert released.barriers() == []
