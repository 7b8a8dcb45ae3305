"""The status list of one month: a signed CWT after draft-ietf-oauth-status-list-21, with a mask of our own over each entry.

Without the mask anybody could count the entries that are valid, and from list to list those that are new. So each byte is
XORed with one made of the secret in the sheet's code and of the list's time, and what nobody has is random: the whole list
looks random, and is as long and as random the next time.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from keys.cose import TYPE, Signed, StatementMalformed, decoded, encoded, read_sign1, sign1
from keys.statement_key import StatementKey
from pdf.visible_seal.statement import StatusPlace

State = Literal["issued", "void", "replaced"]
CAPACITY: Final = 1 << 18
"""Entries of one byte."""

LIST_TYPE: Final = "application/statuslist+cwt"
_SUBJECT, _EXPIRES, _ISSUED, _LIVES, _LIST = 2, 4, 6, 65534, 65533
_BITS: Final = 8
_VALUES: Final[dict[State, int]] = {"issued": 0, "void": 1, "replaced": 3}
"""VALID, INVALID, and APPLICATION_SPECIFIC for what another sheet replaces."""

_STATES: Final = {value: state for state, value in _VALUES.items()}
_NAME: Final = re.compile(r"([0-9]{6})/([0-9]{4}-(?:0[1-9]|1[0-2]))")
_TIME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that was given, and the state of its issuance."""

    place: StatusPlace
    state: State


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as read; it counts once `signed` was verified. Times are aware, in whole seconds."""

    municipality_code: str
    month: str
    issued_at: datetime
    expires_at: datetime
    entries: bytes
    signed: Signed

    def state(self, place: StatusPlace) -> State:
        """What the list says of a place; void where nothing of ours stands there."""
        if place.index >= len(self.entries):
            return "void"
        return _STATES.get(self.entries[place.index] ^ _mask(place.secret, _seconds(self.issued_at)), "void")


def sign_status_list(
    municipality_code: str,
    month: str,
    entries: Iterable[Entry],
    issued_at: datetime,
    expires_at: datetime,
    key: StatementKey,
) -> bytes:
    """The list of a month (2026-11) as it is published. No two are alike, whatever they say."""
    at = _seconds(issued_at)
    content = bytearray(os.urandom(CAPACITY))
    for entry in entries:
        content[entry.place.index] = _VALUES[entry.state] ^ _mask(entry.place.secret, at)
    claims = {
        _SUBJECT: f"{municipality_code}/{month}",
        _EXPIRES: _seconds(expires_at),
        _ISSUED: at,
        _LIVES: _seconds(expires_at) - at,
        _LIST: {"bits": _BITS, "lst": zlib.compress(bytes(content), 1)},
    }
    return sign1(key, encoded(claims), {TYPE: LIST_TYPE})


def read_status_list(content: bytes) -> StatusList:
    """Raises StatementMalformed for anything else than what `sign_status_list` makes; verifies nothing."""
    signed = read_sign1(content)
    claims = decoded(signed.payload)
    if signed.headers.get(TYPE) != LIST_TYPE or not isinstance(claims, dict):
        raise StatementMalformed
    try:
        subject, issued, expires, inside = (claims[name] for name in (_SUBJECT, _ISSUED, _EXPIRES, _LIST))
        name = _NAME.fullmatch(subject)
        if name is None or inside["bits"] != _BITS:
            raise StatementMalformed
        times = [datetime.fromtimestamp(seconds, UTC) for seconds in (issued, expires)]
        return StatusList(name[1], name[2], times[0], times[1], _unpacked(inside["lst"]), signed)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise StatementMalformed from None


def _unpacked(packed: Any) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        entries = unpacking.decompress(packed, CAPACITY + 1)
    except zlib.error:
        raise StatementMalformed from None
    if len(entries) != CAPACITY or not unpacking.eof or unpacking.unused_data:
        raise StatementMalformed
    return entries


def _mask(secret: bytes, at: int) -> int:
    return hashlib.sha256(secret + at.to_bytes(_TIME_BYTES, "big")).digest()[0]


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
