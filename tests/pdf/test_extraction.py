"""What other programs read on the paper."""

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pdf import FontChain, ResidentRecordSnapshot
from tests.pdf.samples import FOREIGN, SNAPSHOT, composed, named

NAMES = ("葛󠄂西　花子", "渡邉󠄏　一", "辻󠄃　二郎", "𠮷田　三郎", "䶒藤󠄃　太朗󠄅", "髙﨑　四郎")
HOUSEHOLD = replace(SNAPSHOT, persons=(*named(*NAMES), FOREIGN), specimen=True)


def _pdftotext(content: bytes, directory: Path) -> list[str]:
    file = directory / "paper.pdf"
    file.write_bytes(content)
    run = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)  # noqa: S607 - on the path, wherever the system has it
    return run.stdout.decode().split("\f")


def _pdfium(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as file:
        return [page.get_textpage().get_text_range() for page in file]


@pytest.mark.usefixtures("poppler")
def test_a2_poppler_reads_every_name_with_its_variation_selectors(fonts: FontChain, tmp_path: Path) -> None:
    lines = "\n".join(_pdftotext(composed(HOUSEHOLD, fonts).content, tmp_path))
    # Poppler gives every space as a plain one.
    names = [name.replace("　", " ") for name in (*NAMES, FOREIGN.name, FOREIGN.alias or "")]
    assert [name for name in names if name not in lines] == []


def test_a2_pdfium_reads_every_name_with_its_variation_selectors(fonts: FontChain) -> None:
    text = "\n".join(_pdfium(composed(HOUSEHOLD, fonts).content))
    assert [name for name in NAMES if name not in text] == []


@pytest.mark.usefixtures("poppler")
def test_mis_06_three_pages_for_nine_persons_numbered_and_certified_once(fonts: FontChain, tmp_path: Path) -> None:
    snapshot = replace(SNAPSHOT, persons=named(*"一二三四五六七八九"))
    pages = _pdftotext(composed(snapshot, fonts).content, tmp_path)[:3]
    assert ["証明する。" in page for page in pages] == [False, False, True]
    for number, page in enumerate(pages, 1):
        assert f"{number}/3" in page
        assert SNAPSHOT.issuance_number in page


def _reading(snapshot: ResidentRecordSnapshot, fonts: FontChain, directory: Path) -> list[str]:
    return _pdftotext(composed(snapshot, fonts).content, directory)[0].split()


@pytest.mark.usefixtures("poppler")
def test_labels_and_values_are_read_in_the_order_of_the_form(fonts: FontChain, tmp_path: Path) -> None:
    words = _reading(SNAPSHOT, fonts, tmp_path)
    for label, value in [("生年月日", "昭和60年4月1日"), ("性別", "男"), ("本籍", "栃木県見本市本城三丁目2145番地")]:
        assert words[words.index(label) + 1] == value


def test_every_font_is_embedded(fonts: FontChain) -> None:
    with pikepdf.open(BytesIO(composed(HOUSEHOLD, fonts).content)) as file:
        every = [font for page in file.pages for font in page.Resources.Font.values()]
        assert every
        for font in every:
            assert font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()[:4] == b"\0\1\0\0"
