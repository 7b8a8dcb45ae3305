"""The bytes of a file, line by line, with the digests that its trailer and its receipt speak of."""

import hashlib
from io import BufferedIOBase
from typing import Final

from sync.feeds.errors import FileRefused

LONGEST_LINE: Final = 128 * 1024
_CUT: Final = "最後の行がありません。途中で切れています。 / The last line is missing: the file was cut."
_LONG: Final = f"{LONGEST_LINE}バイトを超えています。 / It is longer than {LONGEST_LINE} bytes."


class OctetLines:
    """Reads on from a binary stream. `number` is that of the line read last, from 1. Every fault raises FileRefused."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._before = hashlib.sha256()
        self._whole = hashlib.sha256()
        self.number = 0

    @property
    def sha256(self) -> bytes:
        """Of every byte read so far."""
        return self._whole.digest()

    @property
    def sha256_before(self) -> bytes:
        """Of every byte before the line read last."""
        return self._before.digest()

    def read_mark(self, size: int) -> bytes:
        """The very first bytes, which belong to no line."""
        mark = self._stream.read(size)
        self._whole.update(mark)
        return mark

    def begin(self) -> None:
        """The next line begins here."""
        self._before = self._whole.copy()
        self.number += 1

    def read_at_most(self, size: int) -> bytes:
        """So many bytes, or those that are left."""
        octets = self._stream.read(size)
        self._whole.update(octets)
        return octets

    def read(self, size: int) -> bytes:
        """So many bytes of the line that has begun."""
        octets = self.read_at_most(size)
        if len(octets) < size:
            raise FileRefused(self.number, "line", _CUT)
        return octets

    def read_line(self, newline: bytes = b"\n") -> bytes:
        """The rest of the line that has begun, with its end. `newline` has two bytes for UTF-16, and counts where a unit begins."""
        line = b""
        while not self._is_ended(line, newline):
            part = self._stream.readline(LONGEST_LINE + 1 - len(line))
            if not part:
                break
            line += part
            # A line feed in UTF-16, little end first: its other byte comes after it.
            if newline == b"\n\0" and line.endswith(b"\n") and len(line) % 2:
                line += self._stream.read(1)
            if len(line) > LONGEST_LINE:
                raise FileRefused(self.number, "line", _LONG)
        self._whole.update(line)
        if not line:
            raise FileRefused(self.number, "type", _CUT)
        return line

    def require_end(self) -> None:
        """Nothing follows the line read last."""
        if self._stream.read(1):
            raise FileRefused(
                self.number + 1, "type", "最後の行の後に続きがあります。 / Something follows the last line."
            )

    @staticmethod
    def _is_ended(line: bytes, newline: bytes) -> bool:
        return line.endswith(newline) and len(line) % len(newline) == 0
