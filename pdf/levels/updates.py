"""The incremental updates (ISO 32000-1, 7.5.6) that a file of ours may have, each in one spelling.

A time-stamp update brings a field with a document time-stamp (ISO 32000-2, 12.8.5), a data update a document security store
(12.8.4.3). ISO 32000-2, table 257 says that neither counts as a change under DocMDP, not even under P 1.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from pdf.composing import byte_range_digest
from pdf.errors import PageMismatch
from pdf.file_writer import reference, text_string
from pdf.levels.errors import TimeStampTooLarge, UpdateMismatch
from pdf.strict_file import objects_of

_STAMP = (
    b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/Contents <%b>/ByteRange [0 %010d %010d %010d]>>"
)
_FIELD = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(TimeStamp%d)/TU %b/V %d 0 R/Rect[0 0 0 0]/F 132/P %d 0 R>>"
_LABEL = text_string("タイムスタンプ")
_EXTENSION = b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>"
"""Time-stamps and stores came to PDF 1.7 as an extension of ETSI (TS 102 778-4, annex A)."""

_TRAILER = re.compile(rb"trailer\n<</Size (\d+)/Root (\d+) 0 R(/Info \d+ 0 R)/ID\[<([0-9a-f]{32})><[0-9a-f]{32}>\]>>\n")
_FIELDS = re.compile(rb"/Fields\[([^\]]*)\]")
_ANNOTATIONS = re.compile(rb"/Annots\[([^\]]*)\]")
_KID = re.compile(rb"/Kids\[(\d+) 0 R")


@dataclass(frozen=True, slots=True)
class ValidationData:
    """Certificates, OCSP responses (RFC 6960) and CRLs (RFC 5280), each in DER."""

    certificates: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()

    def __add__(self, other: "ValidationData") -> "ValidationData":
        """Both, each item once, in order."""
        pairs = zip(self.kinds, other.kinds, strict=True)
        return ValidationData(*(tuple(dict.fromkeys(mine + theirs)) for mine, theirs in pairs))

    def without(self, other: "ValidationData") -> "ValidationData":
        """What `other` lacks."""
        pairs = zip(self.kinds, other.kinds, strict=True)
        return ValidationData(*(tuple(one for one in mine if one not in theirs) for mine, theirs in pairs))

    @property
    def kinds(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
        """The three, in the order of the fields."""
        return self.certificates, self.responses, self.lists


@dataclass(frozen=True, slots=True)
class UpdatedFile:
    """A signed file and where its next update goes on."""

    content: bytes
    size: int
    """The number of the next new object."""
    table: int
    """Where the newest cross-reference table begins."""
    catalog: bytes
    page: tuple[int, bytes]
    """Number and body of the first page, which names the fields' annotations."""
    trailer: tuple[int, bytes, bytes]
    """The catalog's number, /Info, and the first half of /ID."""
    fields: tuple[int, ...] = ()
    store: int | None = None
    stored: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] = ((), (), ())

    @classmethod
    def of(cls, signed: bytes) -> "UpdatedFile":
        """A signed file before its first update. Raises UpdateMismatch for one that is not as we make it."""
        try:
            objects = objects_of(signed)
            table = int(signed[signed.rindex(b"startxref\n") :].split()[1])
            found = _TRAILER.search(signed, table)
            if found is None:
                raise UpdateMismatch
            size, root, info, identity = int(found[1]), int(found[2]), found[3], found[4]
            tree = objects[int(re.findall(rb"/Pages (\d+) 0 R", objects[root])[0])]
            page = int(_KID.findall(tree)[0])
            return cls(signed, size, table, objects[root], (page, objects[page]), (root, info, identity))
        except (PageMismatch, ValueError, IndexError) as broken:
            raise UpdateMismatch from broken


@dataclass(frozen=True, slots=True)
class StampPlace:
    """A file with an update whose time-stamp is still zeros. `digest` is SHA-256 over `byte_range`."""

    file: UpdatedFile
    byte_range: tuple[int, int, int, int]
    digest: bytes

    def filled(self, token: bytes) -> UpdatedFile:
        """With the time-stamp token (DER) in its place. Raises TimeStampTooLarge."""
        _, start, end, _ = self.byte_range
        room = end - start - 2
        digits = token.hex().encode()
        if len(digits) > room:
            raise TimeStampTooLarge
        content = self.file.content
        return replace(
            self.file, content=b"".join((content[:start], b"<", digits.ljust(room, b"0"), b">", content[end:]))
        )


