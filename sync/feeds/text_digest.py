"""The digest by which a source's list says what it holds of a number, where that is texts alone."""

import asyncpg

from keys.keyed_hash import keyed_hash
from keys.secret_key import SecretKey


def text_digest(key: SecretKey, municipality_code: str, row: asyncpg.Record) -> bytes:
    """HMAC-SHA-256 over city, number and every text of every record of that number, in order.

    ``row`` has the number first, and `texts`. Each part goes after its length in bytes of UTF-8 (8 bytes, big-endian).
    """
    texts = (municipality_code, row[0], *row["texts"])
    return keyed_hash(key, *(text.encode() for text in texts))
