"""A push is a file for the inbox, whole or not at all: who may, what is refused, and what the sender is told."""

import asyncio
import base64
import hashlib
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kiosk_server.feed_push import PushedTo, build_push_app, senders_in
from kiosk_server.feed_push.senders import SenderUnreadable
from kiosk_server.web.serving import serve
from kiosk_server.web.tls import client_context
from sync.feeds.arriving import DigestDiffers
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass
from sync.feeds.incoming import Incoming
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, Seal, SealSource
from tests.web.conftest import Pki, pki, server_tls

__all__ = ["pki", "server_tls"]
CONTENT = b"H,kiosk-seal-full,1\n" * 1000
LIMIT = 1_000_000


@dataclass(slots=True)
class Port:
    """The running port, and sessions that show certificates."""

    url: str
    inbox: Path
    session: aiohttp.ClientSession
    number: int

    async def put(
        self, content: Any, name: str = "INKAN_1.csv", city: str = CITY, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        told = {"Content-Digest": digest(content)} if isinstance(content, bytes) else {}
        async with self.session.put(
            f"{self.url}/v1/feeds/{city}/{name}", data=content, headers={**told, **headers}
        ) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, name: str = "INKAN_1.csv") -> tuple[int, dict[str, Any]]:
        async with self.session.get(f"{self.url}/v1/feeds/{CITY}/{name}") as answer:
            return answer.status, await answer.json(content_type=None)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.inbox.iterdir() if path.is_file()}


def digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@pytest.fixture
async def port(pki: Pki, server_tls: ssl.SSLContext, tmp_path: Path) -> AsyncIterator[Port]:
    inbox, senders = tmp_path / "inbox", tmp_path / "senders"
    inbox.mkdir()
    senders.mkdir()
    (senders / "vendor.pem").write_bytes(pki.centre.certificate.read_bytes())
    app = build_push_app(PushedTo({CITY: inbox}, senders_in({CITY: senders}), LIMIT, chunk_seconds=2))
    server = await serve(app, "127.0.0.1", 0, server_tls, stop_seconds=1)
    async with session(pki, pki.centre) as made:
        yield Port(f"https://127.0.0.1:{server.port}", inbox, made, server.port)
    await server.stop()


def session(pki: Pki, holder: Any) -> aiohttp.ClientSession:
    tls = client_context(pki.ca, holder.certificate, holder.key)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls))


async def test_a_file_is_put_into_the_inbox_and_its_receipt_says_what_came(port: Port) -> None:
    status, receipt = await port.put(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert (status, receipt) == (201, {"name": "INKAN_1.csv", "bytes": len(CONTENT), "sha256": sha256})
    assert port.files() == {"INKAN_1.csv": CONTENT}
    assert (port.inbox / "INKAN_1.csv").stat().st_mode & 0o777 == 0o600
    assert (await port.put(CONTENT))[0] == 201
    status, problem = await port.put(CONTENT + b"\n")
    assert (status, "同じ名前" in problem["title"]) == (409, True)
    assert port.files() == {"INKAN_1.csv": CONTENT}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (".hidden", 400), ("a.part", 400), ("a.TMP", 400), ("a%20b", 400), ("%2e%2e", 400), ("..%2Fa", 400), ("a%5Cb", 400),
        ("%E5%8D%B0.csv", 400), ("a" * 101, 400), ("done%2Fa", 400), ("", 404),
    ],
)  # fmt: skip
async def test_a_name_that_is_more_than_a_name_is_refused(port: Port, pki: Pki, name: str, status: int) -> None:
    reader, writer = await begun(port, pki, name)
    writer.write(CONTENT)
    assert (await reader.readline()).split()[1] == str(status).encode()
    writer.transport.abort()
    assert port.files() == {}


