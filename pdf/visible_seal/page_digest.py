"""The salted digest of all that is printed on a page, the same from the plan and from a finished file.

The salt is not in the code: who has only the code, as on a photograph with the rest covered, cannot try out guesses.
It stands in the file, which shows the facts themselves.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

from keys.lengths import length_prefixed
from pdf.visible_seal.statement import DIGEST_BYTES

SALT_BYTES: Final = 16
_WHITE_SPACE: Final = re.compile("[\t\n\v\f\r \u00a0\u3000]")


def seal_salt(snapshot_salt: bytes) -> bytes:
    """The salt of a certificate's page digests: made of the snapshot's, which itself stays with us."""
    return hmac.digest(snapshot_salt, b"visible seal", "sha256")[:SALT_BYTES]


def page_digest(salt: bytes, page: int, pages: int, texts: Iterable[str]) -> bytes:
    """SHA-256, cut to 16 bytes, over salt, `n/m` and the page's texts in drawing order without any white space.

    Each of the three stands after its length as 8 big-endian bytes; texts are UTF-8.
    """
    facts = _WHITE_SPACE.sub("", "".join(texts)).encode()
    content = length_prefixed((salt, f"{page}/{pages}".encode(), facts))
    return hashlib.sha256(content).digest()[:DIGEST_BYTES]
