"""A folder into which other systems or staff put files: which are whole and new, and where each goes when it was looked at.

    INBOX/          files put here are taken once they have been left alone for a while
    INBOX/done/     what was applied, compared, or was there before
    INBOX/refused/  what was refused
    INBOX/receipts/ what became of each file, as a text with the file's name
    INBOX/.senders/ whose names are whose (`claims`)

Files whose name begins with a dot, or ends in one of UNFINISHED, are being written and are left alone.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Final, Literal, Self

UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")
PUSHED: Final = re.compile(r"\.[0-9a-f]{32}\.part", re.ASCII)
"""The names of files that are being pushed."""
QUIET: Final = timedelta(seconds=10)
"""A file that changed less than this ago may still be written to."""
_LONGEST_NAME: Final = 200
_KEPT_OF_NAME: Final = 150
"""Bytes of a name that can have a time and the ending of a receipt behind it, and what is kept of one that cannot."""
Place = Literal["done", "refused"]
_PLACES: Final[tuple[Place, ...]] = ("done", "refused")
_RECEIPTS: Final = "receipts"
_OURS_ALONE: Final = 0o700
_TIME: Final = "%Y%m%dT%H%M%S%f"
_TIME_PATTERN: Final = f"{'[0-9]' * 8}T{'[0-9]' * 12}"
"""Behind the name of a file whose name was used before."""
_TIME_BEHIND: Final = re.compile(r"\.[0-9]{8}T[0-9]{12}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file by its name, and what it looked like: another size or time is another file, and so is another one of the disk."""

    name: str
    size: int
    changed_at: int
    inode: int = 0

    @classmethod
    def by(cls, name: str, status: os.stat_result) -> Self:
        """As it looks now."""
        return cls(name, status.st_size, status.st_mtime_ns, status.st_ino)

    @property
    def told(self) -> str:
        """The name on one line of text: what is no character, or makes a line of its own, by its code."""
        return self.name if self.name.isprintable() else self.name.encode("unicode_escape").decode("ascii")

    @property
    def kept(self) -> str:
        """The name under which it is put away and told of; a very long one by its beginning and its digest."""
        octets = self.told.encode()
        if len(octets) <= _LONGEST_NAME:
            return self.told
        digest = hashlib.sha256(os.fsencode(self.name)).hexdigest()[:16]
        return f"{octets[:_KEPT_OF_NAME].decode(errors='ignore')}~{digest}"


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
        if not stat.S_ISREG(status.st_mode) or Arrived.by(file.name, status) != file:
            os.close(descriptor)
            raise FileNotFoundError(file.name)
        return os.fdopen(descriptor, "rb")

    def put_away(self, file: Arrived, place: Place, receipt: str, now: datetime) -> None:
        """Move it, and leave a receipt beside. A name that is there already gets the time behind it.

        What was put in its place meanwhile has not been looked at, and stays.
        """
        name = self._free_name(file.kept, place, now)
        _write(self._inbox / _RECEIPTS / f"{name}.txt", receipt)
        self._told_waiting(file).unlink(missing_ok=True)
        if self._is_there(file, self._inbox / file.name):
            self._move(file, self._inbox / place / name, now)

    def _move(self, file: Arrived, target: Path, now: datetime) -> None:
        source = self._inbox / file.name
        source.rename(target)
        if self._is_there(file, target):
            os.utime(target, (now.timestamp(), now.timestamp()))
            return
        # It came in the moment between looking and moving. If yet another has come since, its sender has replaced it.
        try:
            source.hardlink_to(target)
        except FileExistsError:
            return
        target.unlink()

    @staticmethod
    def _is_there(file: Arrived, path: Path) -> bool:
        try:
            return Arrived.by(file.name, path.lstat()) == file
        except FileNotFoundError:
            return False

    def tell(self, file: Arrived, receipt: str) -> None:
        """Leave the receipt of a file that stays, in place of an earlier one; it goes when the file does."""
        _write(self._told_waiting(file), receipt)

    def clear(self, older_than: datetime) -> int:
        """Delete files (not receipts) that were put away before then; how many."""
        return _delete((path for place in _PLACES for path in (self._inbox / place).iterdir()), older_than)

    def clear_sending(self, older_than: datetime) -> int:
        """Delete what a process that was killed had received of files, and nobody has written to since then; how many."""
        return _delete((path for path in self._inbox.glob(".*.part") if PUSHED.fullmatch(path.name)), older_than)

    def _told_waiting(self, file: Arrived) -> Path:
        return self._inbox / _RECEIPTS / f"{file.kept}.waiting.txt"

    def _free_name(self, name: str, place: Place, now: datetime) -> str:
        taken = (self._inbox / place / name).exists() or (self._inbox / _RECEIPTS / f"{name}.txt").exists()
        return f"{name}.{now:{_TIME}}" if taken else name

    @staticmethod
    def _look(entry: os.DirEntry[str]) -> Arrived | None:
        try:
            return Arrived.by(entry.name, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            return None


def receipt_of(inbox: Path, name: str) -> tuple[str | None, str]:
    """What became of the last file of a name: `here` until it is looked at, `waiting` or `ended` with its receipt; None where there was none."""
    waiting, ended = (inbox / _RECEIPTS / f"{name}{end}.txt" for end in (".waiting", ""))
    if (inbox / name).is_file():
        return ("waiting", waiting.read_text(encoding="utf-8")) if waiting.exists() else ("here", "")
    ended = max(ended.parent.glob(f"{name}.{_TIME_PATTERN}.txt"), default=ended)
    return ("ended", ended.read_text(encoding="utf-8")) if ended.exists() else (None, "")


def receipts_in(inbox: Path) -> list[str]:
    """The names of all receipts."""
    return [path.name for path in (inbox / _RECEIPTS).glob("[!.]*.txt")]


def files_of(receipt: str) -> frozenset[str]:
    """The files that a receipt of this name may be of: `a.waiting.txt` is of `a`, or of `a.waiting`."""
    name = receipt.removesuffix(".txt")
    return frozenset({name, name.removesuffix(".waiting"), _TIME_BEHIND.sub("", name)})


def receipt_path(inbox: Path, receipt: str) -> Path:
    """Where a receipt is, by its file's name."""
    return inbox / _RECEIPTS / receipt


def says_unfinished(name: str) -> bool:
    """Whether the name of a file says that it is still written to."""
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def _is_finished(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and not says_unfinished(entry.name)


def _delete(paths: Iterable[Path], older_than: datetime) -> int:
    deleted = 0
    for path in paths:
        # One that is being sent is given its name meanwhile.
        with suppress(FileNotFoundError):
            if path.lstat().st_mtime < older_than.timestamp():
                path.unlink()
                deleted += 1
    return deleted


def _write(path: Path, text: str) -> None:
    """Under another name first, so that whoever reads it reads all of it."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.rename(path)
