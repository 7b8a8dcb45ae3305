"""けん制文字: 「複写」 shows on a copy and hardly on the paper; and the ground is inspected like everything else."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from pdf import FontChain, InspectionFailed, PageMismatch, Snapshot, compose, ground, plan
from pdf.form_drawing import foot_rule
from pdf.layout import PAGE_HEIGHT, Box
from tests.pdf import rewriting
from tests.pdf.copier import PRINTER_DPI, Copier, printed
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, SEAL_CERTIFICATE, SUPPLEMENT
from tests.pdf.samples import FOREIGN, SNAPSHOT, composed, named
from tests.pdf.tax_samples import ASSESSMENT, INCOME, PAYMENT

FREE_TOP, FREE_FOOT = 0.42, 0.76
"""Between these parts of the page's height this certificate has nothing but its ground."""

USUAL = [Copier(blur, dpi, threshold) for blur in (45, 60) for dpi in (300, 600) for threshold in (0.5, 0.55, 0.6)]


@pytest.fixture(scope="module")
def paper(fonts: FontChain) -> Image.Image:
    return printed(composed(SNAPSHOT, fonts).content)


def _free(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((round(width * 0.06), round(height * FREE_TOP), round(width * 0.94), round(height * FREE_FOOT)))


@pytest.fixture(scope="module")
def letters(paper: Image.Image) -> Image.Image:
    """White where the page's cells belong to a letter, black elsewhere, in dots of the printer."""
    scale = PRINTER_DPI / 72
    side = ground.CELL * ground.UNIT
    columns, rows = int(ground.BOX.width / side), int(ground.BOX.height / side)
    cells = Image.new("L", (columns, rows))
    cells.putdata([255 * ground.is_letter(x, rows - 1 - y) for y in range(rows) for x in range(columns)])
    large = cells.resize((round(columns * side * scale), round(rows * side * scale)), Image.Resampling.NEAREST)
    whole = Image.new("L", paper.size)
    whole.paste(large, (round(ground.BOX.x * scale), round((PAGE_HEIGHT - ground.BOX.y) * scale) - large.height))
    return whole


def _tones(image: Image.Image, letters: Image.Image) -> tuple[float, float]:
    """How black the letters are and what lies between them, 0 to 1, where the page is free."""
    inside = _free(letters.resize(image.size, Image.Resampling.NEAREST))
    masks = (inside, ImageChops.invert(inside))
    letter, between = (1 - ImageStat.Stat(_free(image), mask).mean[0] / 255 for mask in masks)
    return letter, between


def test_on_paper_letters_and_ground_are_of_one_tone(paper: Image.Image, letters: Image.Image) -> None:
    letter, between = _tones(paper, letters)
    assert 0.045 < between < 0.06
    assert abs(letter - between) < 0.01


@pytest.mark.parametrize("copier", USUAL, ids=str)
def test_on_a_copy_the_letters_stand_out_and_the_ground_is_gone(
    paper: Image.Image, letters: Image.Image, copier: Copier
) -> None:
    letter, between = _tones(copier.copy(paper), letters)
    assert letter > 0.025
    assert between < 0.001


@pytest.mark.parametrize("blur", [45, 60])
def test_a_copier_set_to_light_still_shows_the_letters_alone(
    paper: Image.Image, letters: Image.Image, blur: float
) -> None:
    letter, between = _tones(Copier(blur, threshold=0.45).copy(paper), letters)
    assert letter > 0.01
    assert between < 0.001


def test_a_copier_set_to_dark_shows_both_but_not_alike(paper: Image.Image, letters: Image.Image) -> None:
    letter, between = _tones(Copier(threshold=0.7).copy(paper), letters)
    assert letter > 5 * between


def test_the_tile_is_the_one_that_was_looked_at() -> None:
    parts = (*ground.rows().values(), ground.pattern())
    digest = hashlib.sha256(b"".join(part.operators for part in parts)).hexdigest()
    assert digest == "e4e76dff79f910e741615a502016e0acf2209fcf7aec54f5104deb6207d0746c"


def test_letters_and_ground_have_the_same_share_of_black_dots() -> None:
    rows = ground.rows()
    fine, coarse = (_black(rows[name].operators) for name in ("Fine", "Coarse"))
    assert fine / (ground.ACROSS * ground.CELL**2) == coarse / (2 * ground.ACROSS * ground.CELL**2) == 8 / 144


def _black(operators: bytes) -> int:
    rectangles = (line.split() for line in operators.splitlines() if line.endswith(b"re"))
    return sum(int(width) * int(height) for _, _, width, height, _ in rectangles)


def test_a_file_grows_by_less_than_a_seal_image_takes(fonts: FontChain) -> None:
    size = sum(len(part.deflated) for part in (*ground.rows().values(), ground.pattern()))
    assert size < 3_000
    assert composed(SNAPSHOT, fonts).content.count(b"/PatternType 1") == 1
    assert (
        composed(replace(SNAPSHOT, form="individual", persons=named(*"一二三")), fonts).content.count(b"/PatternType 1")
        == 1
    )


LONG = "栃木県見本市通二丁目1234番地5　見本マンション101号" * 4
KINDS: list[Snapshot] = [
    replace(SNAPSHOT, persons=(*named("葛󠄂西　花子", "𠮷田　一", "男女　二"), FOREIGN), address=LONG[:120]),
    replace(SNAPSHOT, persons=(FOREIGN,), form="individual", address=LONG[:90]),
    SEAL_CERTIFICATE,
    replace(SEAL_CERTIFICATE, holder=replace(SEAL_CERTIFICATE.holder, address=LONG[:100])),
    KOSEKI,
    KOSEKI_INDIVIDUAL,
    SUPPLEMENT,
    ASSESSMENT,
    INCOME,
    PAYMENT,
]


@pytest.mark.parametrize("snapshot", KINDS, ids=lambda one: type(one).__name__)
def test_every_text_is_left_free_and_no_two_free_boxes_overlap(fonts: FontChain, snapshot: Snapshot) -> None:
    for page in plan(snapshot, fonts):
        shades = {shade for table in page.tables for shade in table.shades()}
        texts = [text for text in page.texts if not (text.angle or (text.box in shades and not text.width))]
        assert all(text.width > 0 for text in texts)
        pictures = [page.registered_seal.box] if page.registered_seal else []
        overlaps = [pair for pair in combinations([*(text.space for text in texts), *pictures], 2) if _meet(*pair)]
        assert overlaps == []


@pytest.mark.parametrize("snapshot", KINDS, ids=lambda one: type(one).__name__)
def test_nothing_of_the_ground_shows_through_a_shade(fonts: FontChain, snapshot: Snapshot) -> None:
    pages = plan(snapshot, fonts)
    with pypdfium2.PdfDocument(compose(snapshot, pages, fonts).content) as document:
        pictures = [page.render(scale=2).to_pil().convert("L") for page in document]
    for page, picture in zip(pages, pictures, strict=True):
        for shade in (shade for table in page.tables for shade in table.shades() if shade.width):
            left, top = shade.x + 1, PAGE_HEIGHT - shade.y - shade.height + 1
            edge = picture.crop([round(2 * at) for at in (left, top, shade.x + 3, top + shade.height - 2)])
            assert edge.getextrema() == (240, 240)


def _meet(one: Box, other: Box) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    up = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0.02 and up > 0.02


def test_the_microtext_says_number_and_page(fonts: FontChain) -> None:
    for page in plan(replace(SNAPSHOT, persons=named(*"一二三四五")), fonts):
        (line,) = (text for text in page.texts if text.field == "microtext")
        said = f"{SNAPSHOT.issuance_number}・{page.number}/2・"
        assert line.text == said * (len(line.text) // len(said))
        assert line.size < 2
        assert line.width <= line.box.width


def _altered(monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes], where: str) -> None:
    if where == "rows":
        rows = {name: replace(part, operators=change(part.operators)) for name, part in ground.rows().items()}
        monkeypatch.setattr(ground, "rows", lambda: rows)
    else:
        pattern = replace(ground.pattern(), operators=change(ground.pattern().operators))
        monkeypatch.setattr(ground, "pattern", lambda: pattern)


def _without_letters(operators: bytes) -> bytes:
    return operators[: operators.index(b"1 g\n")]


def _changes() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    yield "pattern", _without_letters
    yield "pattern", lambda operators: operators + b"0 0 1440 1392 re f\n"
    yield "rows", lambda operators: operators.replace(b" 2 2 re", b" 3 2 re")
    yield "rows", lambda operators: operators.replace(b" 4 4 re", b" 4 3 re")


@pytest.mark.parametrize(("where", "change"), list(_changes()), ids=["no letters", "covered", "fine", "coarse"])
def test_another_pattern_is_found(
    fonts: FontChain, monkeypatch: pytest.MonkeyPatch, where: str, change: Callable[[bytes], bytes]
) -> None:
    pages = plan(SNAPSHOT, fonts)
    with monkeypatch.context() as patched:
        _altered(patched, change, where)
        content = compose(SNAPSHOT, pages, fonts).content
    rewriting.refuse(PageMismatch, content, SNAPSHOT, pages, fonts)


HONEST = ground.operators


@pytest.mark.parametrize(
    "operators",
    [
        lambda _: b"",
        lambda free: HONEST(free[1:]),
        lambda free: HONEST(free).replace(b"f* Q", b"f* 1 g 0 0 300 300 re f Q"),
        lambda free: HONEST(free).replace(b"/Pattern cs /Ground scn", b"0.95 g"),
        lambda free: HONEST([*free, Box(200, 200, 100, 100).path]),
    ],
    ids=["none", "under a text", "covered", "plain grey", "a hole more"],
)
def test_a_ground_drawn_otherwise_is_found(
    fonts: FontChain, monkeypatch: pytest.MonkeyPatch, operators: Callable[[list[str]], bytes]
) -> None:
    pages = plan(SNAPSHOT, fonts)
    with monkeypatch.context() as patched:
        patched.setattr(ground, "operators", operators)
        content = compose(SNAPSHOT, pages, fonts).content
    rewriting.refuse(InspectionFailed, content, SNAPSHOT, pages, fonts)


def test_the_ground_once_more_on_the_page_is_found(fonts: FontChain, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = plan(SNAPSHOT, fonts)
    with monkeypatch.context() as patched:
        patched.setattr("pdf.content.foot_rule", lambda top: foot_rule(top) + HONEST([]))
        content = compose(SNAPSHOT, pages, fonts).content
    rewriting.refuse(PageMismatch, content, SNAPSHOT, pages, fonts)
