"""A table as a PDF to print or to file: A4 across, the headings on every page, page numbers, the fonts of certificates."""

import io
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from civil.calendar import JST
from civil.errors import KioskError
from kiosk_server.exporting.table_writer import Cell

FONT: Final = "IPAexMincho"
_SIZE: Final = 7.5
_LEADING: Final = 11
_WIDTH, _HEIGHT = landscape(A4)
_MARGIN: Final = 30
_TOP: Final = _HEIGHT - 52
_ROWS: Final = int((_TOP - 40) / _LEADING)
_GAP: Final = 5


class CannotBeDrawn(KioskError):
    """PDF の文字にない字が含まれるため、書き出しませんでした。CSV か Excel を選んでください。 /
    The font of the PDF lacks a character, so nothing was written. Choose CSV or Excel."""


class PdfTable:
    """A `TableWriter` for at most so many rows as somebody would print. Everything comes at the end."""

    content_type = "application/pdf"
    suffix = "pdf"
    most_rows = 5_000

    def __init__(self, title: str, now: datetime) -> None:
        """Take what stands above every page and the instant (UTC) that it tells."""
        font = TTFont(FONT, str(font_file()))
        registerFont(font)
        self._glyphs = font.face.charToGlyph
        self._title = f"{title}  {now.astimezone(JST):%Y-%m-%d %H:%M}"
        self._rows: list[Sequence[str]] = []
        self._headings: Sequence[str] = ()

    def begin(self, headings: Sequence[str]) -> bytes:
        """Nothing yet."""
        self._headings = headings
        return b""

    def add(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """Nothing yet. Raises CannotBeDrawn."""
        texts = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
        if any(ord(one) not in self._glyphs for row in texts for cell in row for one in cell):
            raise CannotBeDrawn
        self._rows += texts
        return b""

    def end(self) -> bytes:
        """The whole file."""
        out = io.BytesIO()
        canvas = Canvas(out, (_WIDTH, _HEIGHT), pageCompression=1)
        canvas.setTitle(self._title)
        pages = [self._rows[begin : begin + _ROWS] for begin in range(0, len(self._rows), _ROWS)] or [[]]
        widths = self._widths()
        for number, rows in enumerate(pages, start=1):
            self._page(canvas, rows, widths, f"{number} / {len(pages)}")
        canvas.save()
        return out.getvalue()

    def _widths(self) -> Sequence[float]:
        """As wide as the widest of each column needs, all narrowed alike where that is more than the page has."""
        columns = zip(self._headings, *self._rows, strict=True)
        natural = [max(stringWidth(text, FONT, _SIZE) for text in column) + _GAP for column in columns]
        return [width * min(1.0, (_WIDTH - 2 * _MARGIN) / sum(natural)) for width in natural]

    def _page(self, canvas: Canvas, rows: Sequence[Sequence[str]], widths: Sequence[float], number: str) -> None:
        canvas.setFont(FONT, 11)
        canvas.drawString(_MARGIN, _HEIGHT - 34, self._title)
        canvas.setFont(FONT, _SIZE)
        canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 34, number)
        for place, row in enumerate([self._headings, *rows]):
            line = _TOP - place * _LEADING
            for left, width, text in zip(accumulate(widths, initial=_MARGIN), widths, row, strict=False):
                _fitted(canvas, left, line, width - _GAP, text)
            canvas.setLineWidth(0.8 if place == 0 else 0.2)
            canvas.line(_MARGIN, line - 3, _MARGIN + sum(widths), line - 3)
        canvas.showPage()


def font_file() -> Path:
    """The font that comes with us, of certificates and of these tables."""
    # Found without loading the room beside it, which would take half a second and 50 MB for a path.
    room = find_spec("pdf")
    assert room is not None, "pdf is installed with us"  # noqa: S101 - for the type
    assert room.origin is not None, "and is no namespace"  # noqa: S101 - for the type
    return Path(room.origin).parent / "fonts" / "ipaexm.ttf"


def _fitted(canvas: Canvas, left: float, line: float, width: float, text: str) -> None:
    """The whole text, made narrower where the column is: nothing is cut off."""
    needed = stringWidth(text, FONT, _SIZE)
    drawn = canvas.beginText(left, line)
    drawn.setFont(FONT, _SIZE)
    drawn.setHorizScale(100 * min(1.0, width / needed) if needed else 100)
    drawn.textOut(text)
    canvas.drawText(drawn)
