"""Reads a file as the one stretch of numbered objects that ours are, so that every other reader must see the same objects."""

from itertools import pairwise

from pdf.errors import PageMismatch

_END = b"\nendobj\n"
_ENTRY = 20
_IN_USE = b" 00000 n \n"
_OFFSET = 10
_TAIL = 64


def objects_of(content: bytes) -> list[bytes]:
    """The objects by number; what stands before the first is at 0. Raises `PageMismatch` for any other kind of file.

    One cross-reference table (ISO 32000-1, 7.5.4), in which every object is in use and begins where the one before ends:
    no object stands twice, none is hidden, and no other table is named.
    """
    start, offsets, rest = _table(content)
    found = [content[: offsets[0]]]
    for number, (begin, end) in enumerate(pairwise([*offsets, start]), 1):
        head = b"%d 0 obj\n" % number
        if not content.startswith(head, begin) or not content.endswith(_END, begin, end):
            raise PageMismatch
        found.append(content[begin + len(head) : end - len(_END)])
    if content.count(_END) != len(offsets) or b"/Prev" in rest or b"/XRefStm" in rest:
        raise PageMismatch
    return found


def _table(content: bytes) -> tuple[int, list[int], bytes]:
    """Where the table begins, the offsets of the objects from 1, and what follows the table."""
    try:
        start = int(content[-_TAIL:].split(b"startxref\n")[1].split()[0])
        first, count = content[start : start + _TAIL].split(b"\n", 2)[1].split()
        begin = content.index(b"\n", start + len(b"xref\n")) + 1
        end = begin + int(count) * _ENTRY
        places = range(begin + _ENTRY, end, _ENTRY)
        offsets = [int(content[at : at + _OFFSET]) for at in places]
    except (ValueError, IndexError) as broken:
        raise PageMismatch from broken
    in_use = all(content.startswith(_IN_USE, at + _OFFSET) for at in places)
    if not offsets or first != b"0" or not in_use or not content.startswith(b"trailer\n", end):
        raise PageMismatch
    return start, offsets, content[end:]
