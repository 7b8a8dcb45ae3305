"""A file on its way into an inbox: under a name that is left alone until it is whole, then under its own, and never over another."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import IO, Final, Self

from civil.errors import KioskError
from sync.feeds.folder import UNFINISHED

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_OURS_ALONE: Final = 0o600


class NameWrong(KioskError):
    """ファイル名は英数字で始まる100字以内の英数字と . _ - です。 /
    The name of a file is at most 100 letters, digits, dots, hyphens and low lines, and begins with a letter or digit."""


class NameTaken(KioskError):
    """同じ名前の、内容の違うファイルが受信フォルダーにあります。別の名前で送ってください。 /
    Another file of that name is in the inbox: send this one under another name."""


class DigestDiffers(KioskError):
    """内容が、送られてきた SHA-256 または長さと一致しません。送り直してください。 /
    The content does not fit the SHA-256 or the length that came with it: send it again."""


def require_name(name: str) -> str:
    """A name that is no path, is not hidden, and does not say that the file is unfinished. Raises NameWrong."""
    if _NAME.fullmatch(name) is None or name.lower().endswith(UNFINISHED):
        raise NameWrong
    return name


class Incoming:
    """One file of `size` bytes; use it as a context manager: what was not finished is gone afterwards."""

    def __init__(self, inbox: Path, name: str, size: int) -> None:
        """Begin it. Raises NameWrong and OSError."""
        self._whole = inbox / require_name(name)
        self._path = inbox / f".{secrets.token_hex(16)}.part"
        self._size = size
        self._hash = hashlib.sha256()
        self._received = 0
        self._file: IO[bytes] = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ALONE), "wb")

    def __enter__(self) -> Self:
        """Go on with it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; if it was not finished, delete it."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, chunk: bytes) -> None:
        """The next bytes. Raises DigestDiffers where they are more than was said, and OSError."""
        self._received += len(chunk)
        if self._received > self._size:
            raise DigestDiffers
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self, sha256: bytes) -> None:
        """Put it where it is taken, on the disk for good. The same file again changes nothing.

        Raises DigestDiffers, NameTaken and OSError.
        """
        if self._received != self._size or self._hash.digest() != sha256:
            raise DigestDiffers
        self._file.flush()
        os.fsync(self._file.fileno())
        try:
            self._whole.hardlink_to(self._path)
        except FileExistsError:
            if self._whole.is_symlink() or _sha256(self._whole) != sha256:
                raise NameTaken from None
        self._path.unlink()
        directory = os.open(self._whole.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (FileNotFoundError, IsADirectoryError):
        # It was taken meanwhile, and whoever sends it again is told so then; or it is one of the places of the inbox.
        raise NameTaken from None
