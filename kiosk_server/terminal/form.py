"""Reading the form of the page. The digits of a PIN are kept out of every string, so that they can be wiped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

MOST_BYTES: Final = 8_192
_MOST_PARTS: Final = 64
_PIN: Final = b"pin"


class FormUnreadable(Exception):
    """Not a form of ours."""


@dataclass(frozen=True, slots=True)
class Form:
    """Its fields but for the PIN, which stands in a buffer of its own."""

    fields: Mapping[str, Sequence[str]] = field(repr=False)
    pin: bytearray = field(repr=False)

    def one(self, name: str) -> str:
        """The value of a field that stands there once, else nothing."""
        values = self.fields.get(name, ())
        return values[0] if len(values) == 1 else ""


def read_form(body: bytearray) -> Form:
    """Take application/x-www-form-urlencoded apart and wipe it. Raises FormUnreadable."""
    fields: dict[str, list[str]] = {}
    pin = bytearray()
    try:
        parts = body.split(b"&")
        if len(parts) > _MOST_PARTS:
            raise FormUnreadable
        for part in parts:
            name, _, value = part.partition(b"=")
            if name == _PIN:
                pin += value
            else:
                fields.setdefault(_text(name), []).append(_text(value))
            part[:] = bytes(len(part))
            value[:] = bytes(len(value))
    finally:
        body[:] = bytes(len(body))
    return Form(fields, pin)


def _text(part: bytearray) -> str:
    try:
        return unquote_plus(part.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        raise FormUnreadable from None
