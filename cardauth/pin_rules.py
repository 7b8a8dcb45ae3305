"""Checking a PIN. Three wrong tries in a row lock; a right one starts the count again; a lock stays until staff lift it.

Tries of one credential queue at its row. Whatever is wrong, the same statements run and the same slow hash is made.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cardauth.credential import Credential
from cardauth.credential_index import CredentialIndex, credential_index
from cardauth.credential_key import CredentialKey, credential_key
from cardauth.errors import NotIdentified, Reason
from cardauth.pin_hash import pin_marks, pin_matches
from cardauth.storage import CallIdentity, HolderRow, PinAttempt, PinRow, PinStore
from keys.provider import KeyProvider
from keys.purpose import Purpose

TRIES: Final = 3
"""Wrong tries in a row that lock, as on the card itself (利用者証明用の暗証番号は3回)."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who is asking: the credential without its PIN, its keyed hashes, and the person it was given to."""

    key: CredentialKey
    index: CredentialIndex
    person_number: str


async def authenticate(
    store: PinStore, credential: Credential, *, call: CallIdentity, keys: KeyProvider, now: datetime
) -> Authenticated:
    """Check the PIN and count the try, in one short transaction that is committed before this returns or raises.

    `call` is the request the try belongs to; the same PIN on the same request is charged once. `now` is UTC.
    Raises NotIdentified, whatever was wrong, and the store's own errors, by which nothing is decided.
    """
    key = credential_key(credential)
    index = credential_index(keys, store.municipality_code, key)
    marks = pin_marks(keys, store.municipality_code, credential, (call.caller_id, call.call, call.request_id))
    async with store.attempt(key, index, now) as attempt:
        fresh = await attempt.charge(call, marks)
        pin, holder = await attempt.registered()
        obstacle = _obstacle(attempt, pin, holder, now)
        comparable = None if obstacle is not None else pin
        right = pin_matches(
            keys.secret(Purpose.PIN, None if pin is None else pin.key_version),
            store.municipality_code,
            credential,
            None if comparable is None else comparable.pin_hash,
        )
        await _settle(attempt, fresh=fresh, right=right)
    reason = obstacle or _verdict(holder, now, right=right)
    if reason is not None or holder is None:
        raise NotIdentified(reason or Reason.UNKNOWN)
    return Authenticated(key, index, holder.person_number)


def _obstacle(attempt: PinAttempt, pin: PinRow | None, holder: HolderRow | None, now: datetime) -> Reason | None:
    """What makes comparing pointless; then the hash is made of nothing."""
    if attempt.is_locked:
        return Reason.LOCKED
    if holder is None:
        return Reason.UNKNOWN
    if holder.revoked_at is not None and holder.revoked_at <= now:
        return Reason.REVOKED
    return Reason.NOT_REGISTERED if pin is None else None


def _verdict(holder: HolderRow | None, now: datetime, *, right: bool) -> Reason | None:
    if not right:
        return Reason.WRONG_PIN
    # Compared for real: who types the right PIN a day too early must not find the credential locked tomorrow.
    return Reason.NOT_YET_USABLE if holder is not None and now < holder.usable_from else None


async def _settle(attempt: PinAttempt, *, fresh: bool, right: bool) -> None:
    if attempt.is_locked:
        await attempt.settle(attempt.failures, locked=True, counts_as_failure=fresh)
    elif right:
        await attempt.settle(0, locked=False, counts_as_failure=False)
    else:
        failures = attempt.failures + (1 if fresh else 0)
        await attempt.settle(failures, locked=failures >= TRIES, counts_as_failure=fresh)
