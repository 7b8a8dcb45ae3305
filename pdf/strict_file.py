"""Reads a file as the one stretch of numbered objects that ours are, so that every other reader must see the same objects."""

from collections.abc import Iterator
from itertools import pairwise

from pdf.errors import PageMismatch
from pdf.file_writer import NOTHING, FilePart

_END = b"\nendobj\n"
_ENTRY = 20
_FREE = b"0000000000 65535 f \n"
_IN_USE = b" 00000 n \n"
_OFFSET = 10
_TAIL = 64


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


def _objects(content: bytes, edges: list[int], first: int) -> Iterator[bytes]:
    """Those that begin at the edges; the last edge is the table's."""
    for number, (begin, end) in enumerate(pairwise(edges), first):
        head = b"%d 0 obj\n" % number
        if not content.startswith(head, begin) or not content.endswith(_END, begin, end):
            raise PageMismatch
        yield content[begin + len(head) : end - len(_END)]


def _table(content: bytes, part: FilePart) -> tuple[int, list[int], bytes]:
    """Where the table begins, the offsets of the objects behind `part`, and what follows the table."""
    try:
        start = int(content[-_TAIL:].split(b"startxref\n")[1].split()[0])
        first, count = content[start : start + _TAIL].split(b"\n", 2)[1].split()
        begin = content.index(b"\n", start + len(b"xref\n")) + 1
        end = begin + int(count) * _ENTRY
        places = range(begin + _ENTRY + len(part.entries), end, _ENTRY)
        offsets = [int(content[at : at + _OFFSET]) for at in places]
    except (ValueError, IndexError) as broken:
        raise PageMismatch from broken
    rest = content[end:]
    in_use = all(content.startswith(_IN_USE, at + _OFFSET) for at in places)
    known = content.startswith(_FREE + part.entries, begin)
    if not offsets or first != b"0" or not in_use or not known or not rest.startswith(b"trailer\n"):
        raise PageMismatch
    if b"/Prev" in rest or b"/XRefStm" in rest:
        raise PageMismatch
    return start, offsets, rest
