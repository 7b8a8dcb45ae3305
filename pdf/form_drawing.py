"""Draws the rules of a form as PDF drawing operators. Each form is drawn once, by reportlab, and kept."""

import re
from functools import lru_cache
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from pdf.forms.table import Table
from pdf.layout import MM, PAGE_HEIGHT, PAGE_WIDTH, from_top

TABLE_PATHS = 3
"""Painted paths of all tables together: the labels, the rules above rows, the outer edges."""

FOOT_PATHS = 1

_SHADE = 0.94
_THIN = 0.4
_THICK = 0.9
_ONLY_STREAM = re.compile(rb"14\.4 TL ET\n(.*?)\n?endstream", re.DOTALL)


@lru_cache(maxsize=256)
def table_rules(tables: tuple[Table, ...]) -> bytes:
    """Labels, rules and edges of a page's tables; nothing is drawn twice, since PDFium reads each number on every page."""
    canvas, file = _canvas()
    labels, rules, edges = canvas.beginPath(), canvas.beginPath(), canvas.beginPath()
    for table in tables:
        for label in table.shades():
            labels.rect(label.x, label.y, label.width, label.height)
        for line in table.rules():
            rules.moveTo(line.x, line.y)
            rules.lineTo(line.x + line.width, line.y)
        frame = table.frame()
        edges.rect(frame.x, frame.y, frame.width, frame.height)
    canvas.setFillGray(_SHADE)
    canvas.setLineWidth(_THIN)
    canvas.drawPath(labels, fill=1)
    canvas.drawPath(rules)
    canvas.setLineWidth(_THICK)
    canvas.drawPath(edges)
    return _operators(canvas, file)


@lru_cache(maxsize=4)
def foot_rule(top: float) -> bytes:
    """The line above issuance number and page number; `top` in millimetres from the upper edge."""
    canvas, file = _canvas()
    line = from_top(15, top, 180, 0)
    canvas.setLineWidth(_THIN)
    canvas.line(line.x, line.y, line.x + 180 * MM, line.y)
    return _operators(canvas, file)


def _canvas() -> tuple[Canvas, BytesIO]:
    file = BytesIO()
    return Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=0, invariant=1), file


def _operators(canvas: Canvas, file: BytesIO) -> bytes:
    canvas.showPage()
    canvas.save()
    found = _ONLY_STREAM.search(file.getvalue())
    if found is None:
        raise RuntimeError("reportlab no longer writes its page as this module reads it")
    return b"q\n" + found[1].strip() + b"\nQ\n"
