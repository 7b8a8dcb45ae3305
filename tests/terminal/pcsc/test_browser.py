"""The whole way in Chromium with a card in a reader of PC/SC, against the demo's own service."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.terminal.words import LANGUAGES
from tests.cardauth.pcsc.daemon import Daemon
from tests.cli.command import Demo, kiosk
from tests.terminal.conftest import Kiosk, kiosk_up
from tests.terminal.fitting import faults
from tests.terminal.pcsc.test_reader import READER, card_file
from tests.terminal.screen import Screen
from tests.terminal.walking import buy

PIN = "2580"


@pytest.fixture
def with_reader(readers: Daemon, demo: Demo) -> Iterator[Kiosk]:
    with kiosk_up(demo, "--reader", READER) as running:
        yield running


def card_of(kiosk_with_reader: Kiosk, number: int) -> Path:
    """A card of a resident of the demo, made by `kiosk card make`, with all its tries."""
    serial = kiosk_with_reader.sample(number)["serial"]
    cards = kiosk_with_reader.demo.data_dir / "cards"
    shutil.rmtree(cards, ignore_errors=True)
    made = kiosk("card", "make", "--serial", serial, "--data-dir", kiosk_with_reader.demo.data_dir, given=f"{PIN}\n")
    assert made.returncode == 0, made.stderr
    return next(cards.glob("*.json"))


def test_a_certificate_is_taken_home_with_a_card_in_the_reader(
    readers: Daemon, with_reader: Kiosk, browser: WebDriver
) -> None:
    before = set((with_reader.place / "tray").glob("[0-9]*.pdf"))
    screen = Screen(browser, with_reader.url).open().until("language")
    screen.next("language", "en", "card")
    assert "no card reader" not in screen.text()
    lying = readers.insert(card_of(with_reader, 0))
    screen.until("pin").type_pin("0000").press("main button.go")
    screen.wait("return document.querySelector('.lead[role=alert]')")
    assert "Tries left: 2." in screen.text()
    screen.type_pin(PIN).go("remove_card")
    lying.remove()
    screen.until("kind")
    buy(screen, "resident_record", lambda _: None)
    screen.press("footer button.go").until("language")
    assert len(set((with_reader.place / "tray").glob("[0-9]*.pdf")) - before) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_card_of_somebody_else_s_authority_is_refused_before_the_pin_and_the_screen_fits(
    readers: Daemon, with_reader: Kiosk, browser: WebDriver, tmp_path: Path, language: str
) -> None:
    screen = Screen(browser, with_reader.url).open().until("language")
    screen.next("language", language, "card")
    lying = readers.insert(card_file(tmp_path))
    screen.until("refused")
    assert faults(screen) == []
    lying.remove()
    screen.press("footer .stop").until("language")


def test_a_service_of_readers_that_is_gone_has_a_screen_in_every_language_that_goes_by_itself(
    readers: Daemon, with_reader: Kiosk, browser: WebDriver
) -> None:
    screen = Screen(browser, with_reader.url).open().until("language")
    readers.stop()
    wrong = {}
    for language in LANGUAGES:
        screen.press(f"button[name=language][value={language.catalogue}]").until("refused")
        if found := faults(screen):
            wrong[language.catalogue] = found
        screen.press("footer .stop").until("language")
    assert wrong == {}
    screen.press("button[name=language][value=ja]").until("refused")
    readers.start()
    screen.until("card").press("footer .stop").until("language")
