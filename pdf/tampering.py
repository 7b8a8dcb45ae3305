"""In which way a signed file was prepared or changed to mislead, in words for whoever has to decide at a counter."""

import hashlib
from collections.abc import Iterator
from io import BytesIO

from pikepdf import Array, Dictionary, Object, Pdf, PdfError, Stream

from pdf.contents import signature_parts
from pdf.errors import SignatureMismatch
from pdf.hidden_content import hides_something

GAP = (
    "署名の対象から外された部分に、署名以外のものが入っています。 / "
    "The part that the signature leaves out holds something else than the signature."
)
HIDDEN = (
    "表示されない中身が隠されています。あとで紙面を差し替えるための細工です。 / "
    "Content that is not shown lies hidden in the file; it is there to replace the page later."
)
REPLACED = (
    "署名のあとで、表示される内容が差し替えられたか、隠されたか、描き足されています。 / "
    "After the signing, what is shown was replaced, covered or added to."
)
_BROKEN = (PdfError, AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
_DIRECT = (0, 0)
_NOT_DRAWN = {"/Parent", "/Annots", "/P", "/StructParents"}


def tampering(content: bytes, byte_range: tuple[int, int, int, int]) -> tuple[str, ...]:
    """What was done, of GAP, HIDDEN and REPLACED; nothing for a file as we make it, whether its signature holds or not."""
    first, length, second, rest = byte_range
    revision = content[: second + rest]
    found = {
        GAP: first != 0 or not _is_signature(content[length:second]),
        HIDDEN: hides_something(revision),
        REPLACED: len(revision) < len(content) and _shows_something_else(revision, content),
    }
    return tuple(words for words, applies in found.items() if applies)


def _is_signature(contents: bytes) -> bool:
    try:
        signature_parts(contents)
    except SignatureMismatch:
        return False
    return True


def _shows_something_else(first_revision: bytes, content: bytes) -> bool:
    """Whether its pages are drawn otherwise than those of the revision that was signed, or cannot be read."""
    try:
        return _shown(first_revision) != _shown(content)
    except _BROKEN:
        return True


def _shown(content: bytes) -> list[bytes]:
    """A digest of each page with everything it draws, and of its annotations that have any extent."""
    with Pdf.open(BytesIO(content), attempt_recovery=False) as file:
        return [_digest(page.obj) for page in file.pages]


def _digest(page: Object) -> bytes:
    digest = hashlib.sha256()
    for part in _parts(page, set()):
        digest.update(part)
    for annotation in page.get("/Annots", Array()):
        if any(annotation.get("/Rect", Array([0, 0, 1, 1]))):
            digest.update(b"".join(_parts(annotation, set())))
    return digest.digest()


def _parts(value: Object, seen: set[tuple[int, int]]) -> Iterator[bytes]:
    """Everything below `value` in a fixed order, each object once."""
    place = getattr(value, "objgen", _DIRECT)
    if place in seen:
        return
    if place != _DIRECT:
        seen.add(place)
    if isinstance(value, Stream):
        yield value.read_raw_bytes()
    if isinstance(value, Dictionary | Stream):
        for key in sorted(set(value.keys()) - _NOT_DRAWN):
            yield key.encode()
            yield from _parts(value[key], seen)
    elif isinstance(value, Array):
        for item in value:
            yield from _parts(item, seen)
    else:
        yield repr(value).encode()
