"""What PDFium finds on each page of a file: an independent reader for the inspection (pypdfium2, raw interface)."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from threading import Lock
from typing import Any

import pypdfium2.raw as pdfium

from pdf.errors import PageMismatch, SignatureMismatch
from pdf.pdfium_calls import addresses, get_bounds, get_object, get_type
from pdf.visible_seal.drawing import PIXELS_OF_A_MODULE
from pdf.visible_seal.reading import MOST_PAINTED, PAINTED_OF_A_MODULE, paint_place

ONE_READER = Lock()
"""PDFium must not run in two threads of a process."""

_TEXT_UNITS = 2048
_DIVIDING_HYPHEN = "\x02"
_TEXT, _PATH, _PICTURE = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE

Drawn = Sequence[float]
"""The edges of an object's ink: left, foot, right, head."""

_EDGES = 4


@dataclass(frozen=True, slots=True)
class DrawnObjects:
    """All objects of a page in drawing order; `others` counts what our pages never have: shadings and forms.

    `last_picture` is which of all objects is the last image.
    """

    texts: list[Drawn]
    images: list[Drawn]
    paths: list[Drawn]
    others: int
    last_picture: int | None


class OpenPage:
    """A page that PDFium has loaded, with its text."""

    def __init__(self, page: Any, text_page: Any) -> None:
        self._page = page
        self._text_page = text_page

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return pdfium.FPDF_GetPageWidthF(self._page), pdfium.FPDF_GetPageHeightF(self._page)

    def text(self) -> str:
        """Everything that the page says, in one piece: texts in drawing order, those of one line from left to right."""
        count = pdfium.FPDFText_CountChars(self._text_page)
        room = (ctypes.c_ushort * (count + 1))()
        size = pdfium.FPDFText_GetText(self._text_page, 0, count, room)
        text = bytes(room)[: max(2 * size - 2, 0)].decode("utf-16-le", errors="replace")
        return text.replace(_DIVIDING_HYPHEN, "-")

    def stretches(self) -> list[str]:
        """What each text object says; takes far longer than the whole text."""
        items = (pdfium.FPDFPage_GetObject(self._page, n) for n in range(pdfium.FPDFPage_CountObjects(self._page)))
        texts = [item for item in items if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT]
        return [text_drawn(item, self._text_page) for item in texts]

    def objects(self) -> DrawnObjects:
        """Where everything is."""
        page = ctypes.cast(self._page, ctypes.c_void_p).value
        count = pdfium.FPDFPage_CountObjects(self._page)
        items = list(map(get_object, repeat(page), range(count)))
        edges = (ctypes.c_float * (_EDGES * count))()
        if not all(map(get_bounds, items, *addresses(edges, _EDGES))):
            raise PageMismatch
        found: dict[int, list[Drawn]] = {_TEXT: [], _PICTURE: [], _PATH: []}
        others: list[Drawn] = []
        kinds = list(map(get_type, items))
        for kind, drawn in zip(kinds, zip(*[iter(edges[:])] * _EDGES, strict=True), strict=True):
            found.get(kind, others).append(drawn)
        last_picture = None if not found[_PICTURE] else count - 1 - kinds[::-1].index(_PICTURE)
        return DrawnObjects(found[_TEXT], found[_PICTURE], found[_PATH], len(others), last_picture)

    def code_place(self, drawn: DrawnObjects) -> bytes:
        """The painted place of the code, which is the last picture; nothing where there is none.

        The ground goes, in this reader's memory: to paint it takes longer than all the rest. It lies under everything, the
        code's opaque image too, and what it is was asked of the file.
        """
        if drawn.last_picture is None:
            return b""
        width, height = ctypes.c_uint(), ctypes.c_uint()
        picture = pdfium.FPDFPage_GetObject(self._page, drawn.last_picture)
        pdfium.FPDFImageObj_GetImagePixelSize(picture, width, height)
        lowest = pdfium.FPDFPage_GetObject(self._page, 0)
        if pdfium.FPDFPageObj_GetType(lowest) == _PATH:
            pdfium.FPDFPage_RemoveObject(self._page, lowest)
            pdfium.FPDFPageObj_Destroy(lowest)
        side = width.value // PIXELS_OF_A_MODULE * PAINTED_OF_A_MODULE
        return paint_place(self._page, min(side, MOST_PAINTED))


class OpenFile:
    """A file that PDFium has loaded."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return int(pdfium.FPDF_GetPageCount(self._document))

    @contextmanager
    def page(self, number: int) -> Iterator[OpenPage]:
        """A page, counted from 1; raises `PageMismatch` if PDFium cannot read it."""
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not page:
            raise PageMismatch(number)
        text_page = pdfium.FPDFText_LoadPage(page)
        try:
            yield OpenPage(page, text_page)
        finally:
            pdfium.FPDFText_ClosePage(text_page)
            pdfium.FPDF_ClosePage(page)

    def require_one_signature(self) -> None:
        """Raises `SignatureMismatch` unless there is exactly one."""
        if pdfium.FPDF_GetSignatureCount(self._document) != 1:
            raise SignatureMismatch


@contextmanager
def open_file(content: bytes) -> Iterator[OpenFile]:
    """A PDF file, for one reader at a time; raises `PageMismatch` if PDFium cannot read it."""
    with ONE_READER:
        document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
        if not document:
            raise PageMismatch
        try:
            yield OpenFile(document)
        finally:
            pdfium.FPDF_CloseDocument(document)


def text_drawn(item: Any, text_page: Any) -> str:
    """What a text object says, as it is drawn; raises `PageMismatch` for one longer than any of ours."""
    room = (ctypes.c_ushort * _TEXT_UNITS)()
    size = pdfium.FPDFTextObj_GetText(item, text_page, room, _TEXT_UNITS * 2)
    if size > _TEXT_UNITS * 2:
        raise PageMismatch
    # The size counts the closing zero; lone surrogates must differ from the plan, not stop the reading.
    text = bytes(room)[: max(size - 2, 0)].decode("utf-16-le", errors="replace")
    # At the end of a line PDFium takes a hyphen for one that divides a word, and marks it so.
    return text[:-1] + "-" if text.endswith(_DIVIDING_HYPHEN) else text
