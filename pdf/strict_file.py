"""Reads a file as the one stretch of numbered objects that ours are, so that every other reader must see the same objects."""

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from pdf.errors import InspectionFailed, PageMismatch
from pdf.file_writer import NOTHING, FilePart

_END: Final = b"\nendobj\n"
_ENTRY: Final = 20
_FREE: Final = b"0000000000 65535 f \n"
_OFFSET: Final = 10
_TAIL: Final = 64
_START: Final = re.compile(rb"startxref\n(\d+)\n")
_SIZE: Final = re.compile(rb"xref\n0 (\d{1,9})\n")
_STREAM: Final = b"\nstream\n"
_END_STREAM: Final = b"\nendstream"
_LENGTH: Final = b"/Length %d>>"
Failed = Callable[[], InspectionFailed]
"""Makes the failure, which is costly, when there is one."""


def objects_of(content: bytes) -> list[bytes]:
    """The objects by number; what stands before the first is at 0. Raises `PageMismatch` for any other kind of file.

    One cross-reference table (ISO 32000-1, 7.5.4), in which every object is in use and begins where the one before ends:
    no object stands twice, none is hidden, and no other table is named.
    """
    start, offsets, _ = _table(content, NOTHING)
    if content.count(_END) != len(offsets):
        raise PageMismatch
    return [content[: offsets[0]], *_objects(content, [*offsets, start], 1)]


def objects_behind(content: bytes, part: FilePart) -> tuple[list[bytes], bytes]:
    """As `objects_of`, for a file that begins with `part`: the objects behind it, and what follows the table.

    Whether one of them holds another is not asked here; each has one spelling, that does not.
    """
    if not content.startswith(part.content):
        raise PageMismatch
    start, offsets, rest = _table(content, part)
    if offsets[0] != len(part.content):
        raise PageMismatch
    return list(_objects(content, [*offsets, start], part.count + 1)), rest


def beginning(content: bytes, count: int) -> FilePart:
    """The first `count` objects of a file of that kind, which must have more."""
    start, offsets, _ = _table(content, NOTHING)
    entries = content.index(_FREE, start) + _ENTRY
    return FilePart(content[: offsets[count]], content[entries : entries + count * _ENTRY], count)


def stream_of(item: bytes, failed: Failed) -> tuple[bytes, bytes]:
    """The entries of a stream object before its /Length, and its data, which are as long as that says; else raises what `failed` makes."""
    begin, end = item.find(_STREAM), len(item) - len(_END_STREAM)
    length = _LENGTH % (end - begin - len(_STREAM))
    head = item[: max(begin, 0)]
    if not (head.startswith(b"<<") and head.endswith(length) and item.endswith(_END_STREAM)):
        raise failed()
    return head[2 : -len(length)], item[begin + len(_STREAM) : end]


def inflated(data: bytes, size: int, failed: Failed) -> bytes:
    """The `size` bytes that `data` are deflated from; raises what `failed` makes if they are more or less, or something follows."""
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(data, size + 1)
    except zlib.error:
        raise failed() from None
    if len(found) != size or not inflater.eof or inflater.unused_data:
        raise failed()
    return found


def _objects(content: bytes, edges: list[int], first: int) -> Iterator[bytes]:
    """Those that begin at the edges; the last edge is the table's."""
    for number, (begin, end) in enumerate(pairwise(edges), first):
        head = b"%d 0 obj\n" % number
        if not content.startswith(head, begin) or not content.endswith(_END, begin, end):
            raise PageMismatch
        yield content[begin + len(head) : end - len(_END)]


def _table(content: bytes, part: FilePart) -> tuple[int, list[int], bytes]:
    """Where the table begins, the offsets of the objects behind `part`, and what follows the table.

    The table is made anew from the offsets that were read, and must stand there in that one spelling.
    """
    told = _START.search(content, max(len(content) - _TAIL, 0))
    start = int(told[1]) if told is not None else len(content)
    size = _SIZE.match(content, start)
    if size is None:
        raise PageMismatch
    end = size.end() + int(size[1]) * _ENTRY
    places = range(size.end() + _ENTRY + len(part.entries), end, _ENTRY)
    try:
        offsets = [int(content[at : at + _OFFSET]) for at in places]
    except ValueError:
        raise PageMismatch from None
    rest = content[end:]
    if not offsets or content[start:end] != _written(part, offsets) or not rest.startswith(b"trailer\n"):
        raise PageMismatch
    if b"/Prev" in rest or b"/XRefStm" in rest or rest.count(b"startxref\n%d\n" % start) != rest.count(b"startxref"):
        raise PageMismatch
    return start, offsets, rest


def _written(part: FilePart, offsets: list[int]) -> bytes:
    lines = b"".join([b"%010d 00000 n \n" % offset for offset in offsets])
    return b"xref\n0 %d\n%b%b%b" % (part.count + len(offsets) + 1, _FREE, part.entries, lines)
