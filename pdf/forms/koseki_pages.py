"""戸籍全部事項証明書 and 戸籍個人事項証明書, from a snapshot to placed texts: a pure function.

A4 portrait, as many pages as it takes. Both have one layout; title and sentence say whether it is all of the koseki. The samples
annexed to the 戸籍法施行規則 were not at hand: the order of parts is that of certificates in use, the measures were decided here.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.koseki_rows import ROW_EXTRA, Group, KosekiRow, Line, page_count, pages_of
from pdf.forms.table import Cell, Row, Table
from pdf.koseki_snapshot import KosekiFullSnapshot, KosekiIndividualSnapshot, KosekiSnapshot
from pdf.layout import PlacedText, from_top
from pdf.page_plan import PagePlan
from pdf.typesetting import Style, fit

__all__ = ["page_count", "plan"]

_WORDING: Final[Mapping[type[KosekiSnapshot], tuple[str, str]]] = {
    KosekiFullSnapshot: ("全部事項証明", "これは、戸籍に記録されている事項の全部を証明した書面である。"),
    KosekiIndividualSnapshot: (
        "個人事項証明",
        "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。",
    ),
}
_LEFT = 15.0
_HEAD_TOP = 27.0
_BODY_TOP = 47.0
_LINE = 5.55
_GROUP_GAP = 2.4
_HEADING_WIDTH = 42.0
_LABEL_WIDTH = 42.0
_TEXT_WIDTH = 96.0
_TEXT = Style(10.5)
_HEADING = Style(10)


def plan(snapshot: KosekiSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    pages = pages_of(snapshot)
    return tuple(_page(snapshot, number, len(pages), groups, fonts) for number, groups in enumerate(pages, 1))


def _page(snapshot: KosekiSnapshot, number: int, total: int, groups: tuple[Group, ...], fonts: FontChain) -> PagePlan:
    title, sentence = _WORDING[type(snapshot)]
    tables = _tables(groups)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, title, fonts)
    head = {"domicile": snapshot.domicile, "first_registrant": snapshot.first_registrant}
    texts += cells("", _head_table(), head, fonts)
    for table, group in zip(tables, groups, strict=True):
        top = table.top
        for row, drawn in zip(group, table.rows, strict=True):
            texts += _row(row, top, fonts)
            top += drawn.height
    last = number == total
    if last:
        texts += certificate_page.below(tables, fonts)
        texts += certificate_page.certification(snapshot, sentence, fonts)
    else:
        texts += certificate_page.continued(fonts)
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = certificate_page.seal(snapshot, fonts) if last else None
    return PagePlan(number, total, snapshot.issuance_number, (_head_table(), *tables), tuple(texts), seal)


@cache
def _head_table() -> Table:
    """本籍 and 氏名 (of the first registrant), at the head of every page."""
    domicile = Cell("domicile", "本籍", _HEADING_WIDTH, 180 - _HEADING_WIDTH, 11)
    name = Cell("first_registrant", "氏名", _HEADING_WIDTH, 180 - _HEADING_WIDTH, 11)
    return Table(_LEFT, _HEAD_TOP, (Row(8.5, (domicile,)), Row(8.5, (name,))), label_size=10)


def _tables(groups: tuple[Group, ...]) -> tuple[Table, ...]:
    tables: list[Table] = []
    top = _BODY_TOP
    for group in groups:
        cell = Cell("", "", _HEADING_WIDTH, 180 - _HEADING_WIDTH)
        table = Table(_LEFT, round(top, 3), tuple(Row(round(row.cost * _LINE, 3), (cell,)) for row in group))
        tables.append(table)
        top += table.height + _GROUP_GAP
    return tuple(tables)


def _row(row: KosekiRow, top: float, fonts: FontChain) -> list[PlacedText]:
    first = top + ROW_EXTRA * _LINE / 2
    texts: list[PlacedText] = []
    for order, (field, heading) in enumerate(row.headings):
        box = from_top(_LEFT, first + order * _LINE, _HEADING_WIDTH, _LINE)
        texts += fit(field, heading, box, _HEADING, fonts)
    for order, line in enumerate(row.lines):
        texts += _line(line, first + order * _LINE, fonts)
    return texts


def _line(line: Line, top: float, fonts: FontChain) -> list[PlacedText]:
    left = _LEFT + _HEADING_WIDTH
    label = []
    if line.label is not None:
        box = from_top(left, top, _LABEL_WIDTH, _LINE)
        label = fit(f"{line.field}.label", f"【{line.label}】", box, _TEXT, fonts)
    return label + fit(line.field, line.text, from_top(left + _LABEL_WIDTH, top, _TEXT_WIDTH, _LINE), _TEXT, fonts)
