"""Is the content of a finished page, operator for operator, what was planned? Read with the meanings of the file's own fonts."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import cos, radians, sin
from typing import Final

from pdf.embedded_font import EmbeddedFont
from pdf.errors import IdentityMismatch, InspectionFailed, NumberMismatch, PageMismatch
from pdf.form_drawing import foot_rule, table_rules
from pdf.forms.certificate_page import FOOT_RULE_TOP
from pdf.forms.table import Table
from pdf.ground import operators as ground_operators
from pdf.layout import PlacedText
from pdf.page_plan import OFFICIAL_SEAL, PagePlan
from pdf.visible_seal.seal_code import PLACE, SEAL_CODE

NUMBERS: Final = frozenset(("issuance_number", "page_number", "microtext"))
_STRETCH: Final = re.compile(r"/F(\d) (\d+\.\d\d) Tf <((?:[0-9A-F]{4})+)> Tj\n")
_ARTIFACT: Final = "/Artifact<</Type/%s>>BDC\n"
_WATERMARK: Final = _ARTIFACT % "Pagination/Subtype/Watermark"
_END: Final = "EMC\n"
_CODE: Final = 4


def mismatch(planned: PlacedText, page: int) -> InspectionFailed:
    """What is wrong where a text is not the planned one."""
    kind = NumberMismatch if planned.field in NUMBERS else IdentityMismatch
    return kind(page, planned.field)


def check_content(content: bytes, planned: PagePlan, fonts: Sequence[EmbeddedFont]) -> None:
    """Raises `IdentityMismatch` or `NumberMismatch` for a text that is shown otherwise, `PageMismatch` for the rest."""
    reader = _Reader(content, planned, fonts)
    reader.opening()
    reader.texts()


class _Reader:
    """Goes through the content beside the plan."""

    def __init__(self, content: bytes, planned: PagePlan, fonts: Sequence[EmbeddedFont]) -> None:
        self._content = content.decode("latin-1")
        self._at = 0
        self._planned = planned
        self._fonts = fonts
        self._codes: Mapping[str, str] = fonts[0].codes if len(fonts) == 1 else {}

    def opening(self) -> None:
        """Ground, 見本, rules and pictures, each in its place, and nothing else."""
        page = self._planned
        self._expect(_ARTIFACT % "Background" + _ground(page) + _END)
        for text in page.texts:
            if text.angle:
                self._expect(f"{_WATERMARK}q {text.grey:.2f} g BT\n{_turned(text)}")
                self._text(text)
                self._expect("ET Q\n" + _END)
        self._expect(_rules(page.tables))
        for name, image in page.images:
            box = image.box
            place = f"q {box.width:.2f} 0 0 {box.height:.2f} {box.x:.2f} {box.y:.2f} cm /{name} Do Q\n"
            self._expect(_marked(page.reading.image_mark(name)) + place + _END)
        if page.seal_code is not None:
            self._expect(_code())

    def texts(self) -> None:
        """All texts, each in the marked content of the element that reads it; the content ends with them."""
        self._expect("BT\n")
        usual = self._usual()
        if usual and self._content.startswith(usual, self._at):
            self._at += len(usual)
        else:
            self._one_by_one()
        self._expect("ET\n")
        if self._at != len(self._content):
            raise PageMismatch(self._planned.number)

    def _usual(self) -> str:
        """All texts as they are spelled where there is one font and each character stands alone; nothing where it is not so."""
        texts, marks = self._planned.upright()
        known = {**self._codes, "\n": "\n"}
        try:
            codes = "".join([known[sign] for sign in "\n".join([text.text for text in texts])])
        except KeyError:
            return ""
        sizes = {size: f"/F0 {size:.2f} Tf <" for size in {text.size for text in texts}}
        lines = [
            f"{before}{text.spelled[0]}{sizes[text.size]}{code}> Tj\n"
            for before, text, code in zip(_changes(marks), texts, codes.split("\n"), strict=True)
        ]
        return "".join(lines) + _END

    def _one_by_one(self) -> None:
        """Finds the first text that is not as planned, if there is one."""
        texts, marks = self._planned.upright()
        for before, text in zip(_changes(marks), texts, strict=True):
            self._expect(before)
            self._expect(text.spelled[0], text)
            self._text(text)
        self._expect(_END)

    def _text(self, text: PlacedText) -> None:
        """The next stretches mean the text, no more and no less."""
        if self._shown(f"{text.size:.2f}", len(text.text)) != text.text:
            raise mismatch(text, self._planned.number)

    def _shown(self, size: str, length: int) -> str:
        """What the next stretches mean, until they are as long as the text."""
        shown = ""
        while len(shown) < length:
            found = _STRETCH.match(self._content, self._at)
            if found is None or found[2] != size or int(found[1]) >= len(self._fonts):
                break
            meanings = self._fonts[int(found[1])].graphemes
            codes = [int(found[3][start : start + _CODE], 16) for start in range(0, len(found[3]), _CODE)]
            if not all(0 < code <= len(meanings) for code in codes):
                break
            shown += "".join([meanings[code - 1] for code in codes])
            self._at = found.end()
        return shown

    def _expect(self, wanted: str, text: PlacedText | None = None) -> None:
        if not self._content.startswith(wanted, self._at):
            page = self._planned.number
            raise PageMismatch(page) if text is None else mismatch(text, page)
        self._at += len(wanted)


def _ground(page: PagePlan) -> str:
    """The ground leaves every text free and every picture but the official seal."""
    texts = [text.spelled[1] for text in page.texts if text.width]
    pictures = [image.box.path for name, image in page.images if name != OFFICIAL_SEAL]
    return ground_operators([*texts, *pictures]).decode()


@lru_cache(maxsize=64)
def _changes(marks: tuple[int | None, ...]) -> list[str]:
    """For each text the marked content that begins with it, and the end of the one before; nothing where it goes on."""
    starts = [order == 0 or marks[order - 1] != mark for order, mark in enumerate(marks)]
    begun = [_marked(mark) if start else "" for mark, start in zip(marks, starts, strict=True)]
    return [_END * (start and order > 0) + mark for order, (start, mark) in enumerate(zip(starts, begun, strict=True))]


@lru_cache(maxsize=64)
def _rules(tables: tuple[Table, ...]) -> str:
    rules = table_rules(tables) + foot_rule(FOOT_RULE_TOP)
    return _ARTIFACT % "Layout" + rules.decode() + _END


@lru_cache(maxsize=1)
def _code() -> str:
    place = f"q {PLACE.width:.2f} 0 0 {PLACE.height:.2f} {PLACE.x:.2f} {PLACE.y:.2f} cm /{SEAL_CODE} Do Q\n"
    return _ARTIFACT % "Pagination" + place + _END


def _turned(text: PlacedText) -> str:
    turn = radians(text.angle)
    along, up = cos(turn), sin(turn)
    return f"{along:.5f} {up:.5f} {-up:.5f} {along:.5f} {text.x:.2f} {text.y:.2f} Tm "


def _marked(mark: int | None) -> str:
    return _ARTIFACT % "Pagination" if mark is None else f"/P<</MCID {mark}>>BDC\n"