async def begun(port: Port, pki: Pki, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A push of CONTENT whose header is sent, with the path as it is."""
    tls = client_context(pki.ca, pki.centre.certificate, pki.centre.key)
    reader, writer = await asyncio.open_connection("127.0.0.1", port.number, ssl=tls)
    told = f"Content-Length: {len(CONTENT)}\r\nContent-Digest: {digest(CONTENT)}"
    writer.write(f"PUT /v1/feeds/{CITY}/{name} HTTP/1.1\r\nHost: x\r\n{told}\r\n\r\n".encode())
    return reader, writer


async def test_what_does_not_fit_its_digest_leaves_nothing(port: Port) -> None:
    for headers, status in (
        ({"Content-Digest": digest(b"another")}, 400),
        ({"Content-Digest": "sha-256=:AAAA:"}, 400),
        ({"Content-Digest": "md5=:AAAA:"}, 400),
        ({"Content-Encoding": "gzip"}, 415),
    ):
        assert (await port.put(CONTENT, **headers))[0] == status
    assert (await port.put(b"x" * (LIMIT + 1)))[0] == 413
    assert (await port.put(b""))[0] == 415
    assert port.files() == {}


async def test_a_body_without_a_length_is_refused(port: Port) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield CONTENT

    status, _ = await port.put(chunks(), **{"Content-Digest": digest(CONTENT)})
    assert (status, port.files()) == (411, {})


@pytest.mark.parametrize("ends", [True, False], ids=["cut", "silent"])
async def test_a_file_that_stops_half_way_leaves_nothing(port: Port, pki: Pki, ends: bool) -> None:  # noqa: FBT001 - a case
    reader, writer = await begun(port, pki, "a.csv")
    writer.write(CONTENT[:5000])
    await writer.drain()
    if not ends:
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.transport.abort()
    await until_files(port, 0)


async def until_files(port: Port, number: int) -> None:
    for _ in range(500):
        if len(port.files()) == number:
            return
        await asyncio.sleep(0.01)
    assert len(port.files()) == number


async def test_what_cannot_be_taken_now_is_to_be_sent_again_later(port: Port, pki: Pki) -> None:
    held = [await begun(port, pki, f"{number}.csv") for number in range(4)]
    await until_files(port, len(held))
    status, problem = await port.put(CONTENT)
    assert (status, "後で" in problem["title"]) == (503, True)
    for _, writer in held:
        writer.transport.abort()
    await until_files(port, 0)
    assert (await port.put(CONTENT))[0] == 201
    shutil.rmtree(port.inbox)
    status, problem = await port.put(CONTENT)
    assert (status, "後で" in problem["title"]) == (507, True)


def test_more_than_was_said_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DigestDiffers), Incoming(tmp_path, 3) as incoming:
        incoming.add(b"four")
    assert list(tmp_path.iterdir()) == []


async def test_another_city_and_another_certificate_may_not_push(port: Port, pki: Pki) -> None:
    assert (await port.put(CONTENT, city="092011"))[0] == 403
    async with session(pki, pki.unregistered) as other:
        stranger = Port(port.url, port.inbox, other, port.number)
        assert (await stranger.put(CONTENT))[0] == 403
        assert (await stranger.get())[0] == 403
    async with session(pki, pki.foreign) as other:
        with pytest.raises(aiohttp.ClientError):
            await Port(port.url, port.inbox, other, port.number).put(CONTENT)
    assert port.files() == {}


async def test_other_calls_are_refused_as_problems(port: Port) -> None:
    async with port.session.post(f"{port.url}/v1/feeds/{CITY}/a.csv", data=b"x") as answer:
        assert (answer.status, answer.content_type) == (405, "application/problem+json")
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await port.get("a.csv"))[0] == 404


async def test_a_place_of_the_inbox_is_no_file(port: Port) -> None:
    Folder(port.inbox)
    assert [(await port.put(CONTENT, place))[0] for place in ("done", "refused", "receipts")] == [409] * 3
    assert (await port.get("done"))[0] == 404


async def test_what_a_killed_push_left_goes_with_time_and_nothing_else_that_is_unfinished(port: Port) -> None:
    folder, left, others = Folder(port.inbox), port.inbox / f".{'0' * 32}.part", port.inbox / ".theirs.part"
    for path in (left, others):
        path.write_bytes(CONTENT)
        os.utime(path, (BEGINS.timestamp(),) * 2)
    assert folder.clear(BEGINS + timedelta(days=400)) == 0
    assert folder.clear_sending(BEGINS) == 0
    assert folder.clear_sending(BEGINS + timedelta(seconds=1)) == 1
    assert set(port.files()) == {others.name}


async def test_a_link_of_that_name_is_not_followed(port: Port, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(CONTENT)
    (port.inbox / "INKAN_1.csv").symlink_to(other)
    assert (await port.put(CONTENT))[0] == 409


async def test_a_pushed_file_is_taken_as_any_other_and_its_sender_sees_what_became_of_it(
    port: Port, database: Database
) -> None:
    watching = FolderPass(await database.connect("sync"), CITY, Folder(port.inbox))
    source = SealSource()
    first, lost, after = (
        source.full(Seal("0000000101", "A-1")),
        source.delete("0000000101"),
        source.register(Seal("0000000102", "A-2")),
    )

    async def look() -> list[str]:
        long_ago = BEGINS.timestamp() - 60
        for path in port.inbox.iterdir():
            if path.is_file():
                os.utime(path, (long_ago, long_ago))
        return [outcome.result for outcome in await watching.look(source.as_of)]

    await port.put(first, "1.csv")
    assert (await port.get("1.csv"))[1]["state"] == "here"
    await port.put(after, "3.csv")
    assert set(await look()) == {"applied", "waiting"}
    state = (await port.get("1.csv"))[1]
    assert (state["state"], "適用" in state["receipt"]) == ("ended", True)
    assert (await port.get("3.csv"))[1]["state"] == "waiting"
    await port.put(lost, "2.csv")
    assert await look() == ["applied", "applied"]
    await port.put(b"nothing", "4.csv")
    assert await look() == ["refused"]
    assert (await port.get("4.csv"))[1]["state"] == "ended"


async def test_of_a_name_used_twice_the_sender_hears_of_the_last_file(port: Port, database: Database) -> None:
    watching, source = FolderPass(await database.connect("sync"), CITY, Folder(port.inbox)), SealSource()

    async def pushed(content: bytes) -> str:
        await port.put(content, "1.csv")
        os.utime(port.inbox / "1.csv", (BEGINS.timestamp() - 60,) * 2)
        await watching.look(source.as_of)
        return str((await port.get("1.csv"))[1]["receipt"])

    assert "断りました" in await pushed(b"nothing")
    assert "適用" in await pushed(source.full(Seal("0000000101", "A-1")))
    assert (await port.get("1"))[0] == 404


def test_a_sender_whose_certificate_cannot_be_read_is_told_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "vendor.pem").write_text("nothing")
    with pytest.raises(SenderUnreadable, match=r"vendor\.pem"):
        senders_in({CITY: tmp_path})
