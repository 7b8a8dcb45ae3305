"""Papers of the office that are no certificates: lists and letters. Texts whole or refused as on certificates; no seal, no signature.

They have neither the ground nor the codes of a certificate, so that nobody takes one for the other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from pdf.composing import add_font
from pdf.file_writer import FileWriter, reference, text_string
from pdf.font_chain import FontChain
from pdf.font_subset import FontSubset
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH, Box, PlacedText
from pdf.truetype import TrueTypeFont

_THIN: Final = b"0.4 w\n"


@dataclass(frozen=True, slots=True)
class OfficePage:
    """One page, A4 upright: its texts in reading order, and the boxes that are ruled."""

    texts: Sequence[PlacedText]
    rules: Sequence[Box] = ()


def office_paper(title: str, pages: Sequence[OfficePage], fonts: FontChain) -> bytes:
    """Return the file of these pages: the same pages give the same bytes. Their texts were placed by `typesetting.fit`."""
    file, subsets = FileWriter(), dict[TrueTypeFont, FontSubset]()
    tree, resources = file.take_number(), file.take_number()
    contents = [file.add_stream(b"", _content(page, fonts, subsets)) for page in pages]
    leaves = [
        file.add(
            b"<</Type/Page/Parent %b/MediaBox[0 0 %.2f %.2f]/Resources %b/Contents %b>>"
            % (reference(tree), PAGE_WIDTH, PAGE_HEIGHT, reference(resources), reference(content))
        )
        for content in contents
    ]
    named = [b"/F%d %b" % (place, reference(add_font(file, subset))) for place, subset in enumerate(subsets.values())]
    file.put(resources, b"<</Font<<%b>>>>" % b"".join(named))
    file.put(tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(leaves), b" ".join(map(reference, leaves))))
    catalog = file.add(
        b"<</Type/Catalog/Pages %b/Lang(ja-JP)/ViewerPreferences<</DisplayDocTitle true>>>>" % reference(tree)
    )
    info = file.add(b"<</Title %b>>" % text_string(title))
    identity = hashlib.sha256(file.part().content).hexdigest()[:32].encode()
    return file.finish(b"/Root %b/Info %b/ID[<%b><%b>]" % (reference(catalog), reference(info), identity, identity))


def _content(page: OfficePage, fonts: FontChain, subsets: dict[TrueTypeFont, FontSubset]) -> bytes:
    rules = [_THIN, *(box.path.encode() for box in page.rules), b"S\n"] if page.rules else []
    marks = [part for text in page.texts if text.angle for part in _mark(text, fonts, subsets)]
    shown = [part for text in page.texts if not text.angle for part in _shown(text, fonts, subsets)]
    return b"".join([*marks, *rules, b"BT\n", *shown, b"ET\n"])


def _mark(text: PlacedText, fonts: FontChain, subsets: dict[TrueTypeFont, FontSubset]) -> list[bytes]:
    """A text that is turned, under everything else: its place is told once, so one font draws it."""
    turn = radians(text.angle)
    turned = (text.grey, cos(turn), sin(turn), -sin(turn), cos(turn), text.x, text.y)
    _, *runs = _shown(text, fonts, subsets)
    return [b"q %.2f g BT %.4f %.4f %.4f %.4f %.2f %.2f Tm\n" % turned, *runs, b"ET Q\n"]


def _shown(text: PlacedText, fonts: FontChain, subsets: dict[TrueTypeFont, FontSubset]) -> list[bytes]:
    parts = [text.spelled[0].encode()]
    for font, glyphs in fonts.runs(text.text):
        subset = subsets.setdefault(font, FontSubset(font))
        codes = "".join(map(subset.code, glyphs))
        parts.append(f"/F{list(subsets).index(font)} {text.size:.2f} Tf <{codes}> Tj\n".encode())
    return parts
