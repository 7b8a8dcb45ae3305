"""Writes a PDF file: numbered objects, cross-reference table, trailer (ISO 32000-1, 7.5). Nothing is compressed here."""

from itertools import accumulate

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class FileWriter:
    """Collects the objects of one file; numbers may be taken before the object is known."""

    def __init__(self) -> None:
        self._objects: list[bytes | None] = []

    def take_number(self) -> int:
        """The number of an object that is put later."""
        self._objects.append(None)
        return len(self._objects)

    def put(self, number: int, body: bytes) -> None:
        """Give the object its content."""
        self._objects[number - 1] = body

    def add(self, body: bytes) -> int:
        """A new object; returns its number."""
        self._objects.append(body)
        return len(self._objects)

    def add_stream(self, entries: bytes, data: bytes) -> int:
        """A new stream object; `entries` are its dictionary's, without /Length."""
        return self.add_written_stream(b"<<%b/Length %d>>" % (entries, len(data)), data)

    def add_written_stream(self, dictionary: bytes, data: bytes) -> int:
        """A new stream object whose whole `dictionary` is known."""
        return self.add(b"%b\nstream\n%b\nendstream" % (dictionary, data))

    def finish(self, trailer: bytes) -> bytes:
        """The whole file; `trailer` holds /Root, /Info and /ID. Every number taken must have been put."""
        bodies = [
            b"%d 0 obj\n%b\nendobj\n" % (number, body)
            for number, body in enumerate(self._objects, 1)
            if body is not None
        ]
        if len(bodies) != len(self._objects):
            raise ValueError("an object was numbered but never put")
        *offsets, end = accumulate(map(len, bodies), initial=len(_HEADER))
        size = len(bodies) + 1
        entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        table = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d%b>>\n" % (size, entries, size, trailer)
        return b"".join([_HEADER, *bodies, table, b"startxref\n%d\n%%%%EOF\n" % end])


def reference(number: int) -> bytes:
    """`7 0 R`."""
    return b"%d 0 R" % number


def text_string(text: str) -> bytes:
    """A PDF text string in UTF-16BE with its mark, as a hex string."""
    return b"<%b>" % ("\ufeff" + text).encode("utf-16-be").hex().upper().encode()
