"""A folder into which other systems or staff put files: which are whole and new, and where each goes when it was looked at.

    INBOX/          files put here are taken once they have been left alone for a while
    INBOX/done/     what was applied, compared, or was there before
    INBOX/refused/  what was refused
    INBOX/receipts/ what became of each file, as a text with the file's name

Files whose name begins with a dot, or ends in one of UNFINISHED, are being written and are left alone.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Final, Literal

UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")
PUSHED: Final = re.compile(r"\.[0-9a-f]{32}\.part", re.ASCII)
"""The names of files that are being pushed."""
QUIET: Final = timedelta(seconds=10)
"""A file that changed less than this ago may still be written to."""
Place = Literal["done", "refused"]
_PLACES: Final[tuple[Place, ...]] = ("done", "refused")
_RECEIPTS: Final = "receipts"
_OURS_ALONE: Final = 0o700
_TIME: Final = "%Y%m%dT%H%M%S%f"
_TIME_PATTERN: Final = f"{'[0-9]' * 8}T{'[0-9]' * 12}"
"""Behind the name of a file whose name was used before."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file by its name, and what it looked like: another size or time is another file."""

    name: str
    size: int
    changed_at: int


class Folder:
    """One inbox. Nothing in it is followed elsewhere: links, directories and devices are no files."""

    def __init__(self, inbox: Path) -> None:
        """Take the directory, and make the places in it, which only this user may read. Raises OSError."""
        self._inbox = inbox
        for place in (*_PLACES, _RECEIPTS):
            (inbox / place).mkdir(mode=_OURS_ALONE, exist_ok=True)

    def arrived(self, now: datetime) -> list[Arrived]:
        """Files that are whole, as far as a folder can tell, by name."""
        quiet_since = (now - QUIET).timestamp() * 1e9
        with os.scandir(self._inbox) as entries:
            found = [self._look(entry) for entry in entries if _is_finished(entry)]
        return sorted((file for file in found if file and file.changed_at <= quiet_since), key=lambda file: file.name)

    def open(self, file: Arrived) -> BufferedReader:
        """Its content. Raises FileNotFoundError where it is gone, or is another one by now."""
        descriptor = os.open(self._inbox / file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or (status.st_size, status.st_mtime_ns) != (file.size, file.changed_at):
            os.close(descriptor)
            raise FileNotFoundError(file.name)
        return os.fdopen(descriptor, "rb")

    def put_away(self, file: Arrived, place: Place, receipt: str, now: datetime) -> None:
        """Move it, and leave a receipt beside. A name that is there already gets the time behind it."""
        source, name = self._inbox / file.name, self._free_name(file.name, place, now)
        _write(self._inbox / _RECEIPTS / f"{name}.txt", receipt)
        source.rename(self._inbox / place / name)
        os.utime(self._inbox / place / name, (now.timestamp(), now.timestamp()))
        self._told_waiting(file).unlink(missing_ok=True)

    def tell(self, file: Arrived, receipt: str) -> None:
        """Leave the receipt of a file that stays, in place of an earlier one; it goes when the file does."""
        _write(self._told_waiting(file), receipt)

    def clear(self, older_than: datetime) -> int:
        """Delete files (not receipts) that were put away before then, and what a push that was killed left; how many."""
        deleted = 0
        for path in self._put_away():
            if path.lstat().st_mtime < older_than.timestamp():
                path.unlink()
                deleted += 1
        return deleted

    def _put_away(self) -> Iterator[Path]:
        yield from (path for path in self._inbox.glob(".*.part") if PUSHED.fullmatch(path.name))
        for place in _PLACES:
            yield from (self._inbox / place).iterdir()

    def _told_waiting(self, file: Arrived) -> Path:
        return self._inbox / _RECEIPTS / f"{file.name}.waiting.txt"

    def _free_name(self, name: str, place: Place, now: datetime) -> str:
        taken = (self._inbox / place / name).exists() or (self._inbox / _RECEIPTS / f"{name}.txt").exists()
        return f"{name}.{now:{_TIME}}" if taken else name

    @staticmethod
    def _look(entry: os.DirEntry[str]) -> Arrived | None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        return Arrived(entry.name, status.st_size, status.st_mtime_ns)


def receipt_of(inbox: Path, name: str) -> tuple[str | None, str]:
    """What became of the last file of a name: `here` until it is looked at, `waiting` or `ended` with its receipt; None where there was none."""
    waiting, ended = (inbox / _RECEIPTS / f"{name}{end}.txt" for end in (".waiting", ""))
    if (inbox / name).is_file():
        return ("waiting", waiting.read_text(encoding="utf-8")) if waiting.exists() else ("here", "")
    ended = max(ended.parent.glob(f"{name}.{_TIME_PATTERN}.txt"), default=ended)
    return ("ended", ended.read_text(encoding="utf-8")) if ended.exists() else (None, "")


def _is_finished(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return entry.is_file(follow_symlinks=False) and not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def _write(path: Path, text: str) -> None:
    """Under another name first, so that whoever reads it reads all of it."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.rename(path)
