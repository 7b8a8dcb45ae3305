"""What axe finds on the screens of the terminal: nothing."""

import pytest

from tests.axe import barriers
from tests.terminal.conftest import Kiosk
from tests.terminal.screen import Screen
from tests.terminal.walking import buy, identify, put


@pytest.mark.parametrize(("language", "look"), [("ja", ""), ("en", "contrast")])
def test_the_whole_way_has_no_barrier(screen: Screen, kiosk: Kiosk, language: str, look: str) -> None:
    found: dict[str, list[str]] = {}

    def look_for(step: str) -> None:
        if barring := barriers(screen.browser):
            found[step] = barring

    if look:
        screen.press(f"header button[value={look}]").wait(
            f"return document.documentElement.classList.contains('{look}') && document.readyState === 'complete'"
        )
    identify(screen, language, kiosk.sample(kiosk.family), kiosk.family, look_for)
    buy(screen, "resident_record", look_for)
    assert found == {}


def test_a_refusal_and_a_forgotten_card_have_no_barrier(screen: Screen, kiosk: Kiosk) -> None:
    screen.next("language", "en", "card")
    put(screen, 10)
    wrong = f"{(int(kiosk.sample(10)['pin']) + 1) % 10_000:04}"
    screen.type_pin("12")
    assert screen.run("return document.querySelector('#typed').textContent") == "2 of 4 digits typed"
    assert barriers(screen.browser) == []
    screen.press("[data-erase]").press("[data-erase]")
    screen.type_pin(wrong).press("main button.go")
    screen.wait("return document.querySelector('.lead[role=alert]')")
    found = {"pin": barriers(screen.browser)}
    screen.type_pin(wrong).go("last_try")
    found["last_try"] = barriers(screen.browser)
    screen.press("footer .stop, footer .go").until("card_left")
    found["card_left"] = barriers(screen.browser)
    assert not any(found.values()), found
