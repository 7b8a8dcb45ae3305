"""The drawing operators of one page, and the fonts they use."""

from math import cos, radians, sin

from pdf.font_chain import FontChain
from pdf.font_subset import FontSubset
from pdf.form_drawing import foot_rule, table_rules
from pdf.forms.certificate_page import FOOT_RULE_TOP
from pdf.layout import PlacedImage, PlacedText
from pdf.page_plan import PagePlan
from pdf.truetype import TrueTypeFont


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
        """All operators of one page: background mark, seal, rules, then the texts over them."""
        marks = [text for text in page.texts if text.angle]
        upright = [text for text in page.texts if not text.angle]
        parts = [self._turned(mark) for mark in marks]
        parts += [table_rules(table) for table in page.tables]
        parts.append(foot_rule(FOOT_RULE_TOP))
        parts += [_image(name, image) for name, image in page.images]
        parts.append(b"BT\n")
        parts += [self._upright(text) for text in upright]
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


def _image(name: str, image: PlacedImage) -> bytes:
    box = image.box
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q\n" % (box.width, box.height, box.x, box.y, name.encode())
