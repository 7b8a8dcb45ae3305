"""COSE_Sign1 (RFC 9052, 4.2) with ES256 in deterministic CBOR (RFC 8949, 4.2.1): the whole of COSE that we write and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cbor2

from civil.errors import KioskError
from keys.statement_key import SIGNATURE_BYTES, PublicStatementKey, StatementKey

ALGORITHM: Final = 1
KEY_ID: Final = 4
TYPE: Final = 16
ES256: Final = -7
_SIGN1: Final = 18
_PARTS: Final = 4


class StatementMalformed(KioskError):
    """署名付きデータの形式が正しくありません。 / This is no statement in the form that we sign."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A COSE_Sign1 as read; nothing in it is verified until `is_of` says so."""

    headers: Mapping[int, Any]
    payload: bytes
    signature: bytes
    protected: bytes

    @property
    def key_id(self) -> bytes:
        """Which key is said to have signed."""
        key_id: bytes = self.headers[KEY_ID]
        return key_id

    def is_of(self, key: PublicStatementKey) -> bool:
        """Whether this key signed it."""
        return key.verifies(self.signature, _to_be_signed(self.protected, self.payload))


def sign1(key: StatementKey, payload: bytes, headers: Mapping[int, Any] | None = None) -> bytes:
    """The tagged COSE_Sign1 over `payload`; algorithm and key id are among the protected headers, and nothing is outside."""
    public = key.public
    protected = encoded({ALGORITHM: ES256, KEY_ID: public.key_id, **(headers or {})})
    signature = key.sign(_to_be_signed(protected, payload))
    return encoded(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))


def read_sign1(content: bytes) -> Signed:
    """Take a statement apart. Raises StatementMalformed for anything that `sign1` would not have written so."""
    message = decoded(content)
    if not isinstance(message, cbor2.CBORTag) or message.tag != _SIGN1:
        raise StatementMalformed
    protected, unprotected, payload, signature = _four(message.value)
    headers = _headers(protected)
    if unprotected != {} or not isinstance(headers, dict) or headers.get(ALGORITHM) != ES256:
        raise StatementMalformed
    if not isinstance(headers.get(KEY_ID), bytes) or len(signature) != SIGNATURE_BYTES:
        raise StatementMalformed
    return Signed(headers, payload, signature, protected)


@lru_cache(maxsize=64)
def _headers(protected: bytes) -> Any:
    """The protected headers, which are the same in everything that a key signs; nobody changes them."""
    return decoded(protected)


def encoded(value: object) -> bytes:
    """Deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def decoded(content: bytes) -> Any:
    """The value of deterministic CBOR. Raises StatementMalformed for other bytes, for trailing ones too."""
    try:
        value = cbor2.loads(content)
        again = encoded(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        raise StatementMalformed from None
    if again != content:
        raise StatementMalformed
    return value


def _four(value: Any) -> tuple[bytes, Any, bytes, bytes]:
    if not isinstance(value, list | tuple) or len(value) != _PARTS:
        raise StatementMalformed
    protected, unprotected, payload, signature = value
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise StatementMalformed
    return protected, unprotected, payload, signature


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return encoded(["Signature1", protected, b"", payload])
