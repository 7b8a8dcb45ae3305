"""The counter in Chromium: a PIN typed on the resident's keys, and a supervisor who protects somebody."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.cli.command import Demo, kiosk
from tests.staff.desk import Desk
from tests.terminal.screen import PATIENCE

_PIN = "4711"


@pytest.fixture
def resident(demo: Demo) -> dict[str, Any]:
    """Whose card no other test asks with."""
    found: dict[str, Any] = demo.said["samples"][-1]
    return found


@pytest.fixture
def at_counter(desk: Desk, resident: dict[str, Any]) -> Iterator[Desk]:
    """A supervisor, who serves at the counter too, with a resident's page open."""
    desk.sign_in("takahashi").open("/residents").fill(name=resident["name"], address="足利市").press()
    yield desk.press("button.link")
    for other in desk.browser.window_handles[1:]:
        desk.browser.switch_to.window(other)
        desk.browser.close()
    desk.browser.switch_to.window(desk.browser.window_handles[0])


def unfold(desk: Desk, action: str) -> str:
    """Open the form that does this; returns its selector."""
    form = desk.browser.find_element(By.CSS_SELECTOR, f'form[action$="{action}"]')
    desk.browser.execute_script("arguments[0].closest('details').open = true", form)
    return f'form[action$="{action}"]'


def certificate(demo: Demo, resident: dict[str, Any], pin: str, file: Path) -> subprocess.CompletedProcess[str]:
    """What a kiosk answers."""
    return kiosk("request", "--serial", resident["serial"], "-o", file, "--data-dir", demo.data_dir, given=f"{pin}\n")


def test_a_pin_is_typed_on_shuffled_keys_and_the_clerk_s_page_follows(
    at_counter: Desk, resident: dict[str, Any], tmp_path: Path
) -> None:
    desk, driver = at_counter, at_counter.browser
    form = unfold(desk, "/pin")
    assert desk.barriers() == []
    Select(driver.find_element(By.CSS_SELECTOR, f"{form} select")).select_by_value("driving_licence")
    desk.press(f"{form} button.go")
    assert desk.barriers() == []
    code, clerk = driver.find_element(By.CSS_SELECTOR, ".pairing").text, driver.current_window_handle
    driver.switch_to.new_window("window")
    desk.open("/pad").fill(code=code)
    assert desk.barriers() == []
    desk.press()
    assert desk.barriers() == []
    desk.click(".keys button:last-child")
    for digit in _PIN + "9":
        _key(desk, digit)
    _key(desk, "消す")
    for digit in _PIN:
        _key(desk, digit)
    assert _PIN not in desk.text
    desk.press("form[data-pad] button.go")
    assert "登録しました" in desk.text
    assert desk.barriers() == []
    driver.switch_to.window(clerk)
    WebDriverWait(driver, PATIENCE, 0.1).until(lambda _: "暗証番号を変更しました" in desk.text)
    done = certificate(desk.demo, resident, _PIN, tmp_path / "made.pdf")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made.pdf").read_bytes().startswith(b"%PDF")


def test_a_supervisor_protects_somebody_and_lifts_it(
    at_counter: Desk, resident: dict[str, Any], tmp_path: Path
) -> None:
    desk, driver = at_counter, at_counter.browser
    form = unfold(desk, "/protect")
    desk.fill(ground="申出").press(f"{form} button")
    assert "直ちに効いています" in desk.text
    assert desk.barriers() == []
    done = certificate(desk.demo, resident, resident["pin"], tmp_path / "refused.pdf")
    assert done.returncode != 0
    assert not (tmp_path / "refused.pdf").exists()
    desk.press('a[href$="/ground"]')
    assert desk.barriers() == []
    assert "申出" in desk.text
    driver.back()
    form = unfold(desk, "/unprotect")
    reason = driver.find_element(By.CSS_SELECTOR, f"{form} input[name=reason]")
    reason.send_keys("終了の申出")
    desk.press(f"{form} button")
    assert "支援措置を解きました" in desk.text


@pytest.mark.parametrize(
    ("width", "height", "zoom"), [(1280, 720, 1.5), (768, 1024, 1.0)], ids=["150 % zoom", "tablet"]
)
def test_the_counter_s_pages_are_not_pushed_sideways(at_counter: Desk, width: int, height: int, zoom: float) -> None:
    try:
        at_counter.resize(width, height, zoom)
        for fold in at_counter.browser.find_elements(By.CSS_SELECTOR, "details.act > summary"):
            fold.click()
        assert not at_counter.is_too_wide
        assert at_counter.barriers() == []
        for path in ("/pad", "/koseki-protection", "/holds"):
            assert not at_counter.open(path).is_too_wide, path
            assert at_counter.barriers() == [], path
    finally:
        at_counter.resize(1280, 720)


def test_the_screen_takes_a_code_without_its_script(desk: Desk) -> None:
    desk.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        desk.open("/pad").browser.find_element(By.NAME, "code").send_keys("12345678")
        desk.click("main button.go")
        WebDriverWait(desk.browser, PATIENCE, 0.1).until(lambda _: "番号が違う" in desk.text)
    finally:
        desk.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _key(desk: Desk, text: str) -> None:
    keys = desk.browser.find_elements(By.CSS_SELECTOR, ".keys button")
    next(key for key in keys if key.text == text).click()
