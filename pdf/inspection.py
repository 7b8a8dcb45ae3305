"""Reads the finished, still unsigned file back and compares it with the plan: nothing missing and nothing more.

Three readings that had no part in writing it. PDFium says what the pages show, and where. A strict reader follows the
file object for object, and each page operator for operator, with the meanings and outlines of the file's own fonts. qpdf
reads the part that every certificate of a shape begins with, once; from then on that part is compared byte for byte.
The cause of every published misissue would have been caught here: what is on the paper is compared, not what was meant
to be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pdf.composing import byte_range_digest
from pdf.document_part import check_document
from pdf.errors import NumberMismatch, PageMismatch, SealMismatch
from pdf.file_structure import checked_form
from pdf.font_chain import FontChain
from pdf.form_drawing import FOOT_PATHS, TABLE_PATHS
from pdf.ground import BOX as GROUND_BOX
from pdf.ground import PATHS as GROUND_PATHS
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH, Box, PlacedText
from pdf.page_content import mismatch
from pdf.page_plan import PagePlan
from pdf.page_reader import Drawn, DrawnObjects, OpenPage, open_file
from pdf.visible_seal.code_check import check_code
from pdf.visible_seal.seal_code import PLACE

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
    with open_file(content) as file:
        if file.page_count != len(pages):
            raise PageMismatch
        for order, planned in enumerate(pages, 1):
            with file.page(order) as page:
                drawn = page.objects()
                _check_texts(page, drawn.texts, planned)
                _check_objects(page, drawn, planned)
                check_code(planned, page.code_place(drawn))
        file.require_one_signature()
    number = _number_of_every_page(pages)
    part, shape = checked_form(content, pages)
    byte_range = check_document(content, part, shape, pages, fonts)
    tokens = tuple(page.seal_code.token for page in pages if page.seal_code is not None)
    return Inspected(byte_range_digest(content, byte_range), number, len(pages), byte_range, tokens)


def _number_of_every_page(pages: Sequence[PagePlan]) -> str:
    """The issuance number that stands on each page; asked once its texts were found as planned."""
    numbers = {"".join([text.text for text in page.texts if text.field == "issuance_number"]) for page in pages}
    if len(numbers) != 1:
        raise NumberMismatch(None, "issuance_number")
    return numbers.pop()


def _check_texts(page: OpenPage, drawn: list[Drawn], planned: PagePlan) -> None:
    """PDFium reads all texts as planned, each in its place.

    Where it would read them in another order, or a text is drawn with several fonts, every object is asked on its own.
    """
    whole = "".join([text.text for text in planned.texts])
    alike = len(drawn) == len(planned.texts) and _inked(page.text()) == _inked(whole)
    shown = planned.texts if alike else _one_by_one(page, len(drawn), planned)
    for text, (left, foot, right, head) in zip(shown, drawn, strict=True):
        box = text.box
        across = left >= box.x - _INK and right <= box.x + box.width + _INK
        if not across or foot < box.y - _INK or head > box.y + box.height + _INK:
            raise mismatch(text, planned.number)


def _inked(text: str) -> str:
    """Without white space, which PDFium changes as it likes; what is in the file is compared exactly elsewhere."""
    return "".join(text.split())


def _one_by_one(page: OpenPage, count: int, planned: PagePlan) -> list[PlacedText]:
    """Which text each of the `count` text objects belongs to; raises where one says something else."""
    stretches = iter(page.stretches())
    shown: list[PlacedText] = []
    for text in planned.texts:
        wanted = _folded(text.text)
        while wanted.strip(" "):
            # PDFium adds one blank of its own to a text that is followed by another on the same line.
            read = _folded(next(stretches, ""))
            read = read if wanted.startswith(read) else read.removesuffix(" ")
            if not read or not wanted.startswith(read):
                raise mismatch(text, planned.number)
            wanted = wanted[len(read) :]
            shown.append(text)
    if len(shown) != count:
        raise PageMismatch(planned.number)
    return shown


def _folded(text: str) -> str:
    """PDFium reads several plain spaces as one; how many there are cannot be told, nor seen."""
    return _SPACES.sub(" ", text)


def _check_objects(page: OpenPage, drawn: DrawnObjects, planned: PagePlan) -> None:
    paths = GROUND_PATHS + TABLE_PATHS + FOOT_PATHS
    width, height = page.size
    if drawn.others or len(drawn.paths) != paths or not (_near(width, PAGE_WIDTH) and _near(height, PAGE_HEIGHT)):
        raise PageMismatch(planned.number)
    if not _fills(drawn.paths[0], GROUND_BOX):
        raise PageMismatch(planned.number)
    boxes = [image.box for _, image in planned.images] + ([PLACE] if planned.seal_code is not None else [])
    if len(drawn.images) != len(boxes) or not all(map(_fills, drawn.images, boxes)):
        raise SealMismatch(planned.number)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _NEAR


def _fills(drawn: Drawn, box: Box) -> bool:
    left, foot, right, head = drawn
    corners = _near(left, box.x) and _near(foot, box.y)
    return corners and _near(right, box.x + box.width) and _near(head, box.y + box.height)
