"""The same in Chromium: the service gone at each step, a page of somebody else's, and one that was left open."""

import json
import tempfile
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.cli.command import demo_up
from tests.terminal.conftest import Kiosk, kiosk_up
from tests.terminal.fitting import faults
from tests.terminal.pages import pages_of
from tests.terminal.screen import Screen
from tests.terminal.walking import identify, pay, put


@pytest.mark.timeout(300)
def test_a_service_that_goes_away_gives_the_money_back_and_says_what_to_do_at_every_step(browser: WebDriver) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-gone-") as place,
        demo_up(Path(place) / "data", "--residents", "200", "--samples", "12") as demo,
        kiosk_up(demo) as kiosk,
    ):
        screen = Screen(browser, kiosk.url).open()
        identify(screen, "ja", kiosk.sample(0), 0, lambda _: None)
        demo.stop()
        pay(screen, "seal_registration", lambda _: None)
        screen.until("refused")
        assert "市区町村と通信できません" in screen.text()
        assert "200円をお返しします" in screen.text(".note")
        assert faults(screen) == []
        screen.press("footer .stop").until("language").next("language", "en", "card")
        put(screen, 0)
        screen.type_pin(kiosk.sample(0)["pin"]).go("refused")
        assert "The city cannot be reached." in screen.text()
        assert faults(screen) == []
        screen.press("main button.go").until("pin").press("footer .stop").until("card_left")
        lines = (kiosk.place / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["collected", "not_issued", "given_back"]


_HOSTILE = """<!DOCTYPE html><title>Win a prize</title>
<iframe src="{url}"></iframe><img src="{url}now">
<iframe name="there"></iframe>
<form action="{url}" method="post" target="there"><input name="do" value="stop"><input name="token" value=""></form>
<form action="{url}stay" method="post" target="there"></form>
<script>
window.read = [];
for (const path of ["", "now", "terminal.js"]) {{
  fetch("{url}" + path).then((answer) => answer.text()).then((text) => read.push(text)).catch(() => read.push("kept out"));
  fetch("{url}" + path, {{ method: "POST", mode: "no-cors", body: "do=stop" }}).catch(() => {{}});
}}
for (const form of document.forms) form.submit();
const there = open("{url}");
setTimeout(() => {{
  try {{ read.push(there.document.body.textContent); }} catch {{ read.push("kept out"); }}
  window.done = true;
}}, 1500);
</script>"""


def test_a_hostile_page_in_the_same_browser_reads_nothing_and_ends_no_visit(
    browser: WebDriver, screen: Screen, kiosk: Kiosk
) -> None:
    identify(screen, "en", kiosk.sample(0), 0, lambda _: None)
    turn, ours = screen.run("return document.documentElement.dataset.turn"), browser.current_window_handle
    with pages_of({"/": _HOSTILE.format(url=kiosk.url)}) as hostile:
        browser.switch_to.new_window("tab")
        theirs = Screen(browser, hostile).open().wait("return window.done && read.length === 4")
        assert theirs.run("return read") == ["kept out"] * 4
        assert theirs.run("return [...document.querySelectorAll('iframe')].every(one => !one.contentDocument)")
        for handle in set(browser.window_handles) - {ours}:
            browser.switch_to.window(handle)
            browser.close()
    browser.switch_to.window(ours)
    assert screen.step == "kind"
    assert screen.run("return document.documentElement.dataset.turn") == turn
    screen.complaints()


def test_a_page_that_was_left_open_and_looks_long_after_shows_the_start(screen: Screen, kiosk: Kiosk) -> None:
    """Its clock stands still, as in a machine that slept over night; what it shows when it wakes is the machine's step."""
    identify(screen, "en", kiosk.sample(0), 0, lambda _: None)
    screen.run("window.fetch = () => new Promise(() => {})")
    old = screen.run("return document.querySelector('[name=token]').value")
    screen.browser.switch_to.new_window("tab")
    other = Screen(screen.browser, kiosk.url).open().until("kind").press("footer .stop").until("language")
    other.browser.close()
    screen.browser.switch_to.window(screen.browser.window_handles[0])
    assert screen.step == "kind"
    assert screen.run("return document.querySelector('[name=token]').value") == old
    screen.press("button[name=kind]").until("language")
    assert kiosk.sample(0)["name"] not in screen.text("body").replace("　", "")
