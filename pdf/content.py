"""The drawing operators of one page, and the fonts they use."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from math import cos, radians, sin

from pdf import ground
from pdf.font_chain import FontChain, Glyph
from pdf.font_subset import FontSubset
from pdf.form_drawing import foot_rule, table_rules
from pdf.forms.certificate_page import FOOT_RULE_TOP
from pdf.layout import PlacedImage, PlacedText
from pdf.page_plan import OFFICIAL_SEAL, PagePlan
from pdf.truetype import TrueTypeFont
from pdf.visible_seal import drawing as seal_code

_BACKGROUND = b"/Artifact<</Type/Background>>BDC\n"
_WATERMARK = b"/Artifact<</Type/Pagination/Subtype/Watermark>>BDC\n"
_LAYOUT = b"/Artifact<</Type/Layout>>BDC\n"
_PAGINATION = b"/Artifact<</Type/Pagination>>BDC\n"
_MARKED = b"/P<</MCID %d>>BDC\n"
_END = b"EMC\n"
_SHOW = "> Tj\n"
_BREAK = "\n"
"""Between texts, which never hold one."""


class ContentWriter:
    """Writes pages of one document; its font subsets grow with every page."""

    def __init__(self, fonts: FontChain) -> None:
        self._fonts = fonts
        self._subsets: dict[TrueTypeFont, FontSubset] = {}
        self._codes: dict[str, str] = {_BREAK: _BREAK}
        self._known: set[str] = set()
        self._others: set[str] = set()
        self._first = 0

    @property
    def subsets(self) -> tuple[FontSubset, ...]:
        """The fonts used so far; the first is /F0 on the pages."""
        return tuple(self._subsets.values())

    def page(self, page: PagePlan) -> bytes:
        """All operators of one page: ground, background mark, rules, seals, then the texts over them.

        Each stands in the marked content of the element that reads it (ISO 32000-1, 14.7.4.2), or in an artifact.
        """
        self._learn("".join([text.text for text in page.texts]))
        reading = page.reading
        parts = [background(page), *(_WATERMARK + self._turned(text) + _END for text in page.texts if text.angle)]
        parts += [_LAYOUT, table_rules(page.tables), foot_rule(FOOT_RULE_TOP), _END]
        for name, image in page.images:
            parts += [_opened(reading.image_mark(name)), _image(name, image), _END]
        parts += [_PAGINATION, seal_code.operators(), _END] if page.seal_code is not None else []
        parts.append(b"BT\n")
        upright, marks = page.upright()
        lines = zip(_openings(marks), [text.spelled[0] for text in upright], *self._all_shown(upright), strict=True)
        parts += ["".join(chain.from_iterable(lines)).encode(), _END, b"ET\n"]
        return b"".join(parts)

    def _learn(self, characters: str) -> None:
        """Give codes to the characters that stand alone; the others are looked at text by text."""
        new = set(characters) - self._known
        self._known |= new
        alone = self._fonts.alone(sorted(new))
        if len(alone) < len(new):
            self._others |= new.difference([glyph.text for glyph in alone])
        if alone:
            self._first = self._name(alone[0].font)
            self._codes |= self._subsets[alone[0].font].codes(alone)

    def _turned(self, text: PlacedText) -> bytes:
        turn = radians(text.angle)
        matrix = b"%.5f %.5f %.5f %.5f %.2f %.2f Tm " % (
            cos(turn), sin(turn), -sin(turn), cos(turn), text.x, text.y,
        )  # fmt: skip
        return b"q %.2f g BT\n%b%bET Q\n" % (text.grey, matrix, self._shown(text).encode())

    def _all_shown(self, texts: Sequence[PlacedText]) -> list[list[str]]:
        """How the texts are shown, in parts: the first of each text, the second of each, and so on."""
        if self._others:
            return [[self._shown(text) for text in texts]]
        sizes = {size: self._sized(size) for size in {text.size for text in texts}}
        codes = self._coded(_BREAK.join([text.text for text in texts])).split(_BREAK)
        return [[sizes[text.size] for text in texts], codes, [_SHOW] * len(codes)]

    def _coded(self, text: str) -> str:
        codes = self._codes
        return "".join([codes[character] for character in text])

    def _shown(self, text: PlacedText) -> str:
        if not self._others or self._others.isdisjoint(text.text):
            return f"{self._sized(text.size)}{self._coded(text.text)}{_SHOW}"
        return "".join([self._stretch(font, glyphs, text.size) for font, glyphs in self._fonts.runs(text.text)])

    def _sized(self, size: float) -> str:
        """How a text in the first font begins."""
        return f"/F{self._first} {size:.2f} Tf <"

    def _stretch(self, font: TrueTypeFont, glyphs: tuple[Glyph, ...], size: float) -> str:
        name = self._name(font)
        codes = "".join(map(self._subsets[font].code, glyphs))
        return f"/F{name} {size:.2f} Tf <{codes}{_SHOW}"

    def _name(self, font: TrueTypeFont) -> int:
        """The number of the font on the pages, where it has its place from first use."""
        if font not in self._subsets:
            self._subsets[font] = FontSubset(font)
        return list(self._subsets).index(font)


@lru_cache(maxsize=64)
def _openings(marks: tuple[int | None, ...]) -> tuple[str, ...]:
    """What stands before each text of a page: where its mark is another than before, one content ends, the next begins."""
    following = ["" if mark == last else (_END + _opened(mark)).decode() for last, mark in pairwise(marks)]
    return (_opened(marks[0]).decode(), *following)


def background(page: PagePlan) -> bytes:
    """How the content of `page` begins: the ground, which leaves its texts free and every picture but the official seal."""
    texts = [text.spelled[1] for text in page.texts if text.width]
    pictures = [image.box.path for name, image in page.images if name != OFFICIAL_SEAL]
    return _BACKGROUND + ground.operators([*texts, *pictures]) + _END


def _opened(mark: int | None) -> bytes:
    return _PAGINATION if mark is None else _MARKED % mark


def _image(name: str, image: PlacedImage) -> bytes:
    box = image.box
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q\n" % (box.width, box.height, box.x, box.y, name.encode())
