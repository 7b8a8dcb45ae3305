"""A file of ours with something changed in it, and every offset right: what only a look at the objects finds."""

import re
from collections.abc import Callable, Sequence

import pytest

from pdf import FontChain, InspectionFailed, PagePlan, Snapshot, compose, inspect
from pdf.file_structure import forget_forms
from pdf.form_part import form_part
from pdf.strict_file import objects_of

Change = Callable[[int, bytes], bytes]
_REFERENCE = re.compile(rb"(?<![0-9.])([1-9][0-9]*) 0 R\b")


def rewritten(content: bytes, change: Change, before: bytes = b"") -> bytes:
    """The file with each object, by number, as `change` makes it. The byte range of the signature fits again.

    `before` is put between the header and the first object.
    """
    head, *bodies = objects_of(content)
    changed = [change(number, one) for number, one in enumerate(bodies, 1)]
    return _ranged(_written(head + before, changed, content))


def with_object(content: bytes, number: int, body: bytes) -> bytes:
    """The file with one object more, which nothing names: it gets `number`, and all from that on move up by one."""
    head, *bodies = objects_of(content)
    moved = [_moved(one, number) for one in bodies]
    trailer = _moved(content[content.rindex(b"trailer") :], number)
    return _ranged(_written(head, [*moved[: number - 1], body, *moved[number - 1 :]], trailer))


def _moved(part: bytes, number: int) -> bytes:
    """What is named from `number` on is named by one more."""
    named, stream, data = part.partition(b"\nstream\n")
    return _REFERENCE.sub(lambda one: b"%d 0 R" % (int(one[1]) + (int(one[1]) >= number)), named) + stream + data


def _ranged(whole: bytes) -> bytes:
    start = whole.index(b"/Contents <") + len(b"/Contents ")
    end = whole.index(b">", start) + 1
    at = whole.index(b"/ByteRange [0 ", end) + len(b"/ByteRange [0 ")
    numbers = b"%010d %010d %010d" % (start, end, len(whole) - end)
    return whole[:at] + numbers + whole[at + len(numbers) :]


def replaced(content: bytes, old: bytes, new: bytes, *, grown: Callable[[bytes], bytes] = bytes) -> bytes:
    """The file with `old` exchanged wherever it stands in an object; `grown` mends the changed objects."""

    def change(_: int, body: bytes) -> bytes:
        return grown(body.replace(old, new)) if old in body else body

    assert old in content
    return rewritten(content, change)


def with_length(body: bytes) -> bytes:
    """A stream whose /Length is right again."""
    head, _, rest = body.partition(b"\nstream\n")
    entries, _, _ = head.rpartition(b"/Length ")
    length = len(rest) - len(b"\nendstream")
    return b"%b/Length %d>>\nstream\n%b" % (entries, length, rest)


def refuse(
    kind: type[InspectionFailed], content: bytes, snapshot: Snapshot, pages: tuple[PagePlan, ...], fonts: FontChain
) -> InspectionFailed:
    """The inspection must fail as `kind`, whether it has seen a file with this form part before or not."""
    forget_forms()
    with pytest.raises(kind):
        inspect(content, pages, fonts)
    form_part.cache_clear()
    inspect(compose(snapshot, pages, fonts).content, pages, fonts)
    with pytest.raises(kind) as failed:
        inspect(content, pages, fonts)
    return failed.value


def _written(head: bytes, bodies: Sequence[bytes], trailer: bytes) -> bytes:
    """The file of these objects, with the trailer that is the last in `trailer`."""
    body, offsets = head, []
    for number, one in enumerate(bodies, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    rest = trailer[trailer.rindex(b"trailer") : trailer.rindex(b"startxref")]
    rest = re.sub(rb"/Size \d+", b"/Size %d" % (len(bodies) + 1), rest)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + entries
    return body + table + rest + b"startxref\n%d\n%%%%EOF\n" % len(body)
