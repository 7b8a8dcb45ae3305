"""Spoken guidance: what is said in the browser, by which voice, and what never is. The voices are the test's own."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.terminal.words import LANGUAGES, catalogue
from tests.terminal.conftest import Kiosk
from tests.terminal.fitting import faults
from tests.terminal.screen import Screen
from tests.terminal.walking import buy, identify, put

_VOICES = """
window.said = [];
const voices = ["ja-JP", "en_US", "zh-CN", "zh-TW", "ko-KR", "pt-BR", "es-ES", "vi-VN", "fil-PH", "ne-NP"];
const synthesis = new EventTarget();
Object.assign(synthesis, {
  getVoices: () => voices.map((lang) => ({ lang, localService: LOCAL })),
  speak: (one) => window.said.push([one.lang, one.text]),
  cancel: () => (window.said = []),
});
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""
SPOKEN = re.compile(r'<(?:h1|p class="(?:lead|next)")(?![^>]*data-unsaid)[^>]*>.*')
HARMLESS = re.compile(
    r"visit\.(reason|is_mistyped|tries_left|printed|user_id else|registration\.(state|due_on|earlier_application_on))"
)
BUTTON = "header button[value=speech]"


def with_voices(browser: WebDriver, voices: str) -> Iterator[None]:
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": voices})
    yield
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


@pytest.fixture
def voices(browser: WebDriver) -> Iterator[None]:
    """Voices of this machine for every language, before the screen is opened."""
    yield from with_voices(browser, _VOICES.replace("LOCAL", "true"))


@pytest.fixture
def far_voices(browser: WebDriver) -> Iterator[None]:
    yield from with_voices(browser, _VOICES.replace("LOCAL", "false"))


def turned_on(screen: Screen) -> Screen:
    if not screen.run("return document.documentElement.classList.contains('speech')"):
        screen.press(BUTTON)
    return screen.wait("return document.documentElement.classList.contains('speech') && said.length")


def said(screen: Screen) -> list[str]:
    return [text for _, text in screen.run("return window.said")]


def test_the_whole_way_is_said_and_nothing_of_the_person(voices: None, screen: Screen, kiosk: Kiosk) -> None:
    everything: dict[str, list[str]] = {}
    wrong: dict[str, list[str]] = {}

    def listen(step: str) -> None:
        everything[step] = said(screen)
        if found := faults(screen):
            wrong[step] = found

    sample = kiosk.sample(kiosk.family)
    identify(turned_on(screen), "en", sample, kiosk.family, listen)
    buy(screen, "resident_record", listen)
    words = catalogue("en")
    assert everything["card"] == [words["title.card"], words["card.lead"]]
    assert everything["pin"] == [words["title.pin"], words["pin.lead"]]
    assert all(everything.values())
    heard = "\n".join(text for texts in everything.values() for text in texts)
    people = [part for name in (sample["name"], *sample["household"]) for part in name.split("\u3000")]
    assert not [secret for secret in (*people, sample["serial"], sample["pin"]) if secret in heard]
    assert wrong == {}
    screen.press("footer button.go").until("language")
    assert said(screen) == []


def test_a_wrong_pin_and_a_refusal_are_said_and_no_digit_is(voices: None, screen: Screen, kiosk: Kiosk) -> None:
    turned_on(screen).next("language", "en", "card")
    put(screen, 11)
    before = said(screen)
    screen.type_pin("0")
    assert said(screen) == before
    turn = screen.run("return document.documentElement.dataset.turn")
    other = f"{(int(kiosk.sample(11)['pin']) + 1) % 10_000:04}"
    screen.press("[data-erase]").type_pin(other).press("main button.go")
    screen.wait(f"return document.documentElement.dataset.turn > {int(turn) + 1}").until("pin")
    assert "The PIN is wrong. Tries left: 2." in said(screen)
    screen.type_pin(other).go("last_try").press("main button").until("pin").type_pin(other).go("refused")
    words = catalogue("en")
    assert said(screen) == [words["title.refused"], words["reason.card_locked"], words["next.card_locked"]]


def test_every_language_has_its_own_voice_and_its_button_fits(voices: None, screen: Screen) -> None:
    heard, wrong = {}, {}
    turned_on(screen)
    for language in LANGUAGES:
        screen.press(f"button[name=language][value={language.catalogue}]").until("card")
        heard[language.catalogue] = {lang for lang, _ in screen.run("return window.said")}
        wrong[language.catalogue] = faults(screen)
        screen.press("footer .stop").until("language")
        turned_on(screen)
    assert heard == {
        "ja": {"ja-JP"}, "ja-easy": {"ja-JP"}, "en": {"en_US"}, "zh-Hans": {"zh-CN"}, "zh-Hant": {"zh-TW"}, "ko": {"ko-KR"},
        "pt": {"pt-BR"}, "es": {"es-ES"}, "vi": {"vi-VN"}, "tl": {"fil-PH"}, "ne": {"ne-NP"},
    }  # fmt: skip
    assert not any(wrong.values()), wrong


def test_furigana_is_said_once_as_it_sounds(voices: None, screen: Screen) -> None:
    turned_on(screen).next("language", "ja-easy", "card")
    assert said(screen) == ["マイナンバーカードを おいて ください", "カードを だいの うえに おいて ください。"]


def test_without_a_voice_of_this_machine_there_is_no_button_and_nothing_is_said(
    far_voices: None, screen: Screen
) -> None:
    screen.complaints()
    screen.next("language", "en", "card")
    assert not screen.run(f"return document.querySelector('{BUTTON}').checkVisibility()")
    assert said(screen) == []
    assert screen.complaints() == []


def test_a_voice_that_comes_late_brings_the_button(voices: None, screen: Screen) -> None:
    screen.run("window.kept = speechSynthesis.getVoices; document.querySelector(arguments[0]).hidden = true", BUTTON)
    screen.run("speechSynthesis.dispatchEvent(new Event('voiceschanged'))")
    assert screen.run("return document.querySelector(arguments[0]).checkVisibility()", BUTTON)


def test_no_text_that_is_said_holds_a_name_a_choice_or_a_number_of_the_person() -> None:
    pages = [page.read_text(encoding="utf-8") for page in files("kiosk_server.terminal").joinpath("page").iterdir()]
    lines = [line for page in pages for line in SPOKEN.findall(page)]
    assert len(lines) > 20
    assert [line for line in lines if "visit." in HARMLESS.sub("", line)] == []
