"""Scans and photographs in the browser: the same that `kiosk verify` must read."""

import pytest
from PIL import Image
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.verification_page import single_file
from pdf import FontChain
from tests.browser.browsing import Page
from tests.browser.pictures import printed
from tests.browser.sheets import ONE, made, published
from tests.visible_seal.sheets import as_file
from tests.visible_seal.test_pictures import (
    Change,
    blurred,
    creased,
    everything,
    from_the_side,
    in_bad_light,
    noisy,
    scanned_pdf,
    turned,
)

GENUINE = ("genuine_statement", "statement_issued")


@pytest.fixture(scope="module")
def sheet(fonts: FontChain) -> Image.Image:
    return printed(made(ONE, fonts).file)[0]


@pytest.fixture(scope="module")
def page(browser: WebDriver, tmp_path_factory: pytest.TempPathFactory) -> Page:
    directory = tmp_path_factory.mktemp("photographs")
    file = directory / "verify.html"
    file.write_bytes(single_file("見本市", published()))
    return Page.open(browser, directory, file.as_uri())


@pytest.mark.parametrize(
    "change",
    [turned(33), turned(180), from_the_side, blurred(1.5), noisy, in_bad_light, creased, everything],
    ids=["33°", "180°", "side", "blurred", "noisy", "dim", "creased", "everything"],
)
def test_a_sheet_that_was_photographed_is_read(page: Page, sheet: Image.Image, change: Change) -> None:
    page.start_anew()
    assert page.choose(as_file(change(sheet), "JPEG")) == GENUINE


@pytest.mark.parametrize("change", [blurred(12), lambda sheet: sheet.resize((200, 280))], ids=["blurred", "tiny"])
def test_what_cannot_be_read_is_not_judged(page: Page, sheet: Image.Image, change: Change) -> None:
    page.start_anew()
    assert page.choose(as_file(change(sheet))) == ("cannot_tell", "no_code")


def test_a_picture_in_colour_or_with_transparency_is_read(page: Page, sheet: Image.Image) -> None:
    clear = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    clear.paste(sheet.convert("RGBA"), mask=sheet.point(lambda value: 255 if value < 128 else 0))
    for image in (sheet.convert("RGB"), clear, sheet.convert("P")):
        page.start_anew()
        assert page.choose(as_file(image)) == GENUINE


def test_a_scan_as_pdf_is_read_as_pictures(page: Page, sheet: Image.Image) -> None:
    page.start_anew()
    assert page.choose(scanned_pdf(sheet)) == GENUINE
