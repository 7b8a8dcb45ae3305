"""Every screen in every language, in normal and large text: nothing cut, nothing to be scrolled for, no small target, no barrier."""

import re
from collections.abc import Iterator

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.words import LANGUAGES
from tests.axe import barriers
from tests.terminal.fitting import faults
from tests.terminal.pages import pages_of
from tests.terminal.screen import Screen
from tests.terminal.situations import Situation, situations

EVERY = list(situations())
_PARTS = re.compile(r'<html lang="([^"]*)".*?class="([^"]*)">.*?<body>(.*)</body>', re.DOTALL)
_SHOW = """
const root = document.documentElement;
root.lang = arguments[0];
root.className = arguments[1];
document.title = arguments[3];
document.body.innerHTML = arguments[2];
"""
_BELOW = "const one = document.querySelector('main'); return one.scrollHeight - one.clientHeight"


@pytest.fixture(scope="module")
def empty(browser: WebDriver) -> Iterator[Screen]:
    """The terminal's page without anything on it: screen after screen is put into it."""
    with pages_of(
        {"/": '<!DOCTYPE html><html><head><link rel="stylesheet" href="/terminal.css"></head><body></body></html>'}
    ) as url:
        yield Screen(browser, url).open()


def show(screen: Screen, situation: Situation, language: str, looks: frozenset[str] = frozenset()) -> None:
    found = _PARTS.search(situation.drawn(language, looks))
    assert found is not None
    screen.run(_SHOW, *found.groups(), situation.name)


def test_every_step_has_its_situation() -> None:
    assert {situation.visit["step"] for situation in EVERY} == set(Step)


@pytest.mark.parametrize("looks", [frozenset[str](), frozenset({"large"})], ids=["normal", "large"])
@pytest.mark.parametrize("language", [language.catalogue for language in LANGUAGES])
def test_every_screen_fits(empty: Screen, language: str, looks: frozenset[str]) -> None:
    wrong: dict[str, list[str]] = {}
    for situation in EVERY:
        show(empty, situation, language, looks)
        found, below = faults(empty), empty.run(_BELOW)
        if below > 0:
            found.append(f"{below} dots below the screen")
        if found:
            wrong[situation.name] = found
    for shade in ("countdown", "gone"):
        empty.run("document.getElementById(arguments[0]).hidden = false", shade)
        wrong[shade] = faults(empty)
    assert not any(wrong.values()), wrong


@pytest.mark.parametrize(("language", "looks"), [("ja-easy", frozenset[str]()), ("vi", frozenset({"contrast"}))])
def test_no_screen_has_a_barrier(empty: Screen, language: str, looks: frozenset[str]) -> None:
    wrong: dict[str, list[str]] = {}
    for situation in EVERY:
        show(empty, situation, language, looks)
        if found := barriers(empty.browser):
            wrong[situation.name] = found
    assert wrong == {}
