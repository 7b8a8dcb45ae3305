"""What programs that are not ours read on the pages of a file: poppler's pdftotext, and PDFium as text would be copied from it."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_DIVIDING_HYPHEN = "\x02"
"""What PDFium takes a hyphen for that stands at the end of a line."""

_ANY_SPACE = re.compile(r"\s+")


def poppler_pages(content: bytes) -> list[str]:
    """The text of each page, without spaces: poppler gives all of them as plain ones, and a line break as another."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)  # noqa: S607 - on the path, wherever the system has it
    return [without_spaces(page) for page in run.stdout.decode().split("\f")[:-1]]


def pdfium_pages(content: bytes) -> list[str]:
    """The text of each page without plain spaces, of which PDFium drops some at the end of a line; full-width ones are as drawn.

    What it adds of its own between two stretches is left out.
    """
    with pypdfium2.PdfDocument(content) as document:
        return [without_plain_spaces(_text(page.get_textpage())) for page in document]


def _text(page: Any) -> str:
    units = b"".join(unit.to_bytes(2, "little") for unit in _units(page))
    return units.decode("utf-16-le", errors="surrogatepass").replace(_DIVIDING_HYPHEN, "-")


def _units(page: Any) -> Iterator[int]:
    for index in range(page.count_chars()):
        if pdfium.FPDFText_IsGenerated(page, index) != 1:
            yield pdfium.FPDFText_GetUnicode(page, index)


def without_spaces(text: str) -> str:
    return _ANY_SPACE.sub("", text)


def without_plain_spaces(text: str) -> str:
    return text.replace(" ", "")


def is_read_on(pages: Sequence[str], text: str) -> bool:
    """Whether `text` stands on a page, or goes on from one page to the next."""
    return any(not _rest(pages[first:], text) for first in range(len(pages)))


def _rest(pages: Sequence[str], text: str) -> str:
    for page in pages:
        if not text:
            break
        length = _longest(page, text)
        if not length:
            break
        text = text[length:]
    return text


def _longest(page: str, text: str) -> int:
    """How much of the beginning of `text` stands on the page in one piece."""
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if text[:middle] in page else (least, middle - 1)
    return least
