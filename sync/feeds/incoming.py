"""A file on its way into an inbox: under a name that is left alone until it is whole, then under its own, and never over another."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from sync.feeds.arriving import DigestDiffers, NameTaken, require_name
from sync.feeds.claims import Claims, sync_directory

_OURS_ALONE: Final = 0o600


class Incoming:
    """One file of at most so many bytes; use it as a context manager, or `discard` it: what was not finished is gone afterwards."""

    def __init__(self, inbox: Path, most_bytes: int) -> None:
        """Begin it. Raises OSError."""
        self._inbox = inbox
        self._path = inbox / f".{secrets.token_hex(16)}.part"
        self._most = most_bytes
        self._hash = hashlib.sha256()
        self.received = 0
        self._file: IO[bytes] = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ALONE), "wb")

    def __enter__(self) -> Self:
        """Go on with it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; if it was not finished, delete it."""
        self.discard()

    def discard(self) -> None:
        """Close it; if it was not finished, delete it. Once more does nothing."""
        with suppress(OSError):
            # What is still to be written may find a full disk.
            self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, chunk: bytes) -> None:
        """The next bytes. Raises DigestDiffers where they are more than may come, and OSError."""
        if self.received + len(chunk) > self._most:
            raise DigestDiffers
        self.received += len(chunk)
        self._hash.update(chunk)
        self._file.write(chunk)

    def rest(self) -> None:
        """Nothing more comes for now: have it on the disk. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self, name: str, sender: str, size: int, sha256: bytes) -> None:
        """As `enter`, for a file whose size and digest were told. Raises DigestDiffers where they are others, and what `enter` raises."""
        if self.received != size or self._hash.digest() != sha256:
            raise DigestDiffers
        self.enter(name, sender)

    def enter(self, name: str, sender: str) -> None:
        """Put it where it is taken, on the disk for good. The same file again changes nothing.

        Raises NameWrong, NameTaken (with it NameOfAnother) and OSError; then it may be entered under another name.
        """
        whole = self._inbox / require_name(name)
        self.rest()
        with Claims(self._inbox).claimed(name, sender):
            self._link(whole)
        self.discard()
        sync_directory(self._inbox)

    def _link(self, whole: Path) -> None:
        try:
            whole.hardlink_to(self._path)
        except FileExistsError:
            if whole.is_symlink() or _sha256(whole) != self._hash.digest():
                raise NameTaken from None


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (FileNotFoundError, IsADirectoryError):
        # It was taken meanwhile, and whoever sends it again is told so then; or it is one of the places of the inbox.
        raise NameTaken from None
