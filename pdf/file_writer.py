"""Writes a PDF file: numbered objects, cross-reference table, trailer (ISO 32000-1, 7.5). Nothing is compressed here."""

from dataclasses import dataclass
from itertools import accumulate, chain
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
    """Collects the objects of one file; numbers may be taken before the object is known. The file begins with `part`.

    An object is given in one or more pieces, which are joined with the whole file, once.
    """

    def __init__(self, part: FilePart = NOTHING) -> None:
        self._part = part
        self._objects: list[tuple[bytes, ...]] = []

    def take_number(self) -> int:
        """The number of an object that is put later."""
        return self.add()

    def put(self, number: int, body: bytes) -> None:
        """Give the object its content."""
        self._objects[number - self._part.count - 1] = (body,)

    def add(self, *pieces: bytes) -> int:
        """A new object; returns its number."""
        self._objects.append(pieces)
        return self.count

    def add_stream(self, entries: bytes, *data: bytes) -> int:
        """A new stream object; `entries` are its dictionary's, without /Length."""
        return self.add_written_stream(b"<<%b/Length %d>>" % (entries, sum(map(len, data))), *data)

    def add_written_stream(self, dictionary: bytes, *data: bytes) -> int:
        """A new stream object whose whole `dictionary` is known."""
        return self.add(dictionary, b"\nstream\n", *data, b"\nendstream")

    @property
    def count(self) -> int:
        """How many objects there are; the newest has this number."""
        return self._part.count + len(self._objects)

    def part(self) -> FilePart:
        """What there is, as the beginning of other files. Every number taken must have been put."""
        pieces, entries, _ = self._laid_out()
        return FilePart(b"".join(pieces), entries, self.count)

    def finish(self, trailer: bytes) -> bytes:
        """The whole file; `trailer` holds /Root, /Info and /ID. Every number taken must have been put."""
        return b"".join(self.pieces(trailer))

    def pieces(self, trailer: bytes) -> list[bytes]:
        """As `finish`, not joined yet: those of each object are among them as they were given."""
        pieces, entries, end = self._laid_out()
        size = self.count + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d%b>>\n" % (size, entries, size, trailer)
        return [*pieces, table, b"startxref\n%d\n%%%%EOF\n" % end]

    def _laid_out(self) -> tuple[list[bytes], bytes, int]:
        """The part and the objects, the lines of all in the table, and where the objects end."""
        if not all(self._objects):
            raise ValueError("an object was numbered but never put")
        numbered = enumerate(self._objects, self._part.count + 1)
        bodies = [(b"%d 0 obj\n" % number, *pieces, b"\nendobj\n") for number, pieces in numbered]
        lengths = [sum(map(len, body)) for body in bodies]
        *offsets, end = accumulate(lengths, initial=len(self._part.content))
        entries = self._part.entries + b"".join([b"%010d 00000 n \n" % offset for offset in offsets])
        return [self._part.content, *chain.from_iterable(bodies)], entries, end


def reference(number: int) -> bytes:
    """`7 0 R`."""
    return b"%d 0 R" % number


def text_string(text: str) -> bytes:
    """A PDF text string in UTF-16BE with its mark, as a hex string."""
    return b"<%b>" % ("\ufeff" + text).encode("utf-16-be").hex().upper().encode()
