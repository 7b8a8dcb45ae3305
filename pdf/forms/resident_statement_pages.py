"""住民票記載事項証明書, from a snapshot to placed texts: a pure function."""

from collections.abc import Iterator
from typing import Final

from pdf.counter_statement import Note, StatementNotes
from pdf.errors import TextOverflow
from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.resident_statement import (
    PERSONS_FOOT,
    PERSONS_GAP,
    StatementShape,
    head_table,
    person_table,
    with_notes,
)
from pdf.forms.table import Table
from pdf.layout import PlacedText, from_top
from pdf.page_plan import PagePlan
from pdf.printed_values import head_values, person_values, second_names
from pdf.reading_order import with_reading_order
from pdf.resident_statement_snapshot import ResidentStatementSnapshot
from pdf.typesetting import Style, fit

_ORDER = Style(11, "centre")
_MARK = Style(14, "right")
_NO_NOTES: Final = StatementNotes()

_Placed = tuple[int, Table]
"""A person's number in the household as printed, from 1, and their table."""


def page_count(snapshot: ResidentStatementSnapshot) -> int:
    """How many pages `plan` makes; needs no fonts."""
    return len(_pages(snapshot, _NO_NOTES))


def plan(
    snapshot: ResidentStatementSnapshot, fonts: FontChain, notes: StatementNotes = _NO_NOTES
) -> tuple[PagePlan, ...]:
    """The pages. Raises `GlyphMissing` or `TextOverflow`, naming the field, for a text that cannot be printed whole."""
    pages = _pages(snapshot, notes)
    return tuple(_page(snapshot, notes, number, len(pages), placed, fonts) for number, placed in enumerate(pages, 1))


def counter_statement_plan(
    snapshot: ResidentStatementSnapshot, notes: StatementNotes, fonts: FontChain
) -> tuple[PagePlan, ...]:
    """The pages of a statement of the counter. Raises as `plan` does."""
    return with_reading_order(plan(snapshot, fonts, notes), snapshot.document_title)


def _pages(snapshot: ResidentStatementSnapshot, notes: StatementNotes) -> list[list[_Placed]]:
    """As many persons on each page as their items leave room for, at least one."""
    head = _head(snapshot, notes)
    start = head.top + head.height + PERSONS_GAP
    pages: list[list[_Placed]] = []
    top = PERSONS_FOOT
    for number, shape in enumerate(_shapes(snapshot), 1):
        noted = _noted(notes, number)
        height = with_notes(person_table(shape, start), noted).height
        if noted and start + height > PERSONS_FOOT:
            raise TextOverflow(f"person{number}.{noted[-1][0]}")
        if not pages or top + height > PERSONS_FOOT:
            pages.append([])
            top = start
        pages[-1].append((number, with_notes(person_table(shape, round(top, 3)), noted)))
        top += height + PERSONS_GAP
    return pages


def _shapes(snapshot: ResidentStatementSnapshot) -> Iterator[StatementShape]:
    for person in snapshot.persons:
        yield StatementShape(person.is_foreign, bool(second_names(person)), snapshot.options)


def _head(snapshot: ResidentStatementSnapshot, notes: StatementNotes) -> Table:
    return head_table(with_head=snapshot.options.relationship, noted=tuple(label for label, _ in notes.head))


def _noted(notes: StatementNotes, number: int) -> tuple[Note, ...]:
    return notes.people[number - 1] if notes.people else ()


def _page(
    snapshot: ResidentStatementSnapshot, notes: StatementNotes, number: int, total: int, placed: list[_Placed],
    fonts: FontChain,
) -> PagePlan:  # fmt: skip
    head, tables = _head(snapshot, notes), tuple(table for _, table in placed)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, snapshot.document_title, fonts)
    texts += fit("mark", notes.mark, from_top(145, 12, 50, 13), _MARK, fonts) if notes.mark else []
    texts += cells("", head, head_values(snapshot) | dict(notes.head), fonts)
    for order, table in placed:
        texts += _person(snapshot, _noted(notes, order), order, table, fonts)
    texts += certificate_page.below(tables, fonts)
    last = number == total
    texts += (
        certificate_page.certification(snapshot, snapshot.certification, fonts)
        if last
        else certificate_page.continued(fonts)
    )
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = certificate_page.seal(snapshot, fonts) if last else None
    return PagePlan(number, total, snapshot.issuance_number, (head, *tables), tuple(texts), seal)


def _person(
    snapshot: ResidentStatementSnapshot, noted: tuple[Note, ...], order: int, table: Table, fonts: FontChain
) -> list[PlacedText]:
    prefix = f"person{order}."
    values = person_values(snapshot.persons[order - 1], snapshot.options) | dict(noted)
    return fit(f"{prefix}order", str(order), table.number_box(), _ORDER, fonts) + cells(prefix, table, values, fonts)
