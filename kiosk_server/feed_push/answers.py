"""How a push is answered: a receipt, or a problem document (RFC 9457) that says what to do."""

import json
from http import HTTPStatus

from aiohttp import web

from civil.errors import KioskError


class Refused(KioskError):
    """ファイルを受け取れません。 / The file is not taken."""

    def __init__(self, status: HTTPStatus, title: str) -> None:
        """Take the status, and why, in Japanese and English."""
        super().__init__(title)
        self.status = status


def answer(status: HTTPStatus, document: dict[str, object]) -> web.Response:
    """A JSON document."""
    return web.Response(
        status=status, body=json.dumps(document, ensure_ascii=False).encode(), content_type="application/json"
    )


def refusal(status: HTTPStatus, title: str) -> web.Response:
    """A problem; the connection is closed, so that what still comes of a body is not waited for."""
    body = json.dumps({"type": "about:blank", "status": status.value, "title": title}, ensure_ascii=False).encode()
    response = web.Response(status=status, body=body, content_type="application/problem+json")
    response.force_close()
    return response
