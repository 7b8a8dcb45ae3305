"""Writes a PDF file: numbered objects, cross-reference table, trailer (ISO 32000-1, 7.5). Nothing is compressed here."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True, slots=True)
class FilePart:
    """How a file begins: its first `count` objects, and their lines in the cross-reference table."""

    content: bytes
    entries: bytes
    count: int


NOTHING: Final = FilePart(_HEADER, b"", 0)


class FileWriter:
    """Collects the objects of one file; numbers may be taken before the object is known. The file begins with `part`."""

    def __init__(self, part: FilePart = NOTHING) -> None:
        self._part = part
        self._objects: list[bytes | None] = []

    def take_number(self) -> int:
        """The number of an object that is put later."""
        self._objects.append(None)
        return self.count

    def put(self, number: int, body: bytes) -> None:
        """Give the object its content."""
        self._objects[number - self._part.count - 1] = body

    def add(self, body: bytes) -> int:
        """A new object; returns its number."""
        self._objects.append(body)
        return self.count

    def add_stream(self, entries: bytes, data: bytes) -> int:
        """A new stream object; `entries` are its dictionary's, without /Length."""
        return self.add_written_stream(b"<<%b/Length %d>>" % (entries, len(data)), data)

    def add_written_stream(self, dictionary: bytes, data: bytes) -> int:
        """A new stream object whose whole `dictionary` is known."""
        return self.add(b"%b\nstream\n%b\nendstream" % (dictionary, data))

    @property
    def count(self) -> int:
        """How many objects there are; the newest has this number."""
        return self._part.count + len(self._objects)

    def part(self) -> FilePart:
        """What there is, as the beginning of other files. Every number taken must have been put."""
        bodies, entries, _ = self._laid_out()
        return FilePart(b"".join([self._part.content, *bodies]), entries, self.count)

    def finish(self, trailer: bytes) -> bytes:
        """The whole file; `trailer` holds /Root, /Info and /ID. Every number taken must have been put."""
        bodies, entries, end = self._laid_out()
        size = self.count + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d%b>>\n" % (size, entries, size, trailer)
        return b"".join([self._part.content, *bodies, table, b"startxref\n%d\n%%%%EOF\n" % end])

    def _laid_out(self) -> tuple[list[bytes], bytes, int]:
        """The objects behind the part, the lines of all in the table, and where the objects end."""
        bodies = self._bodies()
        *offsets, end = accumulate(map(len, bodies), initial=len(self._part.content))
        return bodies, self._part.entries + b"".join([b"%010d 00000 n \n" % offset for offset in offsets]), end

    def _bodies(self) -> list[bytes]:
        first = self._part.count + 1
        bodies = [
            b"%d 0 obj\n%b\nendobj\n" % (number, body)
            for number, body in enumerate(self._objects, first)
            if body is not None
        ]
        if len(bodies) != len(self._objects):
            raise ValueError("an object was numbered but never put")
        return bodies


def reference(number: int) -> bytes:
    """`7 0 R`."""
    return b"%d 0 R" % number


def text_string(text: str) -> bytes:
    """A PDF text string in UTF-16BE with its mark, as a hex string."""
    return b"<%b>" % ("\ufeff" + text).encode("utf-16-be").hex().upper().encode()
