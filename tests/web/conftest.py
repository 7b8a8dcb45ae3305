"""A real server over real mutual TLS on 127.0.0.1, with the fake issuing service behind it."""

import asyncio
import hashlib
import io
import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from keys.development_ca import (
    IssuedCertificate,
    issue_client_certificate,
    issue_server_certificate,
    make_development_ca,
)
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.logging import configure_logging
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.serving import RunningServer, serve
from kiosk_server.web.settings import EdgeSettings
from kiosk_server.web.tls import client_context, server_context
from tests.web.fake_issuing import FakeIssuing

TINY = EdgeSettings(body_seconds=60, hard_seconds=60)


@dataclass(frozen=True)
class Holder:
    """A certificate and its key as files."""

    certificate: Path
    key: Path
    sha256: bytes


@dataclass(frozen=True)
class Pki:
    """Our CA with a server, a known and an unknown caller; and a caller of another CA."""

    ca: Path
    server: Holder
    centre: Holder
    unregistered: Holder
    foreign: Holder


@dataclass
class Answer:
    """One answer, read to its end."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def document(self) -> dict[str, Any]:
        assert self.headers["Content-Type"].startswith("application/")
        document: dict[str, Any] = json.loads(self.content)
        return document


@dataclass
class Edge:
    """The running server and a session that shows the known caller's certificate."""

    url: str
    port: int
    pki: Pki
    fake: FakeIssuing
    metrics: Metrics
    session: aiohttp.ClientSession

    async def post(self, path: str, body: object, **more: Any) -> Answer:
        return await self.send("POST", path, json.dumps(body).encode(), **more)

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path, None)

    async def send(
        self, method: str, path: str, data: Any, headers: dict[str, str] | None = None, **more: Any
    ) -> Answer:
        kind = {"Content-Type": "application/json"} if data is not None else {}
        sent = {**kind, **(headers or {})}
        async with self.session.request(method, self.url + path, data=data, headers=sent, **more) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.read())

    async def raw(self, *parts: bytes) -> bytes:
        """Send bytes as they are; return what comes until the server closes."""
        context = client_context(self.pki.ca, self.pki.centre.certificate, self.pki.centre.key)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=context)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
        finally:
            writer.transport.abort()


EdgeMaker = Callable[..., Any]


def _write(directory: Path, name: str, issued: IssuedCertificate) -> Holder:
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    certificate.write_bytes(issued.certificate_pem)
    key.write_bytes(issued.private_key_pem)
    return Holder(certificate, key, hashlib.sha256(issued.certificate_der).digest())


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    now = datetime.now(UTC)
    directory = tmp_path_factory.mktemp("pki")
    ours, other = make_development_ca("ours", now), make_development_ca("other", now)
    ca = directory / "ca.crt"
    ca.write_bytes(ours.certificate_pem)
    return Pki(
        ca=ca,
        server=_write(directory, "server", issue_server_certificate(ours, ["127.0.0.1"], now)),
        centre=_write(directory, "centre", issue_client_certificate(ours, "centre", now)),
        unregistered=_write(directory, "unregistered", issue_client_certificate(ours, "unregistered", now)),
        foreign=_write(directory, "foreign", issue_client_certificate(other, "centre", now)),
    )


@pytest.fixture
def server_tls(pki: Pki) -> ssl.SSLContext:
    return server_context(pki.server.certificate, pki.server.key, pki.ca)


@pytest.fixture
def client_tls(pki: Pki) -> ssl.SSLContext:
    return client_context(pki.ca, pki.centre.certificate, pki.centre.key)


@pytest.fixture
async def make_edge(pki: Pki, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> AsyncIterator[EdgeMaker]:
    """Start servers with their own settings or limit; all are stopped at the end."""
    started: list[tuple[RunningServer, aiohttp.ClientSession]] = []

    async def make(settings: EdgeSettings = TINY, **more: Any) -> Edge:
        fake, metrics = FakeIssuing(pki.centre.sha256), more.pop("metrics", None) or Metrics()
        app = build_centre_app(fake, settings=settings, metrics=metrics, **more)
        running = await serve(app, "127.0.0.1", 0, server_tls, stop_seconds=1)
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=client_tls))
        started.append((running, session))
        return Edge(f"https://127.0.0.1:{running.port}", running.port, pki, fake, metrics, session)

    yield make
    for running, session in started:
        await session.close()
        await running.stop()


@pytest.fixture
async def edge(make_edge: EdgeMaker) -> Edge:
    made: Edge = await make_edge()
    return made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs, as the server would write it."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers = root.handlers[:]
    configure_logging(stream)
    yield stream
    root.handlers[:] = handlers
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
