"""fpdf2 draws, pyHanko signs."""

from collections.abc import Callable
from pathlib import Path

from fpdf import FPDF

from pdf import PagePlan
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from tests.bench.makers.boxes import boxes
from tests.bench.makers.job import PAGES, Job


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn. Each reads its font anew: fpdf2 has no way to hold one."""
    pages, plain = job.pages(), job.plain()
    return lambda turn: plain.sign(_draw(pages[turn % PAGES], job.font))


def _draw(page: PagePlan, font: Path) -> bytes:
    file = FPDF(unit="pt", format=(PAGE_WIDTH, PAGE_HEIGHT))
    file.add_font("page", fname=font)
    file.add_page()
    for box in boxes(page):
        file.rect(box.x, PAGE_HEIGHT - box.y - box.height, box.width, box.height)
    for text in page.texts:
        file.set_font("page", size=text.size)
        file.text(text.x, PAGE_HEIGHT - text.y, text.text)
    if page.seal is not None:
        place = page.seal.box
        file.image(page.seal.png, place.x, PAGE_HEIGHT - place.y - place.height, place.width, place.height)
    return bytes(file.output())
