"""Typst draws, from a template that is compiled once; pyHanko signs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import typst

from pdf import PagePlan
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from tests.bench.makers.boxes import boxes
from tests.bench.makers.job import PAGES, Job

_TEMPLATE: Final = """
#let page-data = json(bytes(sys.inputs.page))
#set page(width: %(width)spt, height: %(height)spt, margin: 0pt)
#set text(font: "%(family)s", top-edge: "baseline", bottom-edge: "baseline", fallback: false)
#for (x, y, w, h) in page-data.boxes {
  place(top + left, dx: x * 1pt, dy: y * 1pt, rect(width: w * 1pt, height: h * 1pt, stroke: 0.5pt))
}
#for (x, y, size, words) in page-data.texts {
  place(top + left, dx: x * 1pt, dy: y * 1pt, text(size: size * 1pt, words))
}
#for (x, y, w, h) in page-data.seals {
  place(top + left, dx: x * 1pt, dy: y * 1pt, image("seal.png", width: w * 1pt, height: h * 1pt))
}
"""


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn. Template and seal are kept in the job's directory."""
    pages, plain, draw = job.pages(), job.plain(), _drawer(job.font, job.directory)
    return lambda turn: plain.sign(draw(pages[turn % PAGES]))


def _drawer(font: Path, directory: Path) -> Callable[[PagePlan], bytes]:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font.parent)])
    family = next(info.family for info in fonts.fonts() if info.path is not None and Path(info.path) == font)
    template = directory / "page.typ"
    template.write_text(_TEMPLATE % {"width": PAGE_WIDTH, "height": PAGE_HEIGHT, "family": family}, encoding="utf-8")
    compilers: list[typst.Compiler] = []

    def draw(page: PagePlan) -> bytes:
        if not compilers:
            if page.seal is not None:
                (directory / "seal.png").write_bytes(page.seal.png)
            compilers.append(typst.Compiler(str(template), root=str(directory), font_paths=fonts))
        drawn = compilers[0].compile(format="pdf", sys_inputs={"page": json.dumps(_data(page))})
        assert isinstance(drawn, bytes)
        return drawn

    return draw


def _data(page: PagePlan) -> dict[str, object]:
    seals = [] if page.seal is None else [page.seal.box]
    return {
        "boxes": [[box.x, PAGE_HEIGHT - box.y - box.height, box.width, box.height] for box in boxes(page)],
        "texts": [[text.x, PAGE_HEIGHT - text.y, text.size, text.text] for text in page.texts],
        "seals": [[box.x, PAGE_HEIGHT - box.y - box.height, box.width, box.height] for box in seals],
    }
