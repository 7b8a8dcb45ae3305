"""住民票記載事項証明書, from a snapshot to placed texts: a pure function."""

from collections.abc import Iterator

from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.resident_statement import (
    PERSONS_FOOT,
    PERSONS_GAP,
    StatementShape,
    head_table,
    person_table,
)
from pdf.forms.table import Table
from pdf.layout import PlacedText
from pdf.page_plan import PagePlan
from pdf.printed_values import head_values, person_values, second_names
from pdf.resident_statement_snapshot import ResidentStatementSnapshot
from pdf.typesetting import Style, fit

_TITLE = "住民票記載事項証明書"
_CERTIFICATION = "上記の事項は、住民票に記載があることを証明する。"
_ORDER = Style(11, "centre")

_Placed = tuple[int, Table]
"""A person's number in the household as printed, from 1, and their table."""


def page_count(snapshot: ResidentStatementSnapshot) -> int:
    """How many pages `plan` makes; needs no fonts."""
    return len(_pages(snapshot))


def plan(snapshot: ResidentStatementSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages. Raises `GlyphMissing` or `TextOverflow`, naming the field, for a text that cannot be printed whole."""
    pages = _pages(snapshot)
    return tuple(_page(snapshot, number, len(pages), placed, fonts) for number, placed in enumerate(pages, 1))


def _pages(snapshot: ResidentStatementSnapshot) -> list[list[_Placed]]:
    """As many persons on each page as their items leave room for, at least one."""
    head = _head(snapshot)
    start = head.top + head.height + PERSONS_GAP
    pages: list[list[_Placed]] = []
    top = PERSONS_FOOT
    for number, shape in enumerate(_shapes(snapshot), 1):
        height = person_table(shape, start).height
        if not pages or top + height > PERSONS_FOOT:
            pages.append([])
            top = start
        pages[-1].append((number, person_table(shape, round(top, 3))))
        top += height + PERSONS_GAP
    return pages


def _shapes(snapshot: ResidentStatementSnapshot) -> Iterator[StatementShape]:
    for person in snapshot.persons:
        yield StatementShape(person.is_foreign, bool(second_names(person)), snapshot.options)


def _head(snapshot: ResidentStatementSnapshot) -> Table:
    return head_table(with_head=snapshot.options.relationship)


def _page(
    snapshot: ResidentStatementSnapshot, number: int, total: int, placed: list[_Placed], fonts: FontChain
) -> PagePlan:
    head, tables = _head(snapshot), tuple(table for _, table in placed)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, _TITLE, fonts)
    texts += cells("", head, head_values(snapshot), fonts)
    for order, table in placed:
        texts += _person(snapshot, order, table, fonts)
    texts += certificate_page.below(tables, fonts)
    last = number == total
    texts += (
        certificate_page.certification(snapshot, _CERTIFICATION, fonts) if last else certificate_page.continued(fonts)
    )
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = certificate_page.seal(snapshot, fonts) if last else None
    return PagePlan(number, total, snapshot.issuance_number, (head, *tables), tuple(texts), seal)


def _person(snapshot: ResidentStatementSnapshot, order: int, table: Table, fonts: FontChain) -> list[PlacedText]:
    prefix = f"person{order}."
    values = person_values(snapshot.persons[order - 1], snapshot.options)
    return fit(f"{prefix}order", str(order), table.number_box(), _ORDER, fonts) + cells(prefix, table, values, fonts)
