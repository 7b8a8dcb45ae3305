"""A person's way over the screens, for any language and kind; at each screen somebody may look."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.terminal.screen import Screen

Look = Callable[[str], None]
"""Called with the name of the step that is on the screen, ready."""

CHOOSING = ("choice", "persons", "options", "copies", "confirm", "pay")


def identify(screen: Screen, language: str, sample: Mapping[str, Any], place: int, look: Look) -> None:
    """From the start to the kinds; `place` is the sample's place among the demo's cards."""
    screen.until("language")
    look("language")
    screen.next("language", language, "card")
    look("card")
    put(screen, place)
    look("pin")
    screen.type_pin(sample["pin"]).go("remove_card")
    look("remove_card")
    screen.press(".demo [value=take]").until("kind")
    look("kind")


def put(screen: Screen, place: int) -> None:
    """Place a card by the demo's controls."""
    screen.run(f"document.querySelector('.demo select').value = '{place}'")
    screen.press(".demo [value=place]").until("pin")


def buy(screen: Screen, kind: str, look: Look, copies: int = 1) -> None:
    """From the kinds to the paper, by cashless money."""
    pay(screen, kind, look, copies)
    screen.until("take")
    look("take")


def pay(screen: Screen, kind: str, look: Look, copies: int = 1) -> None:
    """From the kinds to the money, paid."""
    screen.press(f"button[name=kind][value={kind}]")
    steps = screen.until_one_of(CHOOSING)
    while steps != "pay":
        look(steps)
        steps = _answer(screen, steps, copies)
    look("pay")
    screen.press(".demo [value=cashless]")


def _answer(screen: Screen, step: str, copies: int) -> str:
    match step:
        case "choice":
            screen.press("button[name=choice]")
        case "persons" if screen.browser.find_elements("css selector", "button[name=scope]"):
            screen.press("button[name=scope][value=self]")
        case "options":
            screen.press("label.tick").press("main button.go")
        case "copies":
            screen.press(f"button[name=copies][value='{copies}']")
        case _:
            screen.press("main button.go")
    return screen.until_one_of(CHOOSING[CHOOSING.index(step) + 1 :])
