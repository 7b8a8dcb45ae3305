"""Scans and photographs: at an angle, blurred, noisy, in bad light, creased; and what cannot be read is not judged."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageFilter

from pdf.verification import Verification
from pdf.visible_seal.checking import check_pdf, check_picture, is_picture
from pdf.visible_seal.verdict import Reason, Verdict
from tests.pdf.samples import SNAPSHOT
from tests.visible_seal.sheets import NOW, as_file, file_of, printed, publish

Change = Callable[[Image.Image], Image.Image]


@pytest.fixture(scope="module")
def sheet() -> Image.Image:
    return printed(file_of(SNAPSHOT))


def turned(degrees: float) -> Change:
    return lambda sheet: sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=180)


def from_the_side(sheet: Image.Image) -> Image.Image:
    """As a phone held low sees a sheet on a desk: the far edge is a fifth shorter."""
    width, height = sheet.size
    near = (width * 0.1, 0, -0.1 * width, height, 1.1 * width, height, 0.9 * width, 0)
    return sheet.transform(sheet.size, Image.Transform.QUAD, near, Image.Resampling.BICUBIC, fillcolor=120)


def blurred(radius: float) -> Change:
    return lambda sheet: sheet.filter(ImageFilter.GaussianBlur(radius))


def grain(sheet: Image.Image, strength: float) -> Image.Image:
    """The same noise every time: what is read today is read tomorrow."""
    noise = Image.frombytes("L", sheet.size, Random(1).randbytes(sheet.width * sheet.height))
    return Image.blend(sheet, noise, strength)


def noisy(sheet: Image.Image) -> Image.Image:
    return grain(sheet, 0.3)


def in_bad_light(sheet: Image.Image) -> Image.Image:
    """Dim, and half as bright on one side."""
    shade = Image.linear_gradient("L").rotate(90).resize(sheet.size).point(lambda value: 70 + value // 4)
    dim = sheet.point(lambda value: value // 2 + 20)
    return Image.composite(dim, Image.new("L", sheet.size, 10), shade)


def creased(sheet: Image.Image) -> Image.Image:
    """Folded once through the middle of the code."""
    folded = sheet.copy()
    y = round(268.5 / 297 * sheet.height)
    ImageDraw.Draw(folded).line((0, y, sheet.width, y + 12), fill=150, width=4)
    return folded


def everything(sheet: Image.Image) -> Image.Image:
    return turned(4)(creased(in_bad_light(blurred(1.0)(grain(sheet, 0.1)))))


@pytest.mark.parametrize(
    "change",
    [turned(0), turned(7), turned(33), turned(90), turned(180), from_the_side, blurred(1.5), noisy, in_bad_light, creased, everything],
    ids=["flat", "7°", "33°", "90°", "180°", "side", "blurred", "noisy", "dim", "creased", "everything"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_sheet_that_was_photographed_is_read(tmp_path: Path, sheet: Image.Image, change: Change, kind: str) -> None:
    found = check_picture(as_file(change(sheet), kind), publish(tmp_path), NOW)
    assert (found.verdict, found.reason) == (Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED)
    assert found.statements[0].issuance_number == SNAPSHOT.issuance_number


@pytest.mark.parametrize("dots", [150, 200, 600])
def test_scans_of_any_usual_resolution_are_read(tmp_path: Path, dots: int) -> None:
    found = check_picture(as_file(printed(file_of(SNAPSHOT), dots)), publish(tmp_path), NOW)
    assert found.verdict is Verdict.GENUINE_STATEMENT


@pytest.mark.parametrize("change", [blurred(12), lambda sheet: sheet.resize((200, 280))], ids=["blurred", "tiny"])
def test_what_cannot_be_read_is_not_judged(tmp_path: Path, sheet: Image.Image, change: Change) -> None:
    found = check_picture(as_file(change(sheet)), publish(tmp_path), NOW)
    assert (found.verdict, found.reason, found.statements) == (Verdict.CANNOT_TELL, Reason.NO_CODE, ())


def test_a_void_sheet_is_void_on_a_photograph_too(tmp_path: Path, sheet: Image.Image) -> None:
    assert check_picture(as_file(from_the_side(sheet)), publish(tmp_path, "void"), NOW).verdict is (
        Verdict.VOID_OR_REPLACED
    )


def test_a_picture_in_colour_or_with_transparency_is_read(tmp_path: Path, sheet: Image.Image) -> None:
    clear = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    clear.paste(sheet.convert("RGBA"), mask=sheet.point(lambda value: 255 if value < 128 else 0))
    for number, image in enumerate((sheet.convert("RGB"), clear, sheet.convert("P"))):
        assert check_picture(as_file(image), publish(tmp_path / str(number)), NOW).verdict is Verdict.GENUINE_STATEMENT


def scanned_pdf(*pages: Image.Image) -> bytes:
    """As a copier in an office sends it: pictures only."""
    file = BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=300)
    return file.getvalue()


def test_a_scan_as_pdf_is_read_as_pictures(tmp_path: Path, sheet: Image.Image) -> None:
    published = publish(tmp_path)
    found = check_pdf(scanned_pdf(sheet), Verification(pages=1), published, NOW)
    assert (found.verdict, found.reason) == (Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED)
    blank = Image.new("L", sheet.size, 255)
    found = check_pdf(scanned_pdf(sheet, blank), Verification(pages=2), published, NOW)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.CODE_MISSING)


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0 no more", b"\x89PNG\r\n\x1a\n" + bytes(100)],
    ids=["nothing", "jpeg", "zeros"],
)
def test_a_damaged_picture_is_unreadable(tmp_path: Path, content: bytes) -> None:
    assert is_picture(content)
    assert check_picture(content, publish(tmp_path), NOW).reason is Reason.UNREADABLE


def test_a_picture_too_large_to_be_one_is_not_opened(tmp_path: Path) -> None:
    huge = as_file(Image.new("1", (20_000, 20_000)))
    assert check_picture(huge, publish(tmp_path), NOW).reason is Reason.UNREADABLE


def test_the_time_of_the_verdict_is_told_and_not_the_clocks(tmp_path: Path, sheet: Image.Image) -> None:
    far = datetime.fromisoformat("2036-01-01T00:00:00+00:00")
    assert check_picture(as_file(sheet), publish(tmp_path), far).reason is Reason.LIST_STALE
