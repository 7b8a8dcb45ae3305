"""The console's two languages. Both stand side by side where they are used; the person sees one."""

from collections.abc import Callable
from typing import Final, Literal

from aiohttp import web

from kiosk_server.staff.cookies import LANGUAGE

Language = Literal["ja", "en"]
Said = Callable[[str, str], str]
ASKED_FOR: Final = "lang"
"""The member of a query that changes the language, and keeps it changed."""


def language_of(request: web.Request) -> Language:
    """What was asked for now or before; Japanese otherwise."""
    asked = request.query.get(ASKED_FOR) or request.cookies.get(LANGUAGE)
    return "en" if asked == "en" else "ja"


def sayer(language: Language) -> Said:
    """Picks one of two texts."""

    def say(ja: str, en: str) -> str:
        return ja if language == "ja" else en

    return say


def one_of(message: str, language: Language) -> str:
    """Our errors say both, with a slash between; a page shows one."""
    ja, slash, en = message.partition(" / ")
    return en if slash and language == "en" else ja
