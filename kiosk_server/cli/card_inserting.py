"""Which process has laid a card into a virtual reader: the one that holds a record lock, which the kernel names and drops."""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from civil.errors import KioskError

_FLOCK: Final = "hhqqi4x"
"""`struct flock` of Linux on 64 bits: type, whence, start, length, process."""


class NotInserted(KioskError):
    """そのカードはどのリーダーにもありません。 / That card lies in no reader."""


class AlreadyInserted(KioskError):
    """そのカードはもうリーダーにあります。 / That card lies in a reader already."""


@contextmanager
def holding(card: Path) -> Iterator[None]:
    """Hold the card's lock while it lies in a reader. Raises AlreadyInserted."""
    with os.fdopen(os.open(_lock_file(card), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyInserted from None
        yield


def inserter(card: Path) -> int | None:
    """The process that holds the card's lock now, asked without taking it; None where nobody does that we can see."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    try:
        with _lock_file(card).open("rb") as file:
            kind, _, _, _, process = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return None
    # The kernel names a holder outside our view 0, which would be our own group to whoever signals it.
    return process if kind != fcntl.F_UNLCK and process > 0 else None


def _lock_file(card: Path) -> Path:
    return card.with_suffix(".inserted")
