"""The sync process takes files by SFTP where its settings say so, and says what is missing where they are not whole."""

import asyncio
import socket
from pathlib import Path

import asyncssh
import pytest

from kiosk_server.feed_sftp.host_key import make_host_key
from kiosk_server.processes.feed_dropping import dropping
from kiosk_server.settings import SettingsInvalid, host_and_port, read_settings
from tests.feed_sftp.drops import make_sender
from tests.sync.registry_rows import CITY


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inbox").mkdir()
    make_sender(tmp_path, tmp_path / "senders", "vendor")
    make_host_key(tmp_path / "key")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    for name, value in (
        ("MUNICIPALITY_CODES", CITY), ("FEED_SFTP_LISTEN", listen), ("FEED_INBOX", tmp_path / "inbox"),
        ("FEED_SENDERS", tmp_path / "senders"), ("FEED_SFTP_KEY", tmp_path / "key"),
    ):  # fmt: skip
        monkeypatch.setenv(f"KIOSK_{name}", str(value))
    return tmp_path


async def test_a_file_is_sent_into_the_inbox_of_the_settings_and_the_port_is_free_at_the_end(place: Path) -> None:
    told = read_settings()
    (work,) = dropping(told)
    serving = asyncio.create_task(work())
    host, port = host_and_port(told.feed_sftp_listen or "")
    connection = await connected(host, port, place)
    sftp = await connection.start_sftp_client()
    async with sftp.open("1.csv", "wb") as file:
        await file.write(b"a file")
    unfinished = await sftp.open("2.csv", "wb")
    await unfinished.write(b"half")
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await asyncio.wait_for(connection.wait_closed(), 60)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind((host, port))
    for _ in range(1000):
        if [path.name for path in (place / "inbox").iterdir() if path.is_file()] == ["1.csv"]:
            break
        await asyncio.sleep(0.01)
    assert [path.name for path in (place / "inbox").iterdir() if path.is_file()] == ["1.csv"]
    assert (place / "inbox" / "1.csv").read_bytes() == b"a file"


async def connected(host: str, port: int, place: Path) -> asyncssh.SSHClientConnection:
    while True:
        try:
            return await asyncssh.connect(
                host,
                port,
                username="vendor",
                client_keys=[str(place / "vendor")],
                known_hosts=None,
                agent_path=None,
                config=None,
            )
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("missing", ["FEED_INBOX", "FEED_SENDERS", "FEED_SFTP_KEY"])
@pytest.mark.usefixtures("place")
def test_what_is_missing_is_told(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"KIOSK_{missing}")
    with pytest.raises(SettingsInvalid, match=missing):
        dropping(read_settings())


@pytest.mark.parametrize("name", ["FEED_SFTP_LISTEN", "FEED_PUSH_LISTEN"])
@pytest.mark.usefixtures("place")
def test_an_address_that_is_none_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"KIOSK_{name}", "22")
    with pytest.raises(SettingsInvalid, match=name):
        read_settings()


@pytest.mark.usefixtures("place")
def test_without_a_port_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIOSK_FEED_SFTP_LISTEN")
    assert dropping(read_settings()) == []
