"""Signed files made to mislead, after the published attacks: incremental saving, wrapping and universal forgery
(Mladenov et al. 2019), shadow attacks (Mainka et al. 2021)."""

import re
from collections.abc import Mapping
from io import BytesIO

from pikepdf import Pdf

from keys.document_key import DocumentKey
from pdf import SignPermit, UnsignedDocument, sign
from pdf.cms import signed_cms

_RANGE = re.compile(rb"/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]")


def signed(document: UnsignedDocument, key: DocumentKey) -> bytes:
    return sign(document, SignPermit("n", document.digest), key)


def updated(content: bytes, objects: Mapping[int, bytes], root: int = 1) -> bytes:
    """An incremental update (ISO 32000-1, 7.5.6) that puts `objects` in place of those of the same numbers."""
    last = int(content[content.rindex(b"startxref") :].split()[1])
    size = max(int(re.findall(rb"/Size (\d+)", content)[-1]), *(number + 1 for number in objects))
    added, table = b"", b""
    for number, body in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(content) + len(added))
        added += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, root, last)
    place = len(content) + len(added)
    return content + added + b"xref\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % place


def with_objects(document: UnsignedDocument, *bodies: bytes) -> UnsignedDocument:
    """The unsigned document with objects that nothing names: what an attacker brings in before the signing."""
    content = document.content
    start = int(content[content.rindex(b"startxref") :].split()[1])
    size = int(re.findall(rb"/Size (\d+)", content)[-1])
    added = [b"%d 0 obj\n%b\nendobj\n" % (size + place, body) for place, body in enumerate(bodies)]
    offsets = [start + sum(map(len, added[:place])) for place in range(len(added))]
    table = content[start:].replace(b"0 %d\n" % size, b"0 %d\n" % (size + len(bodies)), 1)
    table = table.replace(b"/Size %d" % size, b"/Size %d" % (size + len(bodies)))
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table = table.replace(b"trailer\n", entries + b"trailer\n", 1)
    whole = content[:start] + b"".join(added) + table
    whole = whole.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + sum(map(len, added))))
    return _ranged(whole, document.byte_range[1], document.byte_range[2])


def signed_with_gap(document: UnsignedDocument, key: DocumentKey) -> bytes:
    """A signature that leaves out, beside its contents, its own range and the date of signing."""
    _, start, end, _ = document.byte_range
    gapped = _ranged(document.content, start, document.content.index(b"/Reference", end))
    contents = signed_cms(gapped.digest, key).hex().encode().ljust(end - start - 2, b"0")
    return gapped.content[: start + 1] + contents + gapped.content[end - 1 :]


def wrapped(content: bytes, words: bytes) -> bytes:
    """The bytes after the signature moved backwards and `words` put between; the old range still names the moved ones."""
    found = _RANGE.search(content)
    assert found is not None
    _, end, rest = map(int, found.groups())
    moved = content[end : end + rest]
    ranged = b"/ByteRange [0 %b %010d %b]" % (found.group(1), end + len(moved) + len(words), found.group(3))
    return content[:end] + content[end:].replace(found.group(), ranged, 1) + words + moved


def number_of(content: bytes, begin: bytes) -> int:
    """The number of the first object whose body begins so."""
    found = re.search(rb"(\d+) 0 obj\n" + re.escape(begin), content)
    assert found is not None
    return int(found.group(1))


def body_of(content: bytes, number: int) -> bytes:
    start = content.index(b"\n%d 0 obj\n" % number) + len(b"\n%d 0 obj\n" % number)
    return content[start : content.index(b"\nendobj\n", start)]


def text_of_page(content: bytes, page: int = 0) -> bytes:
    with Pdf.open(BytesIO(content)) as file:
        return file.pages[page].Contents.read_bytes()


def _ranged(content: bytes, start: int, end: int) -> UnsignedDocument:
    byte_range = (0, start, end, len(content) - end)
    ranged = _RANGE.sub(b"/ByteRange [0 %010d %010d %010d]" % byte_range[1:], content)
    return UnsignedDocument(ranged, byte_range)
