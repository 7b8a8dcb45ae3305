"""住民票記載事項証明書: a frame for each person with the items that were asked for and no others, A4 portrait.

The form of the standard specification was not at hand, so this one was decided. No cell is smaller than that of the 世帯連記式 of the
住民票の写し: what fits there fits here. How many persons stand on a page follows from the items, before anything is drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil

from pdf.counter_statement import Note
from pdf.forms.table import Cell, Row, Table
from pdf.resident_statement_snapshot import StatementItems

LEFT = 15.0
WIDTH = 180.0
HEAD_TOP = 27.0
PERSONS_GAP = 3.0
PERSONS_FOOT = 236.0
"""Millimetres from the upper edge; below stands the certification."""

_NUMBER_WIDTH = 7.0
_LABEL = 33.0
_WIDE = WIDTH - _NUMBER_WIDTH - _LABEL
_HALF = (WIDTH - _NUMBER_WIDTH) / 2 - _LABEL
_SIZE = 10.5
_NOTED = 100
"""Characters for which a row below a person has room, also where its text has to be drawn small."""


@dataclass(frozen=True, slots=True)
class StatementShape:
    """What decides which cells there are: nationality, whether 旧氏 or 通称 is registered, and the items."""

    is_foreign: bool
    has_second_name: bool
    items: StatementItems


@cache
def head_table(*, with_head: bool, noted: tuple[str, ...] = ()) -> Table:
    """住所, 世帯主 where it was asked for, and whatever else a paper of the counter says, at the head of every page."""
    named = [
        ("address", "住所"),
        *([("head_name", "世帯主")] if with_head else []),
        *((label, label) for label in noted),
    ]
    width = _LABEL if noted else 20.0
    rows = tuple(Row(8.0, (Cell(field, label, width, WIDTH - width, 11),)) for field, label in named)
    return Table(LEFT, HEAD_TOP, rows, label_size=9)


@cache
def person_table(shape: StatementShape, top: float) -> Table:
    """The cells of one person, `top` millimetres from the upper edge."""
    return Table(LEFT, top, (*_names(shape), *_stated(shape)), _NUMBER_WIDTH, label_size=8.5)


def with_notes(table: Table, notes: Sequence[Note]) -> Table:
    """The cells of one person with a row for each note below them, the higher the longer its text is; the same table without any, which is drawn once and kept."""
    if not notes:
        return table
    rows = (_wide(label, label, 7.5 * ceil(len(text) / _NOTED)) for label, text in notes)
    return replace(table, rows=(*table.rows, *rows))


def _names(shape: StatementShape) -> Iterator[Row]:
    yield _wide("furigana", "フリガナ", 7.0, 8)
    yield _wide("name", "氏名", 10.0, 13)
    if shape.has_second_name and shape.is_foreign:
        yield _wide("alias", "通称", 9.0, 13)
    elif shape.has_second_name:
        yield _wide("former_surname_furigana", "旧氏のフリガナ", 7.0, 8)
        yield _wide("former_surname", "旧氏", 9.0, 13)
    yield _pair(_half("birth", "生年月日"), _half("sex", "性別"))


def _stated(shape: StatementShape) -> Iterator[Row]:
    items = shape.items
    if items.relationship:
        yield _wide("relationship", "続柄")
    if items.my_number:
        yield _wide("my_number", "個人番号")
    yield from _foreign(items) if shape.is_foreign else _japanese(items)
    if items.resident_since and shape.is_foreign:
        yield _wide("foreign_resident_since", "外国人住民となった日")
    elif items.resident_since:
        yield _wide("resident_since", "住民となった日")
    if items.address_since:
        yield _pair(_half("address_since", "住所を定めた日"), _half("notified_on", "届出日"))
    if items.previous_address:
        yield _wide("address_before_move_in", "転入前住所")
        yield _wide("address_before_move", "異動前住所")


def _japanese(items: StatementItems) -> Iterator[Row]:
    if items.domicile:
        yield _wide("domicile", "本籍")
        yield _wide("first_registrant", "筆頭者")


def _foreign(items: StatementItems) -> Iterator[Row]:
    if items.nationality:
        yield _wide("nationality", "国籍・地域")
    if items.residence_status:
        category = _half("residence_category", "第30条の45に規定する区分")
        yield _pair(category, _half("residence_status", "在留資格"))
        yield _pair(_half("residence_period", "在留期間等"), _half("residence_expires_on", "在留期間の満了の日"))
    if items.residence_card_number:
        yield _wide("residence_card_number", "在留カード等の番号")


def _wide(field: str, label: str, height: float = 7.5, size: float = _SIZE) -> Row:
    return Row(height, (Cell(field, label, _LABEL, _WIDE, size),))


def _half(field: str, label: str) -> Cell:
    return Cell(field, label, _LABEL, _HALF, _SIZE)


def _pair(left: Cell, right: Cell) -> Row:
    return Row(7.5, (left, right))
