"""Whoever has no finger for the glass, no liking for motion, or needs longer, gets their certificate too."""

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.keys import Keys

from tests.terminal.conftest import Kiosk
from tests.terminal.screen import Screen, resize
from tests.terminal.walking import identify, put

_MOST_KEYS = 40


def by_keys(screen: Screen, selector: str, key: str = Keys.ENTER) -> Screen:
    """Go there with the tab key, and press a key."""
    for _ in range(_MOST_KEYS):
        if screen.run("return document.activeElement.matches(arguments[0])", selector):
            break
        screen.browser.switch_to.active_element.send_keys(Keys.TAB)
    assert screen.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid", selector
    screen.browser.switch_to.active_element.send_keys(key)
    return screen


def test_the_keyboard_alone_leads_the_whole_way(screen: Screen, kiosk: Kiosk) -> None:
    by_keys(screen, "button[value=en]").until("card")
    put(screen, kiosk.family)
    screen.browser.switch_to.active_element.send_keys(kiosk.sample(kiosk.family)["pin"], Keys.ENTER)
    screen.until("remove_card").press(".demo [value=take]").until("kind")
    by_keys(screen, "button[value=resident_record]").until("persons")
    by_keys(screen, "input[name=person]", Keys.SPACE)
    by_keys(screen, "main .go").until("options")
    by_keys(screen, "footer .back").until("persons")
    by_keys(screen, "main .go").until("options")
    by_keys(screen, "input[name=option]", Keys.SPACE)
    by_keys(screen, "main .go").until("copies")
    by_keys(screen, "button[name=copies]").until("confirm")
    assert "Head of household" in screen.text("dl")
    assert kiosk.sample(kiosk.family)["household"][0] not in screen.text("dl")
    by_keys(screen, "main .go").until("pay").press(".demo [value=cashless]").until("take")
    by_keys(screen, "footer .go").until("language")


def test_nothing_moves_for_who_wants_no_motion(browser: WebDriver, screen: Screen) -> None:
    screen.next("language", "en", "card")
    moving = "return document.getAnimations().length"
    assert screen.run(moving) > 0
    wish = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wish})
    try:
        assert screen.run(moving) == 0
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("size", [(1366, 660), (1440, 760), (1280, 560)])
def test_in_the_window_of_a_laptop_the_demo_is_whole(
    browser: WebDriver, screen: Screen, kiosk: Kiosk, size: tuple[int, int]
) -> None:
    below: dict[str, int] = {}

    def look(step: str) -> None:
        script = "const one = document.querySelector('main'); return one.scrollHeight - one.clientHeight"
        below[step] = screen.run(script)

    resize(browser, *size)
    try:
        identify(screen, "en", kiosk.sample(kiosk.family), kiosk.family, look)
    finally:
        resize(browser)
    assert max(below.values()) <= 0, below


def test_the_last_seconds_are_counted_on_the_screen_and_a_touch_gives_more(screen: Screen) -> None:
    screen.next("language", "en", "card")
    screen.run(
        """
        const fetched = window.fetch, turn = Number(document.documentElement.dataset.turn);
        window.left = 20.4;
        window.fetch = (path, wish) => {
          if (path === "/stay") window.left = 60;
          return path === "/now" ? Promise.resolve(new Response(JSON.stringify({ turn, left: window.left }))) : fetched(path, wish);
        };
        """
    )
    hidden = "return document.getElementById('countdown').hidden"
    assert screen.run(hidden)
    screen.run("window.left = 19.2")
    screen.wait("return !document.getElementById('countdown').hidden")
    assert screen.text("#countdown") == "Nobody has touched the screen. It will start anew in 20\nGo on"
    screen.run("window.left = 3")
    screen.wait("return document.querySelector('#countdown b').textContent === '3'")
    screen.press("#countdown button").wait(hidden)
