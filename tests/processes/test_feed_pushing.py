"""The sync process takes pushes where its settings say so, and says what is missing where they are not whole."""

import asyncio
import base64
import hashlib
import socket
from pathlib import Path

import aiohttp
import pytest

from kiosk_server.processes.feed_pushing import pushing
from kiosk_server.settings import SettingsInvalid, read_settings
from kiosk_server.web.tls import client_context
from tests.sync.registry_rows import CITY
from tests.web.conftest import Pki, pki

__all__ = ["pki"]


@pytest.fixture
def settings(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for directory in ("inbox", "senders"):
        (tmp_path / directory).mkdir()
    (tmp_path / "senders" / "vendor.pem").write_bytes(pki.centre.certificate.read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    for name, value in (
        ("MUNICIPALITY_CODES", CITY), ("FEED_PUSH_LISTEN", listen), ("FEED_INBOX", tmp_path / "inbox"), ("FEED_SENDERS", tmp_path / "senders"),
        ("TLS_CERTIFICATE", pki.server.certificate), ("TLS_KEY", pki.server.key), ("TLS_CLIENT_CA", pki.ca),
    ):  # fmt: skip
        monkeypatch.setenv(f"KIOSK_{name}", str(value))
    return tmp_path


async def test_a_file_is_pushed_into_the_inbox_of_the_settings(settings: Path, pki: Pki) -> None:
    told = read_settings()
    (work,) = pushing(told)
    serving = asyncio.create_task(work())
    content = b"a file"
    tls = client_context(pki.ca, pki.centre.certificate, pki.centre.key)
    headers = {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        await asyncio.sleep(0.5)
        url = f"https://{told.feed_push_listen}/v1/feeds/{CITY}/a.csv"
        async with session.put(url, data=content, headers=headers) as answer:
            assert answer.status == 201
    assert (settings / "inbox" / "a.csv").read_bytes() == content
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize("missing", ["FEED_INBOX", "FEED_SENDERS"])
@pytest.mark.usefixtures("settings")
def test_what_is_missing_is_told(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"KIOSK_{missing}")
    with pytest.raises(SettingsInvalid, match=missing):
        pushing(read_settings())


@pytest.mark.usefixtures("settings")
def test_without_a_port_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIOSK_FEED_PUSH_LISTEN")
    assert pushing(read_settings()) == []
