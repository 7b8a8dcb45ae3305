"""What `kiosk doctor` says of the ports that take files: who may send, or what is missing."""

import shutil
from pathlib import Path

import pytest

from civil.errors import KioskError
from kiosk_server.checks.feed_ports import by_sftp, pushed
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.feed_sftp.host_key import fingerprint, make_host_key
from kiosk_server.settings import read_settings
from tests.checks.told import advice
from tests.feed_sftp.drops import make_sender
from tests.sync.registry_rows import CITY
from tests.web.conftest import Pki, pki

__all__ = ["pki"]


@pytest.fixture
def place(tmp_path: Path, pki: Pki, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inbox").mkdir()
    make_sender(tmp_path, tmp_path / "senders", "vendor")
    (tmp_path / "senders" / "vendor.pem").write_bytes(pki.centre.certificate.read_bytes())
    for name, value in (
        ("MUNICIPALITY_CODES", CITY), ("FEED_PUSH_LISTEN", "127.0.0.1:0"), ("FEED_SFTP_LISTEN", "127.0.0.1:0"), ("FEED_INBOX", tmp_path / "inbox"),
        ("FEED_SENDERS", tmp_path / "senders"), ("FEED_SFTP_KEY", tmp_path / "key"),
    ):  # fmt: skip
        monkeypatch.setenv(f"KIOSK_{name}", str(value))
    return tmp_path


def around() -> Surroundings:
    return Surroundings(read_settings(), "doctor", "front")


async def test_senders_are_counted_and_the_fingerprint_is_told(place: Path) -> None:
    key = make_host_key(place / "key")
    assert await pushed(around()) == "1"
    assert await by_sftp(around()) == f"1; {fingerprint(key)}"


async def test_what_is_missing_is_told(place: Path) -> None:
    with pytest.raises(KioskError, match="KIOSK_FEED_SFTP_KEY"):
        await by_sftp(around())
    make_host_key(place / "key")
    (place / "key").chmod(0o644)
    with pytest.raises(KioskError, match="chmod 600"):
        await by_sftp(around())
    (place / "key").chmod(0o600)
    (place / "senders" / "other.pub").write_text("nothing")
    with pytest.raises(KioskError, match=r"other\.pub"):
        await by_sftp(around())
    for path in (place / "senders").iterdir():
        path.unlink()
    for look in (pushed, by_sftp):
        assert "KIOSK_FEED_SENDERS" in (await advice(look, around())).fix
    shutil.rmtree(place / "inbox")
    for look in (pushed, by_sftp):
        with pytest.raises(KioskError, match="KIOSK_FEED_INBOX"):
            await look(around())


async def test_an_inbox_of_a_city_that_is_not_there_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_host_key(place / "key")
    monkeypatch.setenv("KIOSK_MUNICIPALITY_CODES", f"{CITY},092011")
    for look in (pushed, by_sftp):
        assert "団体コード" in (await advice(look, around())).fix


@pytest.mark.usefixtures("place")
async def test_where_no_port_is_set_nothing_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUSH_LISTEN", "SFTP_LISTEN"):
        monkeypatch.delenv(f"KIOSK_FEED_{name}")
    assert [await look(around()) for look in (pushed, by_sftp)] == ["-", "-"]
