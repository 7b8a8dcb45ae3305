"""Challenges for the card: sealed by us, bound to city, caller and terminal, short-lived, and used by one request."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cardauth.errors import NotIdentified, Reason
from cardauth.sealed_text import from_milliseconds, seal_text, to_milliseconds, unseal_text
from cardauth.sessions import TerminalName
from cardauth.storage import SessionStore
from keys.errors import SealBroken
from keys.provider import KeyProvider

LIFETIME: Final = timedelta(minutes=2)
"""From the challenge to the request that uses it: the card signs within a second once its PIN is typed."""

_USE: Final = "challenge/1"
_LABEL: Final = b"kiosk card signature/1"
_NONCE_BYTES: Final = 16


class ChallengeRefused(NotIdentified):
    """本人を確認できませんでした。 / The person could not be identified."""


@dataclass(frozen=True, slots=True)
class SealedChallenge:
    """What the caller carries, and until when (UTC) it is good."""

    challenge_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """An opened challenge. `challenge_hash` (32 bytes) is what its one use is kept under."""

    challenge_hash: bytes
    given_at: datetime
    expires_at: datetime


def seal_challenge(
    keys: KeyProvider, *, municipality_code: str, caller_id: str, terminal: TerminalName, now: datetime
) -> SealedChallenge:
    """Make a challenge for this caller at this terminal, another one each time."""
    expires = to_milliseconds(now + LIFETIME)
    place = _place(municipality_code, caller_id, terminal)
    fields = {**place, "given": to_milliseconds(now), "expires": expires, "nonce": os.urandom(_NONCE_BYTES).hex()}
    return SealedChallenge(seal_text(keys, _USE, fields), from_milliseconds(expires))


def open_challenge(
    keys: KeyProvider, challenge_id: str, *, municipality_code: str, caller_id: str, terminal: TerminalName
) -> Challenge:
    """Open a challenge that this caller presents at this terminal, whenever; raises ChallengeRefused.

    Whether it is in time and was used before is for the caller of this to look at: the request that used it may come again.
    """
    try:
        fields, sealed = unseal_text(keys, _USE, challenge_id)
    except SealBroken:
        raise ChallengeRefused(Reason.CHALLENGE_ALTERED) from None
    place = _place(municipality_code, caller_id, terminal)
    if any(fields[name] != value for name, value in place.items()):
        raise ChallengeRefused(Reason.CHALLENGE_ELSEWHERE)
    given, expires = from_milliseconds(int(fields["given"])), from_milliseconds(int(fields["expires"]))
    return Challenge(hashlib.sha256(sealed).digest(), given, expires)


def signed_message(municipality_code: str, terminal: TerminalName, challenge_id: str) -> bytes:
    """What the card signs: terminal and server make it alike, so that nobody can have a card sign something else.

    A label, then city, operator, store, terminal and challenge, each as its length in UTF-8 bytes (4 bytes) and itself.
    """
    parts = (municipality_code, terminal.operator, terminal.store, terminal.terminal, challenge_id)
    encoded = [part.encode() for part in parts]
    return _LABEL + b"".join(len(part).to_bytes(4) + part for part in encoded)


async def use_challenge(store: SessionStore, challenge: Challenge, call: str, request_id: str) -> None:
    """Keep its one use; the same request may use it again. Raises ChallengeRefused for every other request."""
    if not await store.use(challenge.challenge_hash, used_by(call, request_id), 1):
        raise ChallengeRefused(Reason.CHALLENGE_USED)


def used_by(call: str, request_id: str) -> str:
    """By what name a use is kept: ``menus`` and ``issuances`` have request ids of their own."""
    return f"{call}/{request_id}"


def _place(municipality_code: str, caller_id: str, terminal: TerminalName) -> dict[str, str | int]:
    return {
        "city": municipality_code,
        "caller": caller_id,
        "operator": terminal.operator,
        "store": terminal.store,
        "terminal": terminal.terminal,
    }
