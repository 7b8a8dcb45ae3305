"""WeasyPrint draws, from HTML with every text at its place; pyHanko signs."""

import base64
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from pdf import PagePlan
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH, Box
from tests.bench.makers.boxes import boxes
from tests.bench.makers.job import PAGES, Job

_STYLE: Final = """
@font-face { font-family: page; src: url(%(font)s) }
@page { size: %(width)spt %(height)spt; margin: 0 }
body { margin: 0; font-family: page }
div, img { position: absolute; line-height: 1; white-space: pre }
.b { border: 0.5pt solid black; box-sizing: border-box }
"""


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn. The style and its font are read once."""
    pages, plain, draw = job.pages(), job.plain(), _drawer(job.font)
    return lambda turn: plain.sign(draw(pages[turn % PAGES]))


def _drawer(font: Path) -> Callable[[PagePlan], bytes]:
    fonts = FontConfiguration()
    style = _STYLE % {"font": font.as_uri(), "width": PAGE_WIDTH, "height": PAGE_HEIGHT}
    sheet = CSS(string=style, font_config=fonts)

    def draw(page: PagePlan) -> bytes:
        drawn = HTML(string="".join(_lines(page))).write_pdf(stylesheets=[sheet], font_config=fonts)
        assert isinstance(drawn, bytes)
        return drawn

    return draw


def _lines(page: PagePlan) -> Iterator[str]:
    for box in boxes(page):
        yield f'<div class="b" style="{_place(box)}"></div>'
    for text in page.texts:
        # The line is as high as the letters, whose base line stands at about 0.88 of it.
        top = PAGE_HEIGHT - text.y - 0.88 * text.size
        yield f'<div style="left:{text.x}pt;top:{top}pt;font-size:{text.size}pt">{escape(text.text)}</div>'
    if page.seal is not None:
        source = base64.b64encode(page.seal.png).decode()
        yield f'<img style="{_place(page.seal.box)}" src="data:image/png;base64,{source}">'


def _place(box: Box) -> str:
    top = PAGE_HEIGHT - box.y - box.height
    return f"left:{box.x}pt;top:{top}pt;width:{box.width}pt;height:{box.height}pt"
