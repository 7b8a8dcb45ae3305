"""住民票の写し of the counter: the 個人票 of kiosks, with 住民票コード, 消除 and 履歴 below it; what does not fit goes on the next page."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from pdf.counter_record import CounterNotes, PastLine
from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.resident_record import LEFT, PERSONS_TOP, WIDTH, Shape, head_table, person_table
from pdf.forms.table import Cell, Row, Table
from pdf.page_plan import PagePlan
from pdf.printed_values import certification_sentence, head_values, person_values, second_names
from pdf.reading_order import with_reading_order
from pdf.snapshot import PrintedPerson, ResidentRecordSnapshot

_TITLE: Final = "住　民　票"
_REMOVED_TITLE: Final = "除　票"
_REMOVED: Final = "この写しは、除票の原本と相違ないことを証明する。"
_GAP: Final = 3.0
_PAST_ROW: Final = 9.0
_NOTE_ROW: Final = 8.0
_FOOT: Final = certificate_page.CERTIFICATION_TOP - 2
_MOST_PAST: Final = int((_FOOT - PERSONS_TOP) / _PAST_ROW)


def counter_plan(
    snapshot: ResidentRecordSnapshot, notes: Sequence[CounterNotes], fonts: FontChain
) -> tuple[PagePlan, ...]:
    """The pages; `notes` has one for each person of the snapshot, in their order.

    Raises `GlyphMissing` or `TextOverflow`, naming the field, for a text that cannot be printed whole.
    """
    sheets = [sheet for order in range(len(snapshot.persons)) for sheet in _sheets(snapshot, order, notes[order])]
    removed = any(one.removed for one in notes)
    title, sentence = (_REMOVED_TITLE, _REMOVED) if removed else (_TITLE, certification_sentence(snapshot))
    pages = [
        _page(snapshot, number, title, None if number < len(sheets) else sentence, sheet, len(sheets), fonts)
        for number, sheet in enumerate(sheets, 1)
    ]
    return with_reading_order(pages, snapshot.document_title)


Sheet = tuple[tuple[str, Table, dict[str, str]], ...]
"""What stands on one page below its head: the prefix of the fields, the table, the values."""


def _sheets(snapshot: ResidentRecordSnapshot, order: int, notes: CounterNotes) -> list[Sheet]:
    person, prefix = snapshot.persons[order], f"person{order + 1}."
    tables = [(prefix, _person_table(person), person_values(person, snapshot.options))]
    top = PERSONS_TOP + tables[0][1].height + _GAP
    if told := _told(notes):
        tables.append((prefix, _notes_table(tuple(told), top), told))
        top += tables[-1][1].height + _GAP
    count = min(len(notes.past), max(0, int((_FOOT - top) / _PAST_ROW)))
    if count:
        tables.append(_past(prefix, notes.past[:count], 1, top))
    rest = range(count, len(notes.past), _MOST_PAST)
    more = [(_past(prefix, notes.past[at : at + _MOST_PAST], at + 1, PERSONS_TOP),) for at in rest]
    return [tuple(tables), *more]


def _person_table(person: PrintedPerson) -> Table:
    return person_table(Shape("individual", person.is_foreign, bool(second_names(person))), 0)


def _told(notes: CounterNotes) -> dict[str, str]:
    told = {"resident_code": notes.resident_code, "removed": notes.removed, "moved_to": notes.moved_to}
    return {field: text for field, text in told.items() if text}


_NOTE_LABELS: Final = {"resident_code": "住民票コード", "removed": "消除", "moved_to": "転出先"}


@cache
def _notes_table(fields: tuple[str, ...], top: float) -> Table:
    rows = tuple(Row(_NOTE_ROW, (Cell(field, _NOTE_LABELS[field], 36, WIDTH - 36, 11),)) for field in fields)
    return Table(LEFT, top, rows, label_size=9)


def _past(prefix: str, lines: Sequence[PastLine], first: int, top: float) -> tuple[str, Table, dict[str, str]]:
    values = {f"past_day{number}": line.occurred for number, line in enumerate(lines, first)}
    values |= {f"past{number}": line.text for number, line in enumerate(lines, first)}
    return prefix, _past_table(first, len(lines), top), values


@cache
def _past_table(first: int, count: int, top: float) -> Table:
    rows = tuple(
        Row(
            _PAST_ROW,
            (Cell(f"past_day{number}", "異動日", 16, 36, 9), Cell(f"past{number}", "履歴", 12, WIDTH - 64, 9)),
        )
        for number in range(first, first + count)
    )
    return Table(LEFT, top, rows, label_size=8)


def _page(
    snapshot: ResidentRecordSnapshot,
    number: int,
    title: str,
    sentence: str | None,
    sheet: Sheet,
    total: int,
    fonts: FontChain,
) -> PagePlan:
    """A page; its certification is the last one's."""
    tables = tuple(table for _, table, _ in sheet)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, title, fonts)
    texts += cells("", head_table(), head_values(snapshot), fonts)
    for prefix, table, values in sheet:
        texts += cells(prefix, table, values, fonts)
    texts += certificate_page.below(tables, fonts)
    texts += (
        certificate_page.continued(fonts)
        if sentence is None
        else certificate_page.certification(snapshot, sentence, fonts)
    )
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = None if sentence is None else certificate_page.seal(snapshot, fonts)
    return PagePlan(number, total, snapshot.issuance_number, (head_table(), *tables), tuple(texts), seal)
