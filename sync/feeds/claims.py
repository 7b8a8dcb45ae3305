"""Whose files are whose: each name belongs to the sender who first sent a file under it, for good.

INBOX/.senders/NAME   one for each name, and in it what its sender is called
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sync.feeds.arriving import NameTaken

_PLACE: Final = ".senders"
_OURS_ALONE: Final = 0o700


class NameOfAnother(NameTaken):
    """この名前は別の送り手のものです。別の名前で送ってください。 /
    This name belongs to another sender: send the file under another name."""


class Claims:
    """Of one inbox. They outlive the process and are the same for all of them; files put by hand have none."""

    def __init__(self, inbox: Path) -> None:
        """Take the inbox."""
        self._place = inbox / _PLACE

    def sender(self, name: str) -> str | None:
        """Whose this name is, if anybody's. Raises OSError."""
        try:
            return (self._place / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def since(self, name: str) -> int:
        """When the name was claimed (nanoseconds of the file system's clock). Raises FileNotFoundError."""
        return (self._place / name).stat().st_mtime_ns

    @contextmanager
    def claimed(self, name: str, sender: str) -> Iterator[None]:
        """Claim a name for a file that is put in place inside; what fails there gives a new claim back.

        Raises NameOfAnother and OSError.
        """
        is_new = self._claim(name, sender)
        try:
            yield
        except BaseException:
            if is_new:
                (self._place / name).unlink(missing_ok=True)
            raise

    def _claim(self, name: str, sender: str) -> bool:
        self._place.mkdir(mode=_OURS_ALONE, exist_ok=True)
        unfinished = self._place / f".{secrets.token_hex(16)}"
        unfinished.write_text(sender, encoding="utf-8")
        try:
            (self._place / name).hardlink_to(unfinished)
        except FileExistsError:
            if self.sender(name) != sender:
                raise NameOfAnother from None
            return False
        finally:
            unfinished.unlink()
        sync_directory(self._place)
        return True


def sync_directory(path: Path) -> None:
    """Have its names on the disk. Raises OSError."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
