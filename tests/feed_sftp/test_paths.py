"""Whatever path is sent, it means a place of the tree or nothing; the disk is not asked by it."""

import inspect
import re

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.errors import KioskError
from kiosk_server.feed_sftp.paths import Place, place_of
from kiosk_server.feed_sftp.refusing import RefusingServer
from kiosk_server.feed_sftp.server import DropServer
from tests.feed_sftp.drops import CONTENT, Port

_PIECES = st.sampled_from(
    [
        b"/",
        b"..",
        b".",
        b"receipts",
        b"done",
        b"a.csv",
        b"a.part",
        b".x",
        b"\x00",
        b"\\",
        b"\xe5\x8d\xb0",
        b"%2e",
        b"~",
        b"C:",
        b" ",
        b"*",
        b"-",
    ]
)


@given(st.lists(_PIECES).map(b"".join) | st.binary(max_size=1100))
def test_a_path_means_a_place_or_nothing(path: bytes) -> None:
    try:
        place = place_of(path)
    except KioskError:
        return
    assert place_of(place.path) == place
    assert place_of(b"/receipts/../" + path) == place
    if place.kind in {"root", "receipts"}:
        assert place.name == ""
        return
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,144}", place.name, re.ASCII)
    assert place.name not in {".", ".."}
    assert place.kind == "file" or place.name.endswith(".txt")
    assert place.is_temporary or re.match(r"[A-Za-z0-9]", place.name)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (b"", Place("root")), (b"/", Place("root")), (b"../../..", Place("root")), (b"//./", Place("root")),
        (b"a.csv", Place("file", "a.csv")), (b"a.csv/", Place("file", "a.csv")), (b"/../a.csv", Place("file", "a.csv")), (b"x/../a.csv", Place("file", "a.csv")),
        (b"receipts/", Place("receipts")), (b"/receipts/a.csv.txt", Place("receipt", "a.csv.txt")),
        (b".a.csv.Xy1", Place("file", ".a.csv.Xy1")), (b"a.FILEPART", Place("file", "a.FILEPART")),
    ],
)  # fmt: skip
def test_paths_that_mean_something(path: bytes, place: Place) -> None:
    assert place_of(path) == place


@pytest.mark.parametrize(
    "path",
    [
        b"/etc/passwd", b"done/a.csv", b"refused/a.csv", b"receipts/a/b", b"receipts/.a.txt", b"receipts/a.csv", b"a/b.csv",
        b".senders/a.csv", b"a\x00.csv", b"a b.csv", b"a\\b", b"-a.csv", b"_a.csv", b"~/a.csv", b"\xe5\x8d\xb0.csv", b"a" * 101, b"." * 2000,
    ],
)  # fmt: skip
def test_paths_that_mean_nothing(path: bytes) -> None:
    with pytest.raises(KioskError):
        place_of(path)


@pytest.mark.parametrize("name", ["done", "refused"])
async def test_a_place_of_the_inbox_is_no_name(port: Port, name: str) -> None:
    (port.inbox / name).mkdir()
    sftp = await port.sftp()
    with pytest.raises(asyncssh.SFTPFailure):
        await sftp.put(port.place / "a.csv", name)
    with pytest.raises(asyncssh.SFTPNoSuchFile):
        await sftp.listdir(name)
    assert port.files() == {}


async def test_nothing_else_is_done_with_paths(port: Port) -> None:
    outside = port.place / "outside"
    outside.write_bytes(CONTENT)
    (port.inbox / "link.csv").symlink_to(outside)
    sftp = await port.sftp()
    for doing in (
        sftp.mkdir("a"), sftp.rmdir("receipts"), sftp.symlink("/etc/passwd", "a.csv"), sftp.link("a.csv", "b.csv"),
        sftp.readlink("link.csv"), sftp.statvfs("/"), sftp.remove("receipts"), sftp.rename("receipts", "a.csv"),
    ):  # fmt: skip
        with pytest.raises((asyncssh.SFTPPermissionDenied, asyncssh.SFTPOpUnsupported)):
            await doing
    for path in ("/etc/passwd", str(outside), "link.csv", "../outside"):
        assert await sftp.exists(path) is False
        with pytest.raises(asyncssh.SFTPError):
            await sftp.get(path, port.place / "got")
    with pytest.raises(asyncssh.SFTPFailure):
        await sftp.put(port.place / "a.csv", "link.csv")
    assert (outside.read_bytes(), (port.place / "got").exists()) == (CONTENT, False)
    assert await sftp.realpath("x/../..") == "/"


def test_nothing_of_the_library_that_works_on_the_disk_is_left() -> None:
    kept = {"channel", "connection", "convert_attrs", "env", "logger", "format_longname"}
    named = {name for name, _ in inspect.getmembers(asyncssh.SFTPServer) if not name.startswith("_")}
    assert {
        name for name in named - kept if getattr(RefusingServer, name) is getattr(asyncssh.SFTPServer, name)
    } == set()
    assert {name for name in named - kept if getattr(DropServer, name) is getattr(asyncssh.SFTPServer, name)} == set()
