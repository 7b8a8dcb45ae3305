"""The books of the terminal's money: one line for every yen that moved and every sheet that was made. No personal data.

A line is JSON with `at` (UTC), `visit` (random), `what`, and as far as they apply `yen`, `method`, `issuance_number`, `request_id`,
`end`. It is on the disk before the machine goes on, so a power cut leaves no money without a line.
"""

import errno
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from civil.clock import Clock

What = Literal["collected", "issued", "not_issued", "print_ended", "reported", "given_back", "left_to_staff", "receipt"]
_MODE: Final = 0o600
_EARNED: Final = ("print_ended", "printed")


class Journal:
    """Appends to one file. Use as a context manager."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open or make it, mode 0600. Raises OSError."""
        self._clock = clock
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _MODE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._file)

    def write(self, visit: str, what: What, **more: str | int) -> datetime:
        """Append a line and wait until it is on the disk; returns its time. Raises OSError, also for half a line."""
        at = self._clock()
        line = json.dumps({"at": at.isoformat(), "visit": visit, "what": what, **more}, ensure_ascii=False)
        self._append(f"{line}\n".encode())
        return at

    def _append(self, line: bytes) -> None:
        # A line that a power cut or a full disk tore would swallow the next one.
        line = line if self._ends_whole() else b"\n" + line
        if os.write(self._file, line) < len(line):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(self._file)

    def _ends_whole(self) -> bool:
        size = os.fstat(self._file).st_size
        return size == 0 or os.pread(self._file, 1, size - 1) == b"\n"


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Its lines, the oldest first; one that a power cut tore is left out."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def unsettled(path: Path) -> dict[str, int]:
    """Visits whose money is neither earned by printed sheets, nor given back, nor with staff: yen by visit."""
    left: dict[str, int] = {}
    for line in read_journal(path):
        if line["what"] == "collected":
            left[line["visit"]] = left.get(line["visit"], 0) + line["yen"]
        elif line["what"] in {"given_back", "left_to_staff"} or (line["what"], line.get("end")) == _EARNED:
            left[line["visit"]] = left.get(line["visit"], 0) - line["yen"]
    # Below zero, staff have money whose coming in a full disk kept out of the books.
    return {visit: yen for visit, yen in left.items() if yen > 0}


def unreported(path: Path) -> list[dict[str, Any]]:
    """The `print_ended` lines whose end is certain, and of which the service has not heard, the oldest first."""
    left: dict[str, dict[str, Any]] = {}
    for line in read_journal(path):
        if line["what"] == "print_ended" and line["end"] != "unknown":
            left[line["issuance_number"]] = line
        elif line["what"] == "reported":
            left.pop(line["issuance_number"], None)
    return list(left.values())
