"""A zip is one file, read as a stream; bombs, tricks with names and damage are refused before anything is kept."""

import io
import random
import struct
import tracemalloc
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
    "a name that is no text": lambda: zipped(CONTENT, "足.csv").replace("足".encode(), b"\xe8\xb6\xff"),
    "a name only within that is no text": lambda: zipped(CONTENT, "足.csv").replace("足".encode(), b"\xe8\xb6\xff", 1),
    "no name": lambda: zipped(CONTENT, "a.csv").replace(b"a.csv", b"\0.csv"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_another_zip_is_refused(wrong: str) -> None:
    with pytest.raises(FileRefused) as fault:
        read(WRONG[wrong]())
    assert fault.value.item == "zip"


def with_an_index_of(size: int) -> bytes:
    """A zip whose end says that its index has so many bytes, and which has them."""
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, size, 0, 0)
    return b"PK\x03\x04" + bytes(size - 4) + end


def test_an_index_that_is_large_is_not_read_into_memory() -> None:
    content = with_an_index_of(64 * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused):
            read(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_damaged_in_a_zip_it_is_refused_or_read(tmp_path: Path, seed: int) -> None:
    """From a file as from memory: a place before its beginning is an error of the system there."""
    order, whole = random.Random(seed), zipped(b"H,1\r\n" * 50, "足利.csv")
    path, outcomes = tmp_path / "0.zip", set[str]()
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(order.choice((1, 1, 2, 4))):
            damaged[order.randrange(2, len(damaged))] = order.choice((0, 255, order.randrange(256)))
        path.write_bytes(damaged)
        try:
            with path.open("rb") as file, unpacked(file) as stream:
                stream.read()
            outcomes.add("read")
        except FileRefused as fault:
            outcomes.add(fault.item)
    assert outcomes == {"read", "zip"}


def test_nothing_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(zipped(CONTENT)) == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_what_refuses_the_file_inside_is_told_as_it_is() -> None:
    with pytest.raises(FileRefused) as fault, unpacked(io.BytesIO(zipped(CONTENT))):
        raise FileRefused(3, "name", "x")
    assert (fault.value.line, fault.value.item) == (3, "name")
