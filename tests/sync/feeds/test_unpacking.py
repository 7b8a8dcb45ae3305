"""A zip is one file, read as a stream; bombs, tricks with names and damage are refused before anything is kept."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.feeds import FileRefused
from sync.feeds.unpacking import unpacked
from tests.sync.feeds.written import zipped

CONTENT = "足利　太郎\r\n".encode("cp932") * 1000


def read(content: bytes) -> bytes:
    with unpacked(io.BytesIO(content)) as stream:
        return stream.read()


def two() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", CONTENT)
        archive.writestr("b.csv", CONTENT)
    return packed.getvalue()


def empty() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w"):
        pass
    return packed.getvalue()


def packed_otherwise() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", CONTENT)
    return packed.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(CONTENT))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def claiming(size: int, content: bytes) -> bytes:
    """The same zip, whose directory says that its file is so large unpacked."""
    changed = bytearray(zipped(content))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", changed, changed.index(signature) + offset, size)
    return bytes(changed)


def claiming_terabytes() -> bytes:
    """A zip64 whose every header says that its file has four terabytes."""
    packed = io.BytesIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zipfile, "ZIP64_LIMIT", 100)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", CONTENT)
    size = struct.pack("<Q", len(CONTENT))
    assert size in packed.getvalue()
    return packed.getvalue().replace(size, struct.pack("<Q", 4 * 2**40))


@pytest.mark.parametrize("content", [CONTENT, zipped(CONTENT), b""])
def test_the_content_is_the_same_zipped_or_not(content: bytes) -> None:
    assert read(content) == (CONTENT if content else b"")


WRONG: dict[str, Callable[[], bytes]] = {
    "two files": two,
    "no file": empty,
    "a directory": lambda: zipped(b"", "directory/"),
    "a path": lambda: zipped(CONTENT, "directory/file.csv"),
    "a way up": lambda: zipped(CONTENT, "../../etc/passwd"),
    "a root": lambda: zipped(CONTENT, "/etc/passwd"),
    "a drive": lambda: zipped(CONTENT, "C:file.csv"),
    "a way up, the other slash": lambda: zipped(CONTENT, "..\\file.csv"),
    "encrypted": encrypted,
    "another packing": packed_otherwise,
    "cut": lambda: zipped(CONTENT)[:-40],
    "changed": lambda: zipped(CONTENT).replace(zipped(CONTENT)[50:60], bytes(10), 1),
    "a bomb": lambda: zipped(bytes(80 * 2**20)),
    "a lie about the size, too large": lambda: claiming(2**32 - 2, CONTENT),
    "a lie of four terabytes": claiming_terabytes,
    "a lie about the size, too small": lambda: claiming(100, CONTENT),
    "a beginning of a zip": lambda: b"PK\x03\x04",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_another_zip_is_refused(wrong: str) -> None:
    with pytest.raises(FileRefused) as fault:
        read(WRONG[wrong]())
    assert fault.value.item == "zip"


def test_nothing_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(zipped(CONTENT)) == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_what_refuses_the_file_inside_is_told_as_it_is() -> None:
    with pytest.raises(FileRefused) as fault, unpacked(io.BytesIO(zipped(CONTENT))):
        raise FileRefused(3, "name", "x")
    assert (fault.value.line, fault.value.item) == (3, "name")
