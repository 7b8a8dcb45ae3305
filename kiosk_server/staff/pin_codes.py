"""The code by which a screen is paired with a clerk's entry: eight digits, made anew from the clerk's token whenever they are shown."""

from hashlib import sha256
from hmac import digest
from typing import Final

from kiosk_server.staff.cookies import Token

DIGITS: Final = 8


def code_of(clerk: Token, entry_id: str) -> str:
    """The code of one entry; the database knows its digest alone."""
    made = digest(clerk.value.encode(), b"pin entry/" + entry_id.encode(), "sha256")
    return str(int.from_bytes(made) % 10**DIGITS).zfill(DIGITS)


def code_digest(typed: str) -> bytes:
    """SHA-256, 32 bytes, of the digits without what stands between them."""
    return sha256("".join(typed.split()).encode()).digest()
