"""What a sender sees on the disk: its own files that are not taken yet, and the receipts of its own. Those of others are not there."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sync.feeds.claims import Claims
from sync.feeds.folder import files_of, receipt_path, receipts_in


@dataclass(frozen=True, slots=True)
class Seen:
    """How long a file is (bytes), and when it changed (seconds since 1970)."""

    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Of one sender, in the inbox of its city. Everything here reads the disk. Raises OSError."""

    inbox: Path
    sender: str

    def file(self, name: str) -> Seen | None:
        """One that was sent and lies in the inbox."""
        return _seen(self.inbox / name) if Claims(self.inbox).sender(name) == self.sender else None

    def files(self) -> Mapping[str, Seen]:
        """All of those."""
        names = [path.name for path in self.inbox.iterdir() if not path.name.startswith(".")]
        return {name: seen for name in names if (seen := self.file(name))}

    def waiting(self) -> int:
        """How many files of anybody are in the inbox, those that are being sent too."""
        return sum(1 for path in self.inbox.iterdir() if path.is_file())

    def receipt(self, receipt: str) -> Seen | None:
        """A receipt of an own file, if it was written since the name is this sender's."""
        return _seen(receipt_path(self.inbox, receipt), self._since(files_of(receipt)))

    def receipts(self) -> Mapping[str, Seen]:
        """All of those."""
        return {receipt: seen for receipt in receipts_in(self.inbox) if (seen := self.receipt(receipt))}

    def read(self, receipt: str) -> bytes | None:
        """The text of one."""
        return receipt_path(self.inbox, receipt).read_bytes() if self.receipt(receipt) else None

    def _since(self, names: frozenset[str]) -> int | None:
        """Since when the names are this sender's; None where one is another's, or none is this one's."""
        claims = Claims(self.inbox)
        claimed = {name: sender for name in names if (sender := claims.sender(name)) is not None}
        if set(claimed.values()) != {self.sender}:
            return None
        return min(claims.since(name) for name in claimed)


def _seen(path: Path, since: int | None = 0) -> Seen | None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if since is None or status.st_mtime_ns < since or not stat.S_ISREG(status.st_mode):
        return None
    return Seen(status.st_size, int(status.st_mtime))
