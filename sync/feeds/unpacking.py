"""A file as it came, or the one file inside a zip: read as a stream, never written to a disk, never more than was promised."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader
from pathlib import PurePosixPath
from typing import Final

from sync.feeds.errors import FileRefused

MOST_BYTES: Final = 16 * 2**30
"""Of an unpacked file: ten million records of 1,600 bytes."""
_MOST_FOLD: Final = 200
"""How much smaller a file may be packed. Fixed length files full of spaces pack to a fiftieth; bombs to a thousandth and less."""
_SMALL: Final = 64 * 2**20
_ZIP: Final = b"PK"
_BUFFER: Final = 64 * 1024
_ENCRYPTED: Final = 0x1
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@contextmanager
def unpacked(stream: BufferedIOBase) -> Iterator[BufferedIOBase]:
    """The stream from its beginning, or what is packed in it. Raises FileRefused."""
    stream.seek(0)
    is_zip = stream.read(len(_ZIP)) == _ZIP
    stream.seek(0)
    if not is_zip:
        yield stream
        return
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(_only_file(archive)) as packed:
            # It gives no more than the size that the archive told, and checks the CRC at the end.
            yield BufferedReader(packed, _BUFFER)  # type: ignore[type-var] # it can be read into, as BufferedReader wants
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise _refused("壊れた zip です。 / The zip is damaged.") from None


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file inside, after a look at what it claims to be."""
    inside = archive.infolist()
    if len(inside) != 1 or inside[0].is_dir():
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
