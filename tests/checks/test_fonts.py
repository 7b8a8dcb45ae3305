"""Osaka 2019 printed wrong eras where a table had not been renewed; what is drawn depends on the fonts in the same way."""

import shutil
from pathlib import Path

import pytest

import pdf
from kiosk_server.checks.fonts import Fonts
from kiosk_server.checks.surroundings import Surroundings
from pdf import font_files
from tests.checks.told import wrong


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Copies of IPAmj (small, another font in its place) and of the font that comes with us."""
    [(vendored, digest)] = pdf.VENDORED_SHA256.items()
    copies = tmp_path / "ipamjm.ttf", tmp_path / vendored.name
    for copy in copies:
        shutil.copy(vendored, copy)
    for room in (pdf, font_files):
        monkeypatch.setattr(room, "FONT_FILES", copies)
        monkeypatch.setattr(room, "VENDORED_SHA256", {copies[1]: digest})
    return copies


async def test_the_fonts_that_come_with_us_are_those_we_chose(around: Surroundings) -> None:
    assert "ipaexm.ttf" in await Fonts().look(around)


async def test_a_damaged_font_is_refused(around: Surroundings, files: tuple[Path, Path]) -> None:
    with files[1].open("r+b") as file:
        file.seek(1000)
        file.write(b"\0")
    fault = await wrong(Fonts().look, around)
    assert "ipaexm.ttf is damaged" in fault.reason_en
    assert "fonts-ipamj-mincho" in fault.fix_en


async def test_a_font_that_is_gone_is_refused(around: Surroundings, files: tuple[Path, Path]) -> None:
    files[1].unlink()
    assert "ipaexm.ttf" in (await wrong(Fonts().look, around)).reason_en


async def test_a_font_that_comes_or_goes_while_we_serve_is_refused(
    around: Surroundings, files: tuple[Path, Path]
) -> None:
    fonts = Fonts()
    assert "ipamjm.ttf" in await fonts.look(around)
    files[0].unlink()
    assert "has changed since the start" in (await wrong(fonts.look, around)).reason_en
