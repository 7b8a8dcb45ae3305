"""What PDFium finds on each page of a file: an independent reader for the inspection (pypdfium2, raw interface)."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pypdfium2.raw as pdfium

from pdf.errors import PageMismatch, SignatureMismatch
from pdf.layout import Box
from pdf.visible_seal.reading import paint_place

ONE_READER = Lock()
"""PDFium must not run in two threads of a process."""

_TEXT_UNITS = 2048
_RANGES = 4
_DIVIDING_HYPHEN = "\x02"
_UNMARKED = -1


@dataclass(frozen=True, slots=True)
class DrawnText:
    """One stretch of text as drawn: where its base line begins, the font size, the fill colour, the box it covers.

    `mark` is the marked-content identifier it stands in, None in an artifact.
    """

    text: str
    x: float
    y: float
    size: float
    colour: tuple[int, int, int, int]
    box: Box
    mark: int | None


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """All objects of a page; `images` with their marks; `paths` are the boxes of those that are artifacts, in order;
    `code_place` is the painted place of the code.

    `others` counts what our pages never have: shadings, forms, invisible or clipped text, and whatever stands in no
    marked content, in more than one, or is a path that would be read.
    """

    size: tuple[float, float]
    texts: tuple[DrawnText, ...]
    images: tuple[tuple[Box, int | None], ...]
    paths: tuple[Box, ...]
    others: int
    code_place: bytes


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """All pages, and the byte range of the file's only signature."""

    pages: tuple[DrawnPage, ...]
    byte_range: tuple[int, int, int, int]


def read_file(content: bytes) -> DrawnFile:
    """Read a PDF file; raises `PageMismatch` if PDFium cannot, `SignatureMismatch` unless it has one signature."""
    with ONE_READER, _opened(content) as document:
        pages = tuple(_page(document, index) for index in range(pdfium.FPDF_GetPageCount(document)))
        return DrawnFile(pages, _byte_range(document))


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        raise PageMismatch
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _byte_range(document: Any) -> tuple[int, int, int, int]:
    if pdfium.FPDF_GetSignatureCount(document) != 1:
        raise SignatureMismatch
    signature = pdfium.FPDF_GetSignatureObject(document, 0)
    numbers = (ctypes.c_int * _RANGES)()
    if pdfium.FPDFSignatureObj_GetByteRange(signature, numbers, _RANGES) != _RANGES:
        raise SignatureMismatch
    first, length, second, rest = numbers
    return first, length, second, rest


def _page(document: Any, index: int) -> DrawnPage:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        raise PageMismatch(index + 1)
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return _objects(page, text_page)
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _objects(page: Any, text_page: Any) -> DrawnPage:
    texts: list[DrawnText] = []
    images: list[tuple[Box, int | None]] = []
    paths: list[Box] = []
    others = 0
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, number)
        kind = pdfium.FPDFPageObj_GetType(item)
        is_marked, mark = _mark(item)
        if not is_marked:
            others += 1
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT and _is_plain(item):
            texts.append(_text(item, text_page, mark))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images.append((_box(item), mark))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and mark is None:
            paths.append(_box(item))
        else:
            others += 1
    size = (pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page))
    _lift_ground(page)
    return DrawnPage(size, tuple(texts), tuple(images), tuple(paths), others, paint_place(page))


def _lift_ground(page: Any) -> None:
    """Take the first path away, in this reader's memory: to paint the ground takes longer than all the rest.

    It lies under everything, the code's opaque image too, and what it is was asked of the file.
    """
    lowest = pdfium.FPDFPage_GetObject(page, 0)
    if lowest and pdfium.FPDFPageObj_GetType(lowest) == pdfium.FPDF_PAGEOBJ_PATH:
        pdfium.FPDFPage_RemoveObject(page, lowest)
        pdfium.FPDFPageObj_Destroy(lowest)


def _is_plain(item: Any) -> bool:
    filled = pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_FILL
    clips = pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(item))
    return bool(filled and clips <= 0)


def _mark(item: Any) -> tuple[bool, int | None]:
    """Whether `item` stands in exactly one marked content, and its identifier there; without one it is an artifact."""
    identifier = pdfium.FPDFPageObj_GetMarkedContentID(item)
    return pdfium.FPDFPageObj_CountMarks(item) == 1, None if identifier == _UNMARKED else identifier


def _text(item: Any, text_page: Any, mark: int | None) -> DrawnText:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(item, size)
    channels = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(item, *channels)
    red, green, blue, alpha = (channel.value for channel in channels)
    text = text_drawn(item, text_page)
    return DrawnText(text, matrix.e, matrix.f, size.value, (red, green, blue, alpha), _box(item), mark)


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


def _box(item: Any) -> Box:
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    return Box(left, bottom, right - left, top - bottom)
