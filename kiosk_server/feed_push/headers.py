"""What a push says of its file before the file itself: how long it is, and its digest (RFC 9530)."""

import base64
import binascii
import re
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from kiosk_server.feed_push.answers import Refused

_DIGEST: Final = "Content-Digest"
_SHA256: Final = re.compile(r"(?:^|,\s*)sha-256=:(?P<digest>[A-Za-z0-9+/=]{44}):", re.ASCII)


def size_told(request: web.Request, most_bytes: int) -> int:
    """How many bytes come. Raises Refused for none, too many, a packed body and one whose length is not told."""
    size = request.content_length
    if size is None:
        raise Refused(HTTPStatus.LENGTH_REQUIRED, "Content-Length が要ります。 / Content-Length is needed.")
    if size > most_bytes:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{most_bytes}バイトまでです。zip にして送れます。 / It is at most {most_bytes} bytes; it may be a zip.",
        )
    if size == 0 or hdrs.CONTENT_ENCODING in request.headers:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "ファイルをそのまま送ってください。 / Send the file as it is.")
    return size


def sha256_told(request: web.Request) -> bytes:
    """The SHA-256 of the file. Raises Refused."""
    found = _SHA256.search(request.headers.get(_DIGEST, ""))
    try:
        digest = base64.b64decode(found["digest"], validate=True) if found else b""
    except binascii.Error:
        digest = b""
    if len(digest) != 32:  # noqa: PLR2004 - the length of a SHA-256
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "Content-Digest: sha-256=:Base64: が要ります。 / Content-Digest: sha-256=:Base64: is needed.",
        )
    return digest
