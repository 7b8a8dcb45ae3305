"""Small values sealed into url-safe text, for a caller to carry and not to read."""

import base64
import binascii
import json
from datetime import UTC, datetime

from keys.errors import KeyNotFound, SealBroken
from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.sealing import key_version_of, seal, unseal

Fields = dict[str, str | int]


def seal_text(keys: KeyProvider, use: str, fields: Fields) -> str:
    """Seal the fields under the newest SESSION key; `use` says what the text is for and is bound to it."""
    content = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return _spelled(seal(keys.secret(Purpose.SESSION), content, use.encode()))


def unseal_text(keys: KeyProvider, use: str, text: str) -> tuple[Fields, bytes]:
    """Return the fields and the sealed bytes; raises SealBroken, also for another spelling of the same bytes."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key = keys.secret(Purpose.SESSION, key_version_of(sealed))
    except (binascii.Error, ValueError, KeyNotFound):
        raise SealBroken from None
    if _spelled(sealed) != text:
        raise SealBroken
    fields: Fields = json.loads(unseal(key, sealed, use.encode()))
    return fields, sealed


def to_milliseconds(instant: datetime) -> int:
    """Return milliseconds since 1970 UTC, rounded down."""
    return int(instant.timestamp() * 1000)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the instant in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _spelled(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")
