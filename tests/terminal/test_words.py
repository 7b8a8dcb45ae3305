"""The catalogues: every language says everything, with the same values, and the screens ask for nothing else."""

import re
from dataclasses import fields
from importlib.resources import files
from typing import get_args

import pytest

from kiosk_server.issuing.request import Kind, ResidentStatementOptions
from kiosk_server.terminal import reading
from kiosk_server.terminal.asking import Reason
from kiosk_server.terminal.flow import APPLYING, Step
from kiosk_server.terminal.printer import PrintEnd
from kiosk_server.terminal.words import _RELATIONSHIPS, LANGUAGES, Words, catalogue
from registry.residents import relationship

ASKED = re.compile(r"""\b(?:w|words|languages\[0\]\[1\])\(["']([a-z_.]+)["'](?! ~)""")
NAMES = [language.catalogue for language in LANGUAGES]
JAPANESE = catalogue("ja")

REASONS = {
    *get_args(Reason),
    *(reason for _, reason in reading._REASONS),
    *(end.value for end in PrintEnd if end is not PrintEnd.PRINTED and end.is_certain),
    "printer",
    "session_over",
    "city_pin",
    "no_money",
}
"""Why something could not be done, as the screen has words for it."""


def asked_for() -> set[str]:
    """Every text that a template names."""
    pages = files("kiosk_server.terminal").joinpath("page")
    templates = [one.read_text(encoding="utf-8") for one in pages.iterdir() if one.name.endswith(".html")]
    plain = {name for text in templates for name in ASKED.findall(text) if not name.endswith(".")}
    return plain | {
        *(f"title.{step}" for step in Step),
        *(f"kind.{kind.value}" for kind in Kind),
        *(f"option.{field.name}" for field in fields(ResidentStatementOptions)),
        *(f"{name}.{reason}" for reason in REASONS for name in ("reason", "next")),
        *(f"look.{look}" for look in ("large", "contrast", "shuffled", "speech")),
        *(f"{step}.lead" for step in (Step.READING, Step.CHECKING, Step.ISSUING, Step.PRINTING)),
        *(f"{step}.then" for step in (Step.REMOVE_CARD, Step.CARD_LEFT)),
        *(f"{name}" for step in APPLYING for name in (f"{step}.lead", f"label.{step}")),
        *(f"scope.{scope}" for scope in ("koseki", "self")),
        *(f"relationship.{name}" for name in ("of", *_RELATIONSHIPS.values())),
        "yen",
    }


def test_the_catalogue_holds_what_the_screens_ask_for_and_nothing_else() -> None:
    assert set(JAPANESE) == asked_for()


@pytest.mark.parametrize("name", NAMES)
def test_every_language_says_everything_with_the_same_values(name: str) -> None:
    texts = catalogue(name)
    assert set(texts) == set(JAPANESE)
    for message, text in texts.items():
        assert text.strip(), message
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", JAPANESE[message])), message


@pytest.mark.parametrize("name", NAMES)
def test_a_text_for_a_button_or_a_heading_is_short_enough_for_it(name: str) -> None:
    for message, text in catalogue(name).items():
        plain = re.sub(r"\[([^|\]]+)\|[^\]]+\]", r"\1", text)
        room = 24 if text.isascii() is False and name.startswith("ja") else 46
        if message.startswith(("title.", "kind.", "option.", "look.")) or message in {"back", "stop", "next"}:
            assert len(plain) <= room, (message, plain)


def test_every_relationship_that_may_be_recorded_is_said_in_every_language() -> None:
    assert set(_RELATIONSHIPS) == relationship._ALONE | relationship._BASE_WORDS
    words = {language.catalogue: Words(language) for language in LANGUAGES}
    assert [words[name].relationship("子の妻の父") for name in ("ja", "en", "zh-Hans", "vi", "ne")] == [
        "子の妻の父", "father of wife of child", "子女的妻子的父亲", "cha của vợ của con", "सन्तानको पत्नीको बुबा",
    ]  # fmt: skip
    for recorded in _RELATIONSHIPS:
        assert words["ja"].relationship(recorded) == recorded
        assert len({one.relationship(recorded) for one in words.values()}) > 5
    assert words["en"].relationship("長男") is None


def test_values_are_escaped_and_furigana_is_markup() -> None:
    words = Words(LANGUAGES[1])
    assert words("yen", amount="<b>") == "&lt;b&gt;<ruby>円<rp>(</rp><rt>えん</rt><rp>)</rp></ruby>"
    assert words.yen(1000).startswith("1,000<ruby>")
