"""The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), each taken once."""

import os
from base64 import b32encode
from datetime import datetime
from typing import Final

import zxingcpp
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from markupsafe import Markup

from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.sealing import key_version_of, seal, unseal

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20
_NEIGHBOURS: Final = (0, -1, 1)
"""Clocks differ and people type slowly: one step either way."""
_ISSUER: Final = "証明書発行"


def new_secret() -> bytes:
    """Twenty random bytes, as RFC 4226 advises."""
    return os.urandom(_SECRET_BYTES)


def sealed(keys: KeyProvider, municipality_code: str, account_id: str, secret: bytes) -> bytes:
    """The secret as the database keeps it: bound to its account."""
    return seal(keys.secret(Purpose.STAFF_SECOND_FACTOR), secret, _binding(municipality_code, account_id))


def unsealed(keys: KeyProvider, municipality_code: str, account_id: str, kept: bytes) -> bytes:
    """The secret again; raises SealBroken, KeyNotFound."""
    key = keys.secret(Purpose.STAFF_SECOND_FACTOR, key_version_of(kept))
    return unseal(key, kept, _binding(municipality_code, account_id))


def accepted_step(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The time step a code belongs to, or None: wrong, too old, or taken before (``last_step``)."""
    totp, present = _totp(secret), int(now.timestamp()) // STEP_SECONDS
    for step in (present + offset for offset in _NEIGHBOURS):
        if step > last_step and _is_of(totp, code, step):
            return step
    return None


def code_at(secret: bytes, now: datetime) -> str:
    """The digits of an instant, as an authenticator shows them."""
    return _totp(secret).generate(int(now.timestamp())).decode("ascii")


def typed(secret: bytes) -> str:
    """The secret for those who type it into their authenticator: Base32 in groups of four."""
    text = b32encode(secret).decode("ascii")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def picture(secret: bytes, account_id: str) -> Markup:
    """The secret for those who photograph it: a QR code as an SVG element."""
    uri = _totp(secret).get_provisioning_uri(account_id, _ISSUER)
    barcode = zxingcpp.create_barcode(uri, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: str = barcode.to_svg(scale=4, add_quiet_zones=True)
    return Markup(drawn[drawn.index("<svg") :])  # noqa: S704 - drawn by the library from modules, not from text


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticators know; RFC 6238's use of it is not broken by collisions.
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - as said above


def _is_of(totp: TOTP, code: str, step: int) -> bool:
    try:
        totp.verify(code.encode("ascii", "replace"), step * STEP_SECONDS)
    except InvalidToken:
        return False
    return True


def _binding(municipality_code: str, account_id: str) -> bytes:
    return f"{municipality_code}/{account_id}".encode()
