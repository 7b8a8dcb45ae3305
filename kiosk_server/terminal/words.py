"""What the screen says, in every language: gettext catalogues (`words/*.po`) whose message ids are names.

A text may carry furigana, `[証明書|しょうめいしょ]`, and places for values, `{yen}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

_RUBY: Final = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the screen: its catalogue, what its own speakers call it, and its tag for browsers (BCP 47).

    `voices` are what the tags of voices that speak it begin with, in lower case, the best first.
    """

    catalogue: str
    own_name: str
    tag: str
    locale: str
    voices: tuple[str, ...]


LANGUAGES: Final = (
    Language("ja", "日本語", "ja", "ja", ("ja",)),
    Language("ja-easy", "やさしい日本語", "ja", "ja", ("ja",)),
    Language("en", "English", "en", "en", ("en",)),
    Language("zh-Hans", "简体中文", "zh-Hans", "zh_Hans", ("zh-cn", "zh-hans", "cmn")),
    Language("zh-Hant", "繁體中文", "zh-Hant", "zh_Hant", ("zh-tw", "zh-hant", "cmn")),
    Language("ko", "한국어", "ko", "ko", ("ko",)),
    Language("pt", "Português", "pt", "pt", ("pt-br", "pt")),
    Language("es", "Español", "es", "es", ("es-419", "es")),
    Language("vi", "Tiếng Việt", "vi", "vi", ("vi",)),
    Language("tl", "Tagalog", "tl", "fil", ("fil", "tl")),
    Language("ne", "नेपाली", "ne", "ne", ("ne",)),
)
BY_NAME: Final[Mapping[str, Language]] = {language.catalogue: language for language in LANGUAGES}


_RELATIONSHIPS: Final[Mapping[str, str]] = {
    "世帯主": "head", "夫": "husband", "妻": "wife", "夫（未届）": "husband_unregistered", "妻（未届）": "wife_unregistered",
    "子": "child", "父": "father", "母": "mother", "兄": "elder_brother", "姉": "elder_sister", "弟": "younger_brother",
    "妹": "younger_sister", "縁故者": "relative", "同居人": "housemate",
}  # fmt: skip
"""The words of which a 続柄 is made, joined by の (住民記録システム標準仕様書)."""


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """Every text of a language by its name."""
    raw = files("kiosk_server.terminal").joinpath("words", f"{name}.po").read_bytes()
    return {str(message.id): str(message.string) for message in read_po(BytesIO(raw)) if message.id}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language. Call it with a name and values; raises KeyError for a name that the catalogue lacks."""

    language: Language

    def __call__(self, name: str, **values: object) -> Markup:
        """The text as HTML, values escaped."""
        return Markup(_with_ruby(catalogue(self.language.catalogue)[name])).format(**values)  # noqa: S704 - ours, escaped

    def day(self, on: date) -> str:
        """A day as this language writes it."""
        return format_date(on, "long", locale=Locale.parse(self.language.locale))

    def relationship(self, recorded: str) -> Markup | None:
        """A 続柄 in this language; None where a word of it is none of those that are written."""
        said: Markup | None = None
        for word in recorded.split("の"):
            if word not in _RELATIONSHIPS:
                return None
            who = self(f"relationship.{_RELATIONSHIPS[word]}")
            said = who if said is None else self("relationship.of", whose=said, who=who)
        return said

    def yen(self, amount: int) -> Markup:
        """An amount of money."""
        return self("yen", amount=format_decimal(amount, locale=Locale.parse(self.language.locale)))


def _with_ruby(text: str) -> str:
    return _RUBY.sub(r"<ruby>\1<rp>(</rp><rt>\2</rt><rp>)</rp></ruby>", str(escape(text)))
