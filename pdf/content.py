"""The drawing operators of one page, and the fonts they use."""

from itertools import groupby
from math import cos, radians, sin
from operator import itemgetter

from pdf import ground
from pdf.font_chain import FontChain
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


class ContentWriter:
    """Writes pages of one document; its font subsets grow with every page."""

    def __init__(self, fonts: FontChain) -> None:
        self._fonts = fonts
        self._subsets: dict[TrueTypeFont, FontSubset] = {}

    @property
    def subsets(self) -> tuple[FontSubset, ...]:
        """The fonts used so far; the first is /F0 on the pages."""
        return tuple(self._subsets.values())

    def page(self, page: PagePlan) -> bytes:
        """All operators of one page: ground, background mark, rules, seals, then the texts over them.

        Each stands in the marked content of the element that reads it (ISO 32000-1, 14.7.4.2), or in an artifact.
        """
        reading = page.reading
        parts = [background(page), *(_WATERMARK + self._turned(text) + _END for text in page.texts if text.angle)]
        parts += [_LAYOUT, *map(table_rules, page.tables), foot_rule(FOOT_RULE_TOP), _END]
        for name, image in page.images:
            parts += [_opened(reading.image_mark(name)), _image(name, image), _END]
        parts += [_PAGINATION, seal_code.operators(), _END] if page.seal_code is not None else []
        parts.append(b"BT\n")
        read = zip(page.texts, reading.text_marks, strict=True)
        for mark, run in groupby((one for one in read if not one[0].angle), key=itemgetter(1)):
            parts.append(_opened(mark))
            parts += [self._upright(text) for text, _ in run]
            parts.append(_END)
        parts.append(b"ET\n")
        return b"".join(parts)

    def _upright(self, text: PlacedText) -> bytes:
        matrix = b"1 0 0 1 %.2f %.2f Tm " % (text.x, text.y)
        return b"".join(self._shown(text, matrix))

    def _turned(self, text: PlacedText) -> bytes:
        turn = radians(text.angle)
        matrix = b"%.5f %.5f %.5f %.5f %.2f %.2f Tm " % (
            cos(turn), sin(turn), -sin(turn), cos(turn), text.x, text.y,
        )  # fmt: skip
        return b"q %.2f g BT\n%bET Q\n" % (text.grey, b"".join(self._shown(text, matrix)))

    def _shown(self, text: PlacedText, matrix: bytes) -> list[bytes]:
        shown = [matrix]
        for font, glyphs in self._fonts.runs(text.text):
            subset = self._subsets.setdefault(font, FontSubset(font))
            name = list(self._subsets).index(font)
            codes = "".join([f"{subset.code(glyph):04X}" for glyph in glyphs])
            shown.append(b"/F%d %.2f Tf <%b> Tj\n" % (name, text.size, codes.encode()))
        return shown


def background(page: PagePlan) -> bytes:
    """How the content of `page` begins: the ground, which leaves its texts free and every picture but the official seal."""
    texts = [text.space for text in page.texts if text.width and not text.angle]
    pictures = [image.box for name, image in page.images if name != OFFICIAL_SEAL]
    return _BACKGROUND + ground.operators([*texts, *pictures]) + _END


def _opened(mark: int | None) -> bytes:
    return _PAGINATION if mark is None else _MARKED % mark


def _image(name: str, image: PlacedImage) -> bytes:
    box = image.box
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q\n" % (box.width, box.height, box.x, box.y, name.encode())
