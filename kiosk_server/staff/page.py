"""A page: where it is, whose it is, and what draws it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from kiosk_server.staff.console import ROOT
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.visit import Visit

Draw = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """One method of one path below ``/staff``. Nobody without one of the duties gets to ``draw``.

    ``is_upload``: the body is read by the page itself, bit by bit (`kiosk_server.staff.uploads`).
    ``is_stream``: what a page that is open asks by itself; it does not keep the session alive.
    """

    method: Literal["GET", "POST"]
    path: str
    duties: frozenset[Duty]
    draw: Draw
    is_upload: bool = False
    is_stream: bool = False

    @property
    def full_path(self) -> str:
        """With ``/staff``."""
        return f"{ROOT}{self.path}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu, for those whose page it is."""

    path: str
    ja: str
    en: str
    duties: frozenset[Duty]
