"""What every certificate page has around its tables: heading, certification, official seal, foot, specimen mark."""

from math import cos, radians, sin

from pdf.certified import Certified
from pdf.errors import GlyphMissing
from pdf.font_chain import FontChain
from pdf.forms.table import Table
from pdf.layout import MM, PAGE_HEIGHT, PAGE_WIDTH, Box, PlacedImage, PlacedText, from_top
from pdf.printed_values import issue_date
from pdf.typesetting import Style, fit

FOOT_RULE_TOP = 279.0
CERTIFICATION_TOP = 239.0
_SEAL_SIDE = 21.0
_NOTHING_BELOW = "（以下余白）"
_CONTINUED = "（次のページに続く）"
_MICROTEXT_SIZE = 1.5
_WIDEST_ASCII = 0.62
"""Ems, of digits and hyphens in our fonts; what a page says must not depend on which of them draws it."""

_SPECIMEN = "見本"
_SPECIMEN_SIZE = 240.0
_SPECIMEN_ANGLE = 52.0
_SPECIMEN_GREY = 0.88


def specimen_mark(fonts: FontChain) -> list[PlacedText]:
    """見本 across the page, under everything else."""
    page = Box(0, 0, PAGE_WIDTH, PAGE_HEIGHT)
    width = (fonts.width(_SPECIMEN) or 0.0) * _SPECIMEN_SIZE
    turn = radians(_SPECIMEN_ANGLE)
    along, across = width / 2, 0.38 * _SPECIMEN_SIZE
    x = PAGE_WIDTH / 2 - along * cos(turn) + across * sin(turn)
    y = PAGE_HEIGHT / 2 - along * sin(turn) - across * cos(turn)
    mark = PlacedText(
        "specimen", _SPECIMEN, round(x, 2), round(y, 2), _SPECIMEN_SIZE, page, _SPECIMEN_ANGLE, _SPECIMEN_GREY
    )
    return [mark]


def heading(snapshot: Certified, title: str, fonts: FontChain) -> list[PlacedText]:
    """The municipality at the left, the title in the middle."""
    name = fit("municipality", snapshot.municipality_name, from_top(15, 13, 55, 12), Style(12), fonts)
    return name + fit("title", title, from_top(70, 12, 70, 13), Style(22, "centre"), fonts)


def below(tables: tuple[Table, ...], fonts: FontChain) -> list[PlacedText]:
    """以下余白 after the last table, unless the tables fill the page."""
    top = max(table.top + table.height for table in tables) + 3
    if top + 8 > CERTIFICATION_TOP:
        return []
    return fit("nothing_below", _NOTHING_BELOW, from_top(15, top, 180, 8), Style(10, "centre"), fonts)


def continued(fonts: FontChain) -> list[PlacedText]:
    """In place of the certification, on every page but the last."""
    box = from_top(15, CERTIFICATION_TOP + 24, 180, 8)
    return fit("continued", _CONTINUED, box, Style(10, "right"), fonts)


def certification(snapshot: Certified, sentence: str, fonts: FontChain) -> list[PlacedText]:
    """認証文, the date in 和暦, and who certifies: on the last page only."""
    top = CERTIFICATION_TOP
    return [
        *fit("certification", sentence, from_top(15, top, 180, 8), Style(11.5), fonts),
        *fit("issue_date", issue_date(snapshot), from_top(22, top + 11, 70, 8), Style(11.5), fonts),
        *fit(
            "mayor_title",
            _trimmed("mayor_title", snapshot.mayor.title),
            from_top(60, top + 22, 60, 10),
            Style(13, "right"),
            fonts,
        ),
        *fit("mayor_name", _trimmed("mayor_name", snapshot.mayor.name), _mayor_name_box(), Style(16), fonts),
    ]


def seal(snapshot: Certified, fonts: FontChain) -> PlacedImage:
    """The official seal, its middle a little after the end of the mayor's name, as it is set by hand."""
    name = fit("mayor_name", snapshot.mayor.name, _mayor_name_box(), Style(16), fonts)[-1]
    width = (fonts.width(name.text) or 0.0) * name.size
    side = _SEAL_SIDE * MM
    left = min(name.x + width - side * 0.3, PAGE_WIDTH - 15 * MM - side)
    foot = name.y + name.size * 0.38 - side / 2
    return PlacedImage(snapshot.official_seal.png, Box(round(left, 2), round(foot, 2), side, side))


def foot(snapshot: Certified, number: int, total: int, fonts: FontChain) -> list[PlacedText]:
    """発行番号 and n/m, on every page, under a line of microtext that says the same."""
    top = FOOT_RULE_TOP + 0.8
    return [
        *fit("label.issuance_number", "発行番号", from_top(15, top, 18, 6), Style(8.5), fonts),
        *fit("issuance_number", snapshot.issuance_number, from_top(33, top, 120, 6), Style(9.5), fonts),
        *fit("label.page_number", "ページ", from_top(150, top, 30, 6), Style(8.5, "right"), fonts),
        *fit("page_number", f"{number}/{total}", from_top(180, top, 15, 6), Style(10, "right"), fonts),
        _microtext(f"{snapshot.issuance_number}・{number}/{total}・", fonts),
    ]


def _microtext(text: str, fonts: FontChain) -> PlacedText:
    """As often as it goes into half the width of the foot, close under its rule: a line to the eye and on a copy.

    1.5 points are 12 dots of a printer with 600 an inch: read with a lens, too fine for a scanner.
    """
    box = from_top(15, FOOT_RULE_TOP, 90, 1)
    longest = sum(_WIDEST_ASCII if character.isascii() else 1 for character in text) * _MICROTEXT_SIZE
    line = text * int(box.width / longest)
    width = (fonts.width(line) or 0.0) * _MICROTEXT_SIZE
    x, y = round(box.x, 2), round(box.y + box.height - 2, 2)
    return PlacedText("microtext", line, x, y, _MICROTEXT_SIZE, box, width=width)


def _trimmed(field: str, text: str) -> str:
    """Title and name meet on one line, where readers make one of two plain spaces: neither may stand at their edges."""
    if text != text.strip(" "):
        raise GlyphMissing(field)
    return text


def _mayor_name_box() -> Box:
    return from_top(122, CERTIFICATION_TOP + 22, 60, 10)
