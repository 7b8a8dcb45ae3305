"""The console in Chromium: for everybody, at every size, by keyboard, without errors."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kiosk_server.staff import screens
from kiosk_server.staff.pages import MENU
from tests.cli.command import kiosk
from tests.staff.desk import Desk

_STAFF = ("takahashi", "ito", "watanabe")


@pytest.fixture(autouse=True)
def nothing_kept(desk: Desk) -> Iterator[None]:
    """Orders of tables that one test chose are none of the next."""
    yield
    origin = desk.demo.said["staff_url"].removesuffix("/staff")
    desk.browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})


def test_every_page_of_the_menu_has_no_barrier_and_no_error(desk: Desk) -> None:
    seen: set[str] = set()
    for account_id in _STAFF:
        desk.sign_in(account_id)
        desk.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium has no type for it
        links = [link.get_attribute("href") or "" for link in desk.browser.find_elements(By.CSS_SELECTOR, "nav a")]
        for link in links:
            desk.browser.get(link)
            assert desk.barriers() == [], link
            seen.add(desk.path)
        assert desk.browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # as above
    assert seen == {entry.path for entry in MENU}


def test_a_barrier_that_is_planted_is_found(desk: Desk) -> None:
    desk.sign_in("ito")
    desk.browser.execute_script("document.querySelector('main').append(document.createElement('input'))")
    assert [one.partition(":")[0] for one in desk.barriers()] == ["label"]


def test_an_issuance_and_its_neighbours_have_no_barrier(desk: Desk, issued: str) -> None:
    desk.sign_in("takahashi").open("/history").fill(issuance_number=issued).press()
    assert issued in desk.text
    desk.press("td a")
    assert desk.barriers() == []
    assert "改変なし" in desk.text
    desk.press("main a.button")
    assert desk.barriers() == []
    assert issued in desk.text


@pytest.mark.parametrize(
    ("width", "height", "zoom"), [(1280, 720, 1.5), (768, 1024, 1.0)], ids=["150 % zoom", "tablet"]
)
def test_no_page_is_pushed_sideways(desk: Desk, width: int, height: int, zoom: float) -> None:
    try:
        desk.resize(width, height, zoom)
        for account_id in ("takahashi", "ito"):
            desk.sign_in(account_id)
            for entry in MENU:
                assert not desk.open(entry.path).is_too_wide, entry.path
    finally:
        desk.resize(1280, 720)


def test_signing_in_needs_no_mouse(desk: Desk) -> None:
    one = desk.account("suzuki")
    desk.browser.delete_all_cookies()
    desk.open("/sign-in")
    desk.browser.switch_to.active_element.send_keys(f"suzuki{Keys.TAB}")
    desk.leaving(lambda: desk.browser.switch_to.active_element.send_keys(f"{one['password']}{Keys.ENTER}"))
    code = desk.code("suzuki")
    desk.leaving(lambda: desk.browser.switch_to.active_element.send_keys(f"{code}{Keys.ENTER}"))
    assert desk.path == ""
    assert "鈴木 照合" in desk.text


def test_tables_sort_by_a_heading_and_say_so(desk: Desk) -> None:
    desk.sign_in("ito").open("/accounts")
    desk.click("th:first-child button")
    cells = [cell.text for cell in desk.browser.find_elements(By.CSS_SELECTOR, "tbody td:first-child")]
    assert cells == sorted(cells)
    heading = desk.browser.find_element(By.CSS_SELECTOR, "th:first-child")
    assert heading.get_attribute("aria-sort") == "ascending"
    desk.click("th:first-child button")
    assert [cell.text for cell in desk.browser.find_elements(By.CSS_SELECTOR, "tbody td:first-child")] == cells[::-1]


_FIRST = "tbody td:first-child"
_KEPT = "return Object.entries(localStorage).map(([name, kept]) => `${name}: ${kept}`)"


def _firsts(desk: Desk) -> list[str]:
    return [cell.text for cell in desk.browser.find_elements(By.CSS_SELECTOR, f"[data-order=accounts] {_FIRST}")]


def test_an_order_is_there_at_the_next_visit_says_so_and_goes_with_one_click(desk: Desk) -> None:
    heading = "[data-order=accounts] th:first-child button"
    as_sent = _firsts(desk.sign_in("ito").open("/accounts"))
    desk.click(heading).click(heading)
    falling = _firsts(desk)
    assert falling == sorted(as_sent, reverse=True) != as_sent
    # Signed out and in again, in another language: the table is the same.
    desk.sign_in("ito").open("/accounts?lang=en")
    assert (_firsts(desk), desk.barriers()) == (falling, [])
    assert "In the order that was chosen on this computer before." in desk.text
    assert desk.browser.execute_script(_KEPT) == ["kiosk-order-accounts: 0 descending 5"]
    desk.click("p.hint.acts button")
    assert (_firsts(desk), "on this computer" in desk.text) == (as_sent, False)
    assert _firsts(desk.open("/accounts?lang=ja")) == as_sent


@pytest.mark.parametrize("kept", ["0 descending 6", "5 ascending 5", "0 sideways 5", "x", ""])
def test_what_is_kept_of_another_table_or_was_edited_orders_nothing(desk: Desk, kept: str) -> None:
    as_sent = _firsts(desk.sign_in("ito").open("/accounts"))
    desk.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium has no type for it
    desk.browser.execute_script("localStorage.setItem('kiosk-order-accounts', arguments[0])", kept)
    assert _firsts(desk.open("/accounts")) == as_sent
    assert desk.browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # as above


def test_each_order_has_a_name_of_its_own() -> None:
    templates = "".join(
        one.read_text(encoding="utf-8") for one in sorted(Path(screens.__file__).parent.glob("templates/*.html"))
    )
    names = re.findall(r'(?:order=|requests_table\(.*?\), )"([a-z-]+)', templates)
    assert len(names) > 20
    assert sorted(set(names)) == sorted(names)


def test_pages_are_whole_without_the_script(desk: Desk) -> None:
    desk.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        desk.sign_in("watanabe").open("/operations")
        assert desk.browser.find_element(By.TAG_NAME, "h1").text == "操作記録"
    finally:
        desk.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


_ROWS = "#live-latest tbody td:nth-child(7)"
_SIGN_OUT = """
const token = document.querySelector("[name=form_token]").value;
const done = arguments[arguments.length - 1];
fetch("/staff/sign-out", {method: "POST", body: new URLSearchParams({form_token: token})}).then(() => done());
"""


def test_what_is_issued_now_appears_by_itself_and_ends_with_the_session(
    desk: Desk, issued: str, tmp_path: Path
) -> None:
    assert issued
    desk.sign_in("sato").open("/live").until(lambda: "自動で更新しています" in desk.text)
    before = len(desk.browser.find_elements(By.CSS_SELECTOR, _ROWS))
    sample, place = desk.demo.said["samples"][0], ("--data-dir", desk.demo.data_dir)
    made = kiosk(
        "request", "--serial", sample["serial"], "-o", tmp_path / "live.pdf", *place, given=f"{sample['pin']}\n"
    )
    assert made.returncode == 0, made.stderr
    desk.until(lambda: len(desk.browser.find_elements(By.CSS_SELECTOR, _ROWS)) > before)
    assert desk.barriers() == []
    # In the name of the same session, as another tab would.
    desk.browser.execute_async_script(_SIGN_OUT)
    desk.until(lambda: "更新を止めました" in desk.text)
    assert desk.cookies.pop("sato")


def test_a_password_is_looked_at_while_it_is_typed_and_measured(desk: Desk) -> None:
    desk.sign_in("watanabe").open("/password").fill(new="short")
    field, meter = (desk.browser.find_element(By.CSS_SELECTOR, one) for one in ("[name=new]", "meter"))
    few = float(meter.get_attribute("value") or 0)
    desk.fill(new="kasumi-tatsu-yama-no-sakura")
    assert float(meter.get_attribute("value") or 0) > few > 0
    assert field.get_attribute("type") == "password"
    desk.click("label:has([name=new]) + button")
    assert (field.get_attribute("type"), desk.barriers()) == ("text", [])
