"""A file as it came, or the one file inside a zip: read as a stream, never written to a disk, never more than was promised."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader
from pathlib import PurePosixPath
from typing import IO, Final

from sync.feeds.errors import FileRefused

MOST_BYTES: Final = 16 * 2**30
"""Of an unpacked file: ten million records of 1,600 bytes."""
_MOST_FOLD: Final = 200
"""How much smaller a file may be packed. Fixed length files full of spaces pack to a fiftieth; bombs to a thousandth and less."""
_SMALL: Final = 64 * 2**20
_ZIP: Final = b"PK"
_DAMAGED: Final = "壊れた zip です。 / The zip is damaged."
_BUFFER: Final = 64 * 1024
_MOST_INDEX: Final = 256 * 1024
"""Of what a zip says of itself: a name, an extra field and a comment have 64 KiB each at most, and there is one file."""
_ENCRYPTED: Final = 0x1
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@contextmanager
def unpacked(stream: BufferedIOBase) -> Iterator[BufferedIOBase]:
    """The stream from its beginning, or what is packed in it. Raises FileRefused."""
    if not _is_zip(stream):
        yield stream
        return
    try:
        with _opened(stream) as (packed, _size):
            # It gives no more than the size that the archive told, and checks the CRC at the end.
            yield BufferedReader(packed, _BUFFER)  # type: ignore[type-var] # it can be read into, as BufferedReader wants
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise _refused(_DAMAGED) from None


def size_unpacked(stream: BufferedIOBase) -> int:
    """How many bytes that will be; the stream is left at its beginning. Raises FileRefused."""
    if _is_zip(stream):
        with _opened(stream) as (_packed, size):
            pass
    else:
        size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size


def _is_zip(stream: BufferedIOBase) -> bool:
    """Whether it begins like one; it is left at its beginning."""
    stream.seek(0)
    begins = stream.read(len(_ZIP))
    stream.seek(0)
    return begins == _ZIP


class _Archive(BufferedIOBase):
    """The stream under a zip: where its index is damaged or made to mislead, nothing large is read, and nothing before the beginning."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self.is_open = False

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET and offset < 0:
            raise zipfile.BadZipFile
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1) -> bytes:
        if not self.is_open and size is not None and size > _MOST_INDEX:
            raise zipfile.BadZipFile
        return self._stream.read(size)


@contextmanager
def _opened(stream: BufferedIOBase) -> Iterator[tuple[IO[bytes], int]]:
    """What is packed, and how many bytes that is. Raises FileRefused."""
    archive = _Archive(stream)
    try:
        inside = zipfile.ZipFile(archive)
        info = _only_file(inside)
        packed = inside.open(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error):
        # The last two are a name that is no text, and a place that cannot be: damage that zipfile does not look for.
        raise _refused(_DAMAGED) from None
    archive.is_open = True
    with inside, packed:
        yield packed, info.file_size


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file inside, after a look at what it claims to be."""
    inside = archive.infolist()
    if len(inside) != 1 or not inside[0].filename or inside[0].is_dir():
        raise _refused("zip の中は1ファイルだけです。 / There is one file in a zip.")
    info = inside[0]
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if len(path.parts) != 1 or ".." in path.parts or ":" in info.filename or path.is_absolute():
        raise _refused("zip の中の名前に場所が含まれます。 / The name inside the zip is a path.")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _READABLE:
        raise _refused("暗号化または特殊な圧縮の zip です。 / The zip is encrypted or packed in a special way.")
    if info.file_size > MOST_BYTES or info.file_size > max(_SMALL, info.compress_size * _MOST_FOLD):
        raise _refused("展開すると大きすぎます。 / It is too large when unpacked.")
    return info


def _refused(reason: str) -> FileRefused:
    return FileRefused(1, "zip", reason)
