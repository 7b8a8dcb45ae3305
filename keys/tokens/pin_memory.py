"""What became of the PIN: one that a token refused is never tried again by a program, since a few tries lock the token."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FILE: Final = "token-pin.json"
_LOCK: Final = ".token-pin.lock"
_TRYING: Final = "trying"
_REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class PinMemory:
    """Kept in `directory` (0700), for all processes on this machine. A PIN file that was written anew is a new PIN."""

    directory: Path
    pin_file: Path

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Inside, no other process tries a PIN. Raises OSError where nothing can be remembered: then nothing is tried."""
        descriptor = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @property
    def was_refused(self) -> bool:
        """Whether the PIN in the file, as it is now, was refused."""
        return self._said(_REFUSED)

    @property
    def was_left_trying(self) -> bool:
        """Whether somebody tried it and never told how it ended."""
        return self._said(_TRYING)

    def trying(self) -> None:
        """Before it is tried."""
        self._write(_TRYING)

    def refused(self) -> None:
        """The token refused it."""
        self._write(_REFUSED)

    def accepted(self) -> None:
        """The token took it: nothing is to be remembered."""
        (self.directory / _FILE).unlink(missing_ok=True)

    def _said(self, word: str) -> bool:
        try:
            said = json.loads((self.directory / _FILE).read_text(encoding="ascii"))
        except FileNotFoundError:
            return False
        return bool(said == {"pin_file": self._as_it_is(), "was": word})

    def _write(self, word: str) -> None:
        temporary = self.directory / f".{_FILE}.{os.getpid()}"
        temporary.write_text(json.dumps({"pin_file": self._as_it_is(), "was": word}), encoding="ascii")
        temporary.replace(self.directory / _FILE)

    def _as_it_is(self) -> str:
        # Never a digest of the PIN: one of four to eight digits is found from it at once.
        status = self.pin_file.stat()
        return f"{status.st_ino}.{status.st_mtime_ns}"
