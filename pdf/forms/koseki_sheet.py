"""The sheets of certificates made from a koseki or its 附票: a head table on each, framed rows below, A4 portrait."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pdf.certified import Certified
from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.koseki_rows import ROW_EXTRA, Group, KosekiRow, Line
from pdf.forms.table import Cell, Row, Table
from pdf.layout import PlacedText, from_top
from pdf.page_plan import PagePlan
from pdf.typesetting import Style, fit

_LEFT = 15.0
_HEAD_TOP = 27.0
_HEAD_HEIGHT = 17.0
_BODY_TOP = 47.0
_LINE = 5.55
_GROUP_GAP = 2.4
_HEADING_WIDTH = 42.0
_LABEL_WIDTH = 42.0
_TEXT_WIDTH = 96.0
_TEXT = Style(10.5)
_HEADING = Style(10)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Title, 認証文, and what stands at the head of every page: field, label and text of each row."""

    title: str
    certification: str
    head: tuple[tuple[str, str, str], ...]


def plan_sheets(
    snapshot: Certified, sheet: Sheet, pages: Sequence[tuple[Group, ...]], fonts: FontChain
) -> tuple[PagePlan, ...]:
    """One sheet for each of `pages`. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    return tuple(_sheet(snapshot, sheet, number, len(pages), groups, fonts) for number, groups in enumerate(pages, 1))


def _sheet(
    snapshot: Certified, sheet: Sheet, number: int, total: int, groups: tuple[Group, ...], fonts: FontChain
) -> PagePlan:
    head, tables = _head_table(tuple((field, label) for field, label, _ in sheet.head)), _tables(groups)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, sheet.title, fonts)
    texts += cells("", head, {field: text for field, _, text in sheet.head}, fonts)
    for table, group in zip(tables, groups, strict=True):
        top = table.top
        for row, drawn in zip(group, table.rows, strict=True):
            texts += _row(row, top, fonts)
            top += drawn.height
    last = number == total
    if last:
        texts += certificate_page.below(tables, fonts)
        texts += certificate_page.certification(snapshot, sheet.certification, fonts)
    else:
        texts += certificate_page.continued(fonts)
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = certificate_page.seal(snapshot, fonts) if last else None
    return PagePlan(number, total, snapshot.issuance_number, (head, *tables), tuple(texts), seal)


@cache
def _head_table(rows: tuple[tuple[str, str], ...]) -> Table:
    """As many rows as are told, always of the same height together."""
    width = 180 - _HEADING_WIDTH
    height = _HEAD_HEIGHT / len(rows)
    cells_of_rows = (Cell(field, label, _HEADING_WIDTH, width, 11) for field, label in rows)
    return Table(_LEFT, _HEAD_TOP, tuple(Row(height, (cell,)) for cell in cells_of_rows), label_size=10)


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
