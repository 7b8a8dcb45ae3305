"""Cookies of a session and of a resident's screen: which city, and a token that is worth nothing without its row in the database."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

from aiohttp import web

from kiosk_server.staff.console import ROOT

_TOKEN_BYTES: Final = 32
_FORM_TOKEN: Final = b"form"
LANGUAGE: Final = "kiosk_staff_language"
STAFF: Final = "kiosk_staff"
"""Of somebody who signed in."""
PAD: Final = "kiosk_pad"
"""Of a screen that faces a resident."""


@dataclass(frozen=True, slots=True)
class Token:
    """A session's token in a city. The database knows its digest, forms carry a hash of their own."""

    municipality_code: str
    value: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """SHA-256, 32 bytes."""
        return sha256(self.value.encode()).digest()

    @property
    def form_token(self) -> str:
        """What each form of this session carries (OWASP: HMAC-based token pattern)."""
        return digest(self.value.encode(), _FORM_TOKEN, "sha256").hex()

    def has_form_token(self, given: str) -> bool:
        """Whether a form came from a page of this session."""
        return compare_digest(self.form_token.encode(), given.encode())


def new_token(municipality_code: str) -> Token:
    """A token that nobody can guess: 256 bits."""
    return Token(municipality_code, secrets.token_urlsafe(_TOKEN_BYTES))


def read_token(request: web.Request, *, is_tls: bool, name: str = STAFF) -> Token | None:
    """The token that the browser shows, if any."""
    city, dot, value = request.cookies.get(_name(name, is_tls=is_tls), "").partition(".")
    return Token(city, value) if dot and city and value else None


def set_token(response: web.StreamResponse, token: Token, *, is_tls: bool, name: str = STAFF) -> None:
    """Give it to the browser: for this host and the console alone, to no script and to no other site."""
    # A name with __Host- is taken over HTTPS only and for the path / only: no neighbour can plant one.
    response.set_cookie(
        _name(name, is_tls=is_tls), f"{token.municipality_code}.{token.value}",
        path="/" if is_tls else ROOT, secure=is_tls, httponly=True, samesite="Strict",
    )  # fmt: skip


def drop_token(response: web.StreamResponse, *, is_tls: bool, name: str = STAFF) -> None:
    """Take it back."""
    response.del_cookie(
        _name(name, is_tls=is_tls), path="/" if is_tls else ROOT, secure=is_tls, httponly=True, samesite="Strict"
    )


def _name(name: str, *, is_tls: bool) -> str:
    return f"__Host-{name}" if is_tls else name
