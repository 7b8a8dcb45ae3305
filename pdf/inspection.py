"""Reads the finished, still unsigned file back and compares it with the plan: nothing missing and nothing more.

Two readers that had no part in writing it: PDFium for what is drawn, qpdf for fonts, images, structure and the order of
reading. The cause of every published misissue would have been caught here: what is on the paper is compared, not what
was meant to be.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdf.composing import byte_range_digest
from pdf.errors import IdentityMismatch, InspectionFailed, NumberMismatch, PageMismatch, SealMismatch, SignatureMismatch
from pdf.file_structure import check_structure
from pdf.font_chain import FontChain
from pdf.form_drawing import FOOT_PATHS, PATHS_PER_TABLE
from pdf.ground import BOX as GROUND_BOX
from pdf.ground import PATHS as GROUND_PATHS
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH, Box, PlacedText
from pdf.page_plan import PagePlan
from pdf.page_reader import DrawnFile, DrawnPage, DrawnText, read_file
from pdf.visible_seal.code_check import check_code
from pdf.visible_seal.seal_code import PLACE

_NUMBERS = {"issuance_number", "page_number", "microtext"}
_SPACES = re.compile(" {2,}")
_NEAR = 0.05
"""Points: what rounding to two decimals and PDFium's single precision may shift."""

_INK = 0.75
"""Points by which a glyph may reach out of its box."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A document that passed: SHA-256 over its byte range, the number read on every page, the pages, and that range.

    `tokens` are those of the codes read on the pages, one on each page or none at all.
    """

    digest: bytes
    issuance_number: str
    page_count: int
    byte_range: tuple[int, int, int, int]
    tokens: tuple[bytes, ...] = ()


def inspect(content: bytes, pages: Sequence[PagePlan], fonts: FontChain) -> Inspected:
    """Pass the file or raise the subclass of `InspectionFailed` that says what differs from the plan."""
    file = read_file(content)
    if len(file.pages) != len(pages):
        raise PageMismatch
    for drawn, planned in zip(file.pages, pages, strict=True):
        _check_texts(drawn, planned)
        _check_objects(drawn, planned)
        check_code(planned, drawn.code_place)
    number = _number_of_every_page(pages)
    check_structure(content, pages, fonts)
    _check_byte_range(content, file)
    tokens = tuple(page.seal_code.token for page in pages if page.seal_code is not None)
    return Inspected(byte_range_digest(content, file.byte_range), number, len(pages), file.byte_range, tokens)


def _number_of_every_page(pages: Sequence[PagePlan]) -> str:
    """The issuance number that stands on each page; asked once its texts were found as planned."""
    numbers = {"".join(text.text for text in page.texts if text.field == "issuance_number") for page in pages}
    if len(numbers) != 1:
        raise NumberMismatch(None, "issuance_number")
    return numbers.pop()


def _check_texts(drawn: DrawnPage, planned: PagePlan) -> None:
    rest = iter(drawn.texts)
    for text, mark in zip(planned.texts, planned.reading.text_marks, strict=True):
        _check_text(text, mark, rest, planned.number)
    if next(rest, None) is not None:
        raise PageMismatch(planned.number)


def _check_text(planned: PlacedText, mark: int | None, rest: Iterator[DrawnText], page: int) -> None:
    """One planned text may be drawn in several stretches, one for each font; the same element reads them all."""
    wanted, first = _folded(planned.text), True
    while wanted.strip(" "):
        piece = next(rest, None)
        if piece is None or not _as_planned(piece, planned, first=first):
            raise _mismatch(planned, page)
        # PDFium adds one blank of its own to a text that is followed by another on the same line.
        read = _folded(piece.text)
        read = read if wanted.startswith(read) else read.removesuffix(" ")
        if not read or not wanted.startswith(read) or piece.mark != mark:
            raise _mismatch(planned, page)
        wanted, first = wanted[len(read) :], False


def _folded(text: str) -> str:
    """PDFium reads several plain spaces as one; how many there are cannot be told, nor seen."""
    return _SPACES.sub(" ", text)


def _mismatch(planned: PlacedText, page: int) -> InspectionFailed:
    kind = NumberMismatch if planned.field in _NUMBERS else IdentityMismatch
    return kind(page, planned.field)


def _as_planned(piece: DrawnText, planned: PlacedText, *, first: bool) -> bool:
    grey = round(planned.grey * 255)
    starts = not first or (_near(piece.x, planned.x) and _near(piece.y, planned.y))
    same = _near(piece.size, planned.size) and piece.colour == (grey, grey, grey, 255)
    return starts and same and _inside(piece.box, planned.box)


def _check_objects(drawn: DrawnPage, planned: PagePlan) -> None:
    paths = GROUND_PATHS + PATHS_PER_TABLE * len(planned.tables) + FOOT_PATHS
    width, height = drawn.size
    if drawn.others or len(drawn.paths) != paths or not (_near(width, PAGE_WIDTH) and _near(height, PAGE_HEIGHT)):
        raise PageMismatch(planned.number)
    if not _same_box(drawn.paths[0], GROUND_BOX):
        raise PageMismatch(planned.number)
    wanted = [(image.box, planned.reading.image_mark(name)) for name, image in planned.images]
    wanted += [(PLACE, None)] if planned.seal_code is not None else []
    if len(drawn.images) != len(wanted) or not all(map(_same_image, drawn.images, wanted)):
        raise SealMismatch(planned.number)


def _check_byte_range(content: bytes, file: DrawnFile) -> None:
    first, start, end, rest = file.byte_range
    gap = content[start:end]
    if first != 0 or end + rest != len(content) or gap != b"<" + b"0" * (len(gap) - 2) + b">":
        raise SignatureMismatch


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _NEAR


def _same_image(one: tuple[Box, int | None], other: tuple[Box, int | None]) -> bool:
    return _same_box(one[0], other[0]) and one[1] == other[1]


def _same_box(one: Box, other: Box) -> bool:
    corners = _near(one.x, other.x) and _near(one.y, other.y)
    return corners and _near(one.width, other.width) and _near(one.height, other.height)


def _inside(ink: Box, box: Box) -> bool:
    left, foot = ink.x >= box.x - _INK, ink.y >= box.y - _INK
    right, head = ink.x + ink.width <= box.x + box.width + _INK, ink.y + ink.height <= box.y + box.height + _INK
    return left and foot and right and head
