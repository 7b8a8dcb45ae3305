"""The slow hash of a PIN. With four digits the key is the protection, not the slowness: see `MEMORY_KIB`."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from cardauth.credential import Credential
from cardauth.credential_index import CredentialIndex, credential_index
from cardauth.credential_key import credential_key
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.secret_key import SecretKey

MEMORY_KIB: Final = 1024
"""Argon2id over 1 MiB, two passes, one lane: a median of 0.7 ms and a 99th percentile below 1 ms on the measured 2-core box.

Four digits are ten thousand guesses. At any cost that a kiosk can wait for, whoever holds the database *and* the PIN
key tries them all within seconds; without the key, which is outside the database, not one guess can be made. So the
limit is 2 ms a try: slow enough to be no gift, fast enough that a row lock is never held long. Rows keep their own
parameters; when these change, PINs registered before would answer in another time than unknown ones until renewed.
"""
_PASSES: Final = 2
_LANES: Final = 1
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class HashedPin:
    """A PIN as it is stored, with the keyed hashes of the credential it belongs to."""

    index: CredentialIndex
    pin_hash: str = field(repr=False)
    key_version: int


def hash_pin(keys: KeyProvider, municipality_code: str, credential: Credential) -> HashedPin:
    """Hash the credential's PIN for registration, under the newest PIN key; raises KeyNotFound."""
    key = keys.secret(Purpose.PIN)
    encoded = _encode(_secret(key, municipality_code, credential))
    index = credential_index(keys, municipality_code, credential_key(credential))
    return HashedPin(index, encoded, key.version)


def hash_pins(keys: KeyProvider, municipality_code: str, credentials: Iterable[Credential]) -> list[HashedPin]:
    """Hash many PINs on all processors, in the order given."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(lambda credential: hash_pin(keys, municipality_code, credential), credentials))


def pin_matches(key: SecretKey, municipality_code: str, credential: Credential, pin_hash: str | None) -> bool:
    """Tell whether the credential's PIN is the stored one, comparing in constant time.

    Without a stored one the same work is done on a hash that nothing matches. Called on the event loop, on purpose: handing
    0.7 ms to a thread adds 0.1 ms, and while it waits for a free thread the credential's row would stay locked.
    """
    stored = _DUMMY if pin_hash is None else pin_hash
    try:
        verify_secret(stored.encode("ascii"), _secret(key, municipality_code, credential), Type.ID)
    except VerifyMismatchError:
        return False
    return pin_hash is not None


def pin_marks(
    keys: KeyProvider, municipality_code: str, credential: Credential, request: tuple[str, str, str]
) -> tuple[bytes, ...]:
    """Return keyed marks of this PIN on this request (caller, call, id), newest key version first.

    A mark tells that the same PIN came again on the same request, also across a change of the key, and nothing else:
    the same PIN on another request has another mark.
    """
    parts = [part.encode() for part in (municipality_code, *request)]
    return tuple(
        keyed_hash(keys.secret(Purpose.PIN, version), b"mark", *parts, credential.canonical, credential.pin.encode())
        for version in keys.versions(Purpose.PIN)
    )


def _secret(key: SecretKey, municipality_code: str, credential: Credential) -> bytes:
    # The PIN is never a local variable of its own: a traceback with locals must not show it.
    return keyed_hash(key, municipality_code.encode(), credential.canonical, credential.pin.encode())


def _encode(secret: bytes) -> str:
    salt = os.urandom(_SALT_BYTES)
    return hash_secret(secret, salt, _PASSES, MEMORY_KIB, _LANES, _HASH_BYTES, Type.ID).decode("ascii")


_DUMMY: Final = _encode(os.urandom(_HASH_BYTES))
