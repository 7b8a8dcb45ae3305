"""The whole way in Chromium, against the demo's own service over mutual TLS."""

import json
import signal
from io import BytesIO
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kiosk_server.demo.city import generate_city
from kiosk_server.demo.options import DEFAULT_SEED
from kiosk_server.issuing.request import Kind
from kiosk_server.terminal.words import LANGUAGES as ALL_LANGUAGES
from tests.axe import barriers
from tests.cli.command import Demo
from tests.terminal.conftest import Kiosk, kiosk_up
from tests.terminal.fitting import faults
from tests.terminal.screen import Screen
from tests.terminal.walking import buy, identify, put

LANGUAGES = ("ja", "ja-easy", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_takes_two_copies_home(screen: Screen, kiosk: Kiosk, language: str) -> None:
    before = set((kiosk.place / "tray").glob("[0-9]*.pdf"))
    wrong: dict[str, list[str]] = {}

    def look(step: str) -> None:
        found = faults(screen)
        if found:
            wrong[step] = found

    sample = kiosk.sample(kiosk.family)
    identify(screen, language, sample, kiosk.family, look)
    buy(screen, "resident_record", look, copies=2)
    assert wrong == {}
    assert f"data/{kiosk.place.name}/tray" in screen.text()
    screen.press("footer button.go").until("language")
    sheets = set((kiosk.place / "tray").glob("[0-9]*.pdf")) - before
    assert len(sheets) == 2
    (receipt,) = (kiosk.place / "tray").glob(f"receipt-{reference(kiosk)}-*.pdf")
    assert "¥ 400" in text_of(receipt)
    assert not [name for name in sample["household"] if name.split("　")[1] in text_of(receipt)]
    for sheet in sheets:
        assert all(name.split("　")[0] in text_of(sheet) for name in sample["household"])


KINDS = [kind.value for kind in Kind if kind is not Kind.RESIDENT_RECORD]
OTHERS = [one.catalogue for one in ALL_LANGUAGES if one.catalogue not in LANGUAGES]


# That each screen fits in each language stands in test_every_screen.py.
@pytest.mark.parametrize(("kind", "language"), list(zip(KINDS, cycle(OTHERS))))
def test_every_other_kind_with_its_own_choices_comes_out_whatever_the_language(
    screen: Screen, kiosk: Kiosk, language: str, kind: str
) -> None:
    before = set((kiosk.place / "tray").glob("[0-9]*.pdf"))
    wrong: dict[str, list[str]] = {}

    def look(step: str) -> None:
        if found := faults(screen):
            wrong[step] = found

    identify(screen, language, kiosk.sample(kiosk.family), kiosk.family, look)
    if kind == "disaster_damage":
        screen.press(f"button[value={kind}]").until("choice").press("button[name=choice]").until("copies")
        screen.next("copies", "1", "confirm").go("take")
    else:
        buy(screen, kind, look)
    screen.press("footer button.go").until("language")
    assert len(set((kiosk.place / "tray").glob("[0-9]*.pdf")) - before) == 1
    assert wrong == {}


def test_the_pin_of_the_city_and_its_no(browser: WebDriver, demo: Demo) -> None:
    with kiosk_up(demo, "--pin", "city") as kiosk:
        screen = Screen(browser, kiosk.url).open().until("language").next("language", "en", "card")
        put(screen, 0)
        assert faults(screen) == []
        screen.type_pin(f"{(int(kiosk.sample(0)['pin']) + 1) % 10_000:04}").go("refused")
        assert faults(screen) == []
        screen.press("footer .stop").until("card_left").press(".demo [value=take]").until("language")


def test_a_resident_without_a_card_types_a_user_id_on_the_screen(browser: WebDriver, demo: Demo) -> None:
    holder = generate_city(200, DEFAULT_SEED).user_ids[0]
    with kiosk_up(demo, "--user-id") as kiosk:
        screen = Screen(browser, kiosk.url).open().until("language").next("language", "en", "card")
        screen.press(".quiet").until("user_id")
        screen.press("[data-shift]").press("[data-key=q]").press("[data-shift]").press("[data-key=q]")
        assert screen.run("return document.getElementById('user_id').value") == "Qq"
        assert faults(screen) == []
        screen.press("[data-back]").press("[data-back]")
        for key in holder.user_id:
            screen.press(f"[data-key='{key}']")
        screen.go("pin").type_pin(holder.pin).go("kind")
        buy(screen, "resident_record", lambda _: None)
        screen.press("footer button.go").until("language")
        assert len(list((kiosk.place / "tray").glob("[0-9]*.pdf"))) == 1


def test_nepali_is_drawn_with_a_font_that_has_its_letters(browser: WebDriver, screen: Screen) -> None:
    screen.next("language", "ne", "card")
    for domain in ("DOM", "CSS"):
        browser.execute_cdp_cmd(f"{domain}.enable", {})
    root = browser.execute_cdp_cmd("DOM.getDocument", {})["root"]["nodeId"]
    for part in ("h1", "main p", "footer button"):
        node = browser.execute_cdp_cmd("DOM.querySelector", {"nodeId": root, "selector": part})["nodeId"]
        fonts = browser.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert {one["familyName"] for one in fonts} == {"Noto Sans Devanagari"}


def reference(kiosk: Kiosk) -> str:
    """That of the last visit."""
    last = (kiosk.place / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    return str(json.loads(last)["visit"][:8].upper())


def text_of(sheet: Path) -> str:
    with pypdfium2.PdfDocument(BytesIO(sheet.read_bytes())) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_the_browser_has_nothing_to_complain_of_and_keeps_nothing(
    browser: WebDriver, screen: Screen, kiosk: Kiosk
) -> None:
    screen.complaints()
    identify(screen, "ja", kiosk.sample(0), 0, lambda _: None)
    assert browser.current_url == kiosk.url
    assert screen.run("return [document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    screen.press("footer .stop").until("language")
    assert kiosk.sample(0)["name"] not in screen.text("main")
    assert screen.complaints() == []


def test_refresh_back_button_and_a_second_window_land_on_the_present_step(
    browser: WebDriver, screen: Screen, kiosk: Kiosk
) -> None:
    identify(screen, "en", kiosk.sample(0), 0, lambda _: None)
    browser.refresh()
    screen.until("kind")
    screen.next("kind", "seal_registration", "copies")
    browser.back()
    screen.until("copies")
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    screen.open().until("copies").next("copies", "1", "confirm")
    browser.switch_to.window(first)
    screen.until("confirm")
    others = [handle for handle in browser.window_handles if handle != first]
    for handle in others:
        browser.switch_to.window(handle)
        browser.close()
    browser.switch_to.window(first)


def test_a_double_tap_counts_once(screen: Screen, kiosk: Kiosk) -> None:
    identify(screen, "en", kiosk.sample(0), 0, lambda _: None)
    screen.next("kind", "seal_registration", "copies")
    screen.run("const one = document.querySelector('[name=copies]'); one.click(); one.click(); one.click()")
    screen.until("confirm")
    assert "Copies\n1\n" in screen.text()


def test_a_wrong_pin_says_how_many_tries_are_left_and_the_last_one_waits_for_a_word(
    screen: Screen, kiosk: Kiosk
) -> None:
    screen.next("language", "en", "card")
    put(screen, 1)
    wrong = f"{(int(kiosk.sample(1)['pin']) + 1) % 10_000:04}"
    turn = screen.run("return document.documentElement.dataset.turn")
    screen.type_pin(wrong).press("main button.go")
    screen.wait(f"return document.documentElement.dataset.turn > {int(turn) + 1}").until("pin")
    assert "The PIN is wrong. Tries left: 2." in screen.text()
    assert faults(screen) == []
    screen.type_pin(wrong).go("last_try")
    assert "city office" in screen.text(".next")
    assert faults(screen) == []
    screen.press("main button").until("pin").type_pin(kiosk.sample(1)["pin"]).go("remove_card")


def test_the_keyboard_alone_leads_through_the_pin(screen: Screen, kiosk: Kiosk) -> None:
    screen.next("language", "en", "card")
    put(screen, 0)
    screen.browser.switch_to.active_element.send_keys(kiosk.sample(0)["pin"], Keys.ENTER)
    screen.until("remove_card")


def test_the_shuffled_pad_has_every_digit_once(screen: Screen) -> None:
    screen.next("language", "en", "card")
    put(screen, 0)
    turn = screen.run("return document.documentElement.dataset.turn")
    screen.press("button[value=shuffled]").until("pin")
    assert screen.run("return document.documentElement.dataset.turn") != turn
    keys = [key.text for key in screen.browser.find_elements(By.CSS_SELECTOR, "[data-digit]")]
    assert sorted(keys) == list("0123456789")


def test_a_forgotten_card_sounds_until_it_is_taken(screen: Screen) -> None:
    screen.next("language", "en", "card")
    put(screen, 0)
    screen.press("footer .stop").until("card_left")
    screen.wait("return Number(document.documentElement.dataset.beeps) >= 2")
    screen.press(".demo [value=take]").until("language")


def test_the_list_of_the_demos_cards_stays_where_it_was(screen: Screen) -> None:
    put(screen.next("language", "en", "card"), 3)
    chosen = "return document.querySelector('.demo select').value"
    assert screen.run(chosen) == "3"
    screen.press("footer .stop").until("card_left").press(".demo [value=take]").until("language")
    assert screen.run(chosen) == "3"


def test_large_text_and_contrast_stay_and_fit_to_the_end(screen: Screen, kiosk: Kiosk) -> None:
    wrong: dict[str, list[str]] = {}
    for look in ("large", "contrast"):
        screen.press(f"header button[value={look}]").wait(
            f"return document.documentElement.classList.contains('{look}') && document.readyState === 'complete'"
        )

    def check(step: str) -> None:
        if found := faults(screen):
            wrong[step] = found

    identify(screen, "ja", kiosk.sample(kiosk.family), kiosk.family, check)
    buy(screen, "resident_record", check)
    assert wrong == {}


def test_when_the_machine_behind_it_is_gone_nothing_of_the_person_stays_on_the_screen(
    browser: WebDriver, kiosk: Kiosk
) -> None:
    with kiosk_up(kiosk.demo) as second:
        screen = Screen(browser, second.url).open().until("language")
        identify(screen, "ja", second.sample(0), 0, lambda _: None)
        screen.press("button[value=resident_record]").until_one_of(("persons", "options"))
        second.process.send_signal(signal.SIGKILL)
        screen.wait("return !document.getElementById('gone').hidden")
        assert screen.text("body") == "この機械は今使えません。係員にお知らせください。"


def test_a_machine_that_was_started_again_shows_its_start_by_itself(browser: WebDriver, kiosk: Kiosk) -> None:
    with kiosk_up(kiosk.demo) as second:
        screen = Screen(browser, second.url).open().until("language")
        second.process.send_signal(signal.SIGKILL)
        screen.wait("return !document.getElementById('gone').hidden")
    with kiosk_up(kiosk.demo, "--port", str(urlsplit(second.url).port), number=second.number):
        screen.wait("return document.querySelector('main h1') !== null").until("language")
        screen.next("language", "en", "card")


def test_the_books_of_the_terminal_and_of_the_city_agree(screen: Screen, kiosk: Kiosk) -> None:
    identify(screen, "en", kiosk.sample(0), 0, lambda _: None)
    buy(screen, "seal_registration", lambda _: None)
    lines = [json.loads(line) for line in (kiosk.place / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    number = next(line["issuance_number"] for line in reversed(lines) if line["what"] == "issued")
    assert {line["what"] for line in lines if line.get("issuance_number") == number} >= {"issued", "print_ended"}
    screen.press("footer button.go").until("language")
    assert all(sample["name"] not in json.dumps(lines, ensure_ascii=False) for sample in kiosk.demo.said["samples"])


@pytest.mark.parametrize("language", ["ja", "ne"])
def test_somebody_of_another_city_applies_on_the_screen(screen: Screen, language: str) -> None:
    wrong: dict[str, list[str]] = {}
    screen.next("language", language, "card").press("main .quiet").until("apply")
    wrong["apply"] = _wrong_here(screen, language)
    for step, typed in _TYPED.items():
        screen.go(step).press("main button.go").wait("return document.getElementById('wrong')").until(step)
        wrong[f"{step} empty"] = _wrong_here(screen, language)
        for key in typed if language == "ja" else ():
            screen.press(f"[data-key='{key}']")
        said = screen.run(
            "const one = document.getElementById('answer'); return one.value = one.value || arguments[0]", _SAID[step]
        )
        assert said == _SAID[step]
        wrong[step] = _wrong_here(screen, language)
    screen.go("apply_registrant")
    wrong["apply_registrant"] = _wrong_here(screen, language)
    screen.press(".asked button").until("apply_confirm")
    wrong["apply_confirm"] = _wrong_here(screen, language)
    screen.go("card")
    # Of two such people the last one has applied: theirs is the longer answer.
    put(
        screen,
        screen.run("return document.querySelector('.demo select').options.length") - (2 if language == "ja" else 1),
    )
    screen.type_pin("2468").go("applied")
    wrong["applied"] = _wrong_here(screen, language)
    screen.press("footer button").until("card_left").press(".demo [value=take]").until("language")
    assert not any(wrong.values()), wrong


def test_whose_application_waits_hears_it_the_usual_way(screen: Screen) -> None:
    screen.next("language", "en", "card")
    put(screen, screen.run("return document.querySelector('.demo select').options.length") - 1)
    screen.type_pin("2468").go("applied")
    assert [*faults(screen), *_scrolled(screen)] == []


_TYPED = {"apply_name": "シ゛ェ　スヱ", "apply_birth": "19800401", "apply_domicile": "ホンヨ3-12"}
_SAID = {**_TYPED, "apply_name": "ジェ　スヱ"}


def _wrong_here(screen: Screen, language: str) -> list[str]:
    """What does not fit, and in one language what axe finds."""
    return [*faults(screen), *_scrolled(screen), *(barriers(screen.browser) if language == "ja" else ())]


def _scrolled(screen: Screen) -> list[str]:
    sizes = screen.run("const one = document.querySelector('main'); return [one.scrollHeight, one.clientHeight]")
    return [] if sizes[0] <= sizes[1] else [f"scrolled {sizes}"]