def place_for_stamp(file: UpdatedFile, room: int) -> StampPlace:
    """Append an update with `room` bytes for a time-stamp token."""
    stamp, field = file.size, file.size + 1
    page, body = file.page
    fields = (*file.fields, field)
    zeros = b"0" * (2 * room)
    updated = replace(file, size=file.size + 2, fields=fields)
    objects = {
        stamp: _STAMP % (zeros, 0, 0, 0),
        field: _FIELD % (len(fields), _LABEL, stamp, page),
        page: _ANNOTATIONS.sub(lambda found: b"/Annots[%b]" % _more(found[1], fields), body),
        file.trailer[0]: _catalog(updated),
    }
    updated = _appended(updated, objects)
    start = updated.content.index(b"/Contents <", len(file.content)) + len(b"/Contents ")
    end = start + len(zeros) + 2
    byte_range = (0, start, end, len(updated.content) - end)
    content = updated.content.replace(
        b"[0 %010d %010d %010d]" % (0, 0, 0), b"[0 %010d %010d %010d]" % byte_range[1:]
    )  # fmt: skip
    return StampPlace(replace(updated, content=content), byte_range, byte_range_digest(content, byte_range))


def with_data(file: UpdatedFile, data: ValidationData) -> UpdatedFile:
    """Append an update with a security store that holds `data` and what the store held before."""
    store = file.size if file.store is None else file.store
    number = file.size + (1 if file.store is None else 0)
    objects: dict[int, bytes] = {}
    stored = []
    for before, items in zip(file.stored, data.kinds, strict=True):
        numbers = tuple(range(number, number + len(items)))
        objects |= {at: _stream(item) for at, item in zip(numbers, items, strict=True)}
        number += len(items)
        stored.append(before + numbers)
    updated = replace(file, size=number, store=store, stored=(stored[0], stored[1], stored[2]))
    objects[store] = b"<</Type/DSS%b>>" % b"".join(
        b"/%b[%b]" % (name, b" ".join(map(reference, numbers)))
        for name, numbers in zip((b"Certs", b"OCSPs", b"CRLs"), stored, strict=True)
        if numbers
    )
    if file.store is None:
        objects[file.trailer[0]] = _catalog(updated)
    return _appended(updated, objects)


def _catalog(file: UpdatedFile) -> bytes:
    named = _FIELDS.sub(lambda found: b"/Fields[%b]" % _more(found[1], file.fields), file.catalog)
    store = b"" if file.store is None else b"/DSS %d 0 R" % file.store
    return named.removesuffix(b">>") + store + _EXTENSION + b">>"


def _more(first: bytes, numbers: tuple[int, ...]) -> bytes:
    return b" ".join((first, *map(reference, numbers)))


def _stream(data: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%b\nendstream" % (len(data), data)


def _appended(file: UpdatedFile, objects: Mapping[int, bytes]) -> UpdatedFile:
    numbers = sorted(objects)
    bodies = [b"%d 0 obj\n%b\nendobj\n" % (number, objects[number]) for number in numbers]
    offsets, at = {}, len(file.content)
    for number, body in zip(numbers, bodies, strict=True):
        offsets[number] = at
        at += len(body)
    starts = [numbers[0], *(after for before, after in pairwise(numbers) if after != before + 1)]
    runs = [[one for one in numbers if begin <= one < end] for begin, end in pairwise([*starts, numbers[-1] + 1])]
    sections = b"".join(
        b"%d %d\n%b" % (run[0], len(run), b"".join(b"%010d 00000 n \n" % offsets[one] for one in run)) for run in runs
    )  # fmt: skip
    root, info, identity = file.trailer
    changed = hashlib.sha256(file.content).hexdigest()[:32].encode()
    trailer = b"trailer\n<</Size %d/Root %d 0 R%b/ID[<%b><%b>]/Prev %d>>\n" % (
        file.size, root, info, identity, changed, file.table,
    )  # fmt: skip
    update = b"".join((*bodies, b"xref\n", sections, trailer, b"startxref\n%d\n%%%%EOF\n" % at))
    return replace(file, content=file.content + update, table=at)
