"""The calls: PUT a file, GET what became of it. What is taken goes through the inbox, with its checks and receipts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from civil.errors import KioskError
from kiosk_server.feed_push.answers import Refused, answer, refusal
from kiosk_server.feed_push.headers import sha256_told, size_told
from kiosk_server.feed_push.senders import Sender
from kiosk_server.web.caller import certificate_sha256
from kiosk_server.web.logging import log_fault
from kiosk_server.web.middleware import secure
from sync.feeds.arriving import DigestDiffers, NameTaken, NameWrong, require_name
from sync.feeds.claims import Claims
from sync.feeds.folder import receipt_of
from sync.feeds.incoming import Incoming

_CHUNK: Final = 2**20
_AT_ONCE: Final = 4
_STATUS: Final[Mapping[type[Exception], HTTPStatus]] = {
    NameWrong: HTTPStatus.BAD_REQUEST,
    NameTaken: HTTPStatus.CONFLICT,
    DigestDiffers: HTTPStatus.BAD_REQUEST,
}


@dataclass(slots=True)
class PushedTo:
    """The inbox of each city, who may push (by the SHA-256 of their certificate), how large a file may be, how long a chunk may take."""

    inboxes: Mapping[str, Path]
    senders: Mapping[bytes, Sender]
    most_bytes: int
    chunk_seconds: float = 30.0
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def put(self, request: web.Request) -> web.Response:
        """A whole file: kept under a name of its own until its digest is seen to fit, then put where it is taken."""
        sender, inbox, name = self._sent(request)
        size, sha256 = size_told(request, self.most_bytes), sha256_told(request)
        if self._places.locked():
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "混み合っています。後で送り直してください。 / Busy: send it again later.",
            )
        async with self._places:
            with Incoming(inbox, size) as incoming:
                await self._read(request, incoming)
                await asyncio.to_thread(incoming.finish, name, sender.name, size, sha256)
        structlog.get_logger().info(
            "pushed", municipality_code=sender.municipality_code, sender=sender.name, count=size
        )
        return answer(HTTPStatus.CREATED, {"name": name, "bytes": size, "sha256": sha256.hex()})

    async def look(self, request: web.Request) -> web.Response:
        """What became of a file of that name: `here` until it is looked at, `waiting`, or `ended`, with its receipt."""
        sender, inbox, name = self._sent(request)
        state, receipt = await asyncio.to_thread(receipt_of, inbox, name)
        if state is None or await asyncio.to_thread(Claims(inbox).sender, name) not in {sender.name, None}:
            raise Refused(HTTPStatus.NOT_FOUND, "その名前のファイルはありません。 / There is no file of that name.")
        return answer(HTTPStatus.OK, {"name": name, "state": state, "receipt": receipt})

    async def _read(self, request: web.Request, incoming: Incoming) -> None:
        while True:
            try:
                async with asyncio.timeout(self.chunk_seconds):
                    chunk = await request.content.read(_CHUNK)
            except TimeoutError:
                title = "送信が止まりました。送り直してください。 / Nothing came any more: send it again."
                raise Refused(HTTPStatus.REQUEST_TIMEOUT, title) from None
            if not chunk:
                return
            await asyncio.to_thread(incoming.add, chunk)

    def _sent(self, request: web.Request) -> tuple[Sender, Path, str]:
        """Who calls, the inbox of their city, which has to be the one in the path, and the name of the file."""
        sender = self.senders.get(certificate_sha256(request))
        if sender is None or sender.municipality_code != request.match_info["city"]:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "この証明書では、この市区町村へ送れません。証明書と団体コードを確かめるか、市に登録を頼んでください。 / "
                "This certificate may not push to this municipality: check both, or ask the city to register it.",
            )
        return sender, self.inboxes[sender.municipality_code], require_name(request.match_info["name"])


def build_push_app(pushed_to: PushedTo) -> web.Application:
    """The app; whatever is wrong with a call is a problem document, and what is wrong with us tells nothing of it."""
    app = web.Application(middlewares=[_answering])
    app.router.add_put("/v1/feeds/{city}/{name}", pushed_to.put)
    app.router.add_get("/v1/feeds/{city}/{name}", pushed_to.look, allow_head=False)
    app.on_response_prepare.append(secure)
    return app


@web.middleware
async def _answering(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return refusal(refused.status, str(refused))
    except web.HTTPException as error:
        return refusal(HTTPStatus(error.status), error.reason)
    except ConnectionError:
        raise
    except (NameWrong, NameTaken, DigestDiffers) as error:
        status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
        return refusal(status, str(error))
    except (OSError, KioskError) as error:
        log_fault("feed_push", error)
        return refusal(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "保存できませんでした。後で送り直してください。 / It could not be stored: send it again later.",
        )
