"""What a screen reader would say: the structure of a finished file as PDFium reads it, which took no part in writing it."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

ROOM = 4096


@dataclass(frozen=True)
class Said:
    """An element: its tag, the text it holds itself, the words that stand for it, and what is below it."""

    tag: str
    text: str = ""
    alternative: str = ""
    actual_text: str = ""
    children: tuple["Said", ...] = ()

    def walk(self) -> Iterator["Said"]:
        yield self
        for child in self.children:
            yield from child.walk()


def spoken(content: bytes) -> list[Said]:
    """The document element of each page with what it holds of that page."""
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    pages = [_page(document, number) for number in range(pdfium.FPDF_GetPageCount(document))]
    pdfium.FPDF_CloseDocument(document)
    return pages


def sentences(content: bytes) -> list[str]:
    """Every text and picture in the order in which the file is read."""
    said = (element for page in spoken(content) for element in page.walk())
    return [text for element in said if (text := element.text or element.alternative)]


def _page(document: Any, number: int) -> Said:
    page = pdfium.FPDF_LoadPage(document, number)
    text_page = pdfium.FPDFText_LoadPage(page)
    texts: dict[int, str] = {}
    for order in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, order)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT:
            mark = pdfium.FPDFPageObj_GetMarkedContentID(item)
            texts[mark] = texts.get(mark, "") + _text(item, text_page)
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    assert pdfium.FPDF_StructTree_CountChildren(tree) == 1
    said = _element(pdfium.FPDF_StructTree_GetChildAtIndex(tree, 0), texts)
    pdfium.FPDF_StructTree_Close(tree)
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return said


def _element(element: Any, texts: dict[int, str]) -> Said:
    below = (
        pdfium.FPDF_StructElement_GetChildAtIndex(element, order)
        for order in range(pdfium.FPDF_StructElement_CountChildren(element))
    )
    mark = pdfium.FPDF_StructElement_GetMarkedContentID(element)
    return Said(
        _string(pdfium.FPDF_StructElement_GetType, element),
        "" if mark < 0 else texts.get(mark, ""),
        _string(pdfium.FPDF_StructElement_GetAltText, element),
        _string(pdfium.FPDF_StructElement_GetActualText, element),
        tuple(_element(child, texts) for child in below if child),
    )


def _text(item: Any, text_page: Any) -> str:
    room = (ctypes.c_ushort * ROOM)()
    size = pdfium.FPDFTextObj_GetText(item, text_page, room, ROOM * 2)
    return bytes(room)[: max(size - 2, 0)].decode("utf-16-le").rstrip(" ")


def _string(ask: Callable[..., int], element: Any) -> str:
    room = ctypes.create_string_buffer(ROOM)
    size = ask(element, room, ROOM)
    return room.raw[: max(size - 2, 0)].decode("utf-16-le")
