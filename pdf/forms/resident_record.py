"""住民票の写し: 世帯連記式 (up to four persons a page) and 個人票 (one person a page), A4 portrait.

Which cells a person's table has depends on `Shape` alone, so that each is drawn once and kept.
"""

from dataclasses import dataclass
from functools import cache

from pdf.forms.table import Cell, Row, Table
from pdf.snapshot import Form

LEFT = 15.0
WIDTH = 180.0
HEAD_TOP = 27.0
HEAD_ROW = 8.0
PERSONS_TOP = 46.0
PERSON_PITCH = 47.7
PERSON_HEIGHT = 46.4
NUMBER_WIDTH = 7.0
FURIGANA_HEIGHT = 4.6
NAME_HEIGHT = 8.4
PERSONS_PER_PAGE: dict[Form, int] = {"household_list": 4, "individual": 1}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides which cells there are: the form, nationality, and whether 旧氏 or 通称 is registered."""

    form: Form
    is_foreign: bool
    has_second_name: bool


@cache
def head_table() -> Table:
    """住所 and 世帯主, at the head of every page."""
    address = Cell("address", "住所", 20, WIDTH - 20, 11)
    head = Cell("head_name", "世帯主", 20, WIDTH - 20, 11)
    return Table(LEFT, HEAD_TOP, (Row(HEAD_ROW, (address,)), Row(HEAD_ROW, (head,))), label_size=9)


@cache
def person_table(shape: Shape, slot: int) -> Table:
    """The cells of one person; `slot` counts from 0 down the page."""
    if shape.form == "individual":
        return Table(LEFT, PERSONS_TOP, (*_large_names(shape), *_large_rows(shape)), label_size=9)
    rows = (*_names(shape), *_listed(shape))
    return Table(LEFT, PERSONS_TOP + slot * PERSON_PITCH, rows, NUMBER_WIDTH)


def _names(shape: Shape) -> tuple[Row, ...]:
    furigana: tuple[Cell, ...] = (Cell("furigana", "フリガナ", 20, 153, 8),)
    names: tuple[Cell, ...] = (Cell("name", "氏名", 20, 153, 13),)
    if shape.has_second_name:
        second = (
            Cell("alias", "通称", 20, 66.5, 13) if shape.is_foreign else Cell("former_surname", "旧氏", 20, 66.5, 13)
        )
        names = (Cell("name", "氏名", 20, 66.5, 13), second)
        if not shape.is_foreign:
            kana = Cell("former_surname_furigana", "旧氏のフリガナ", 20, 66.5, 8)
            furigana = (Cell("furigana", "フリガナ", 20, 66.5, 8), kana)
    return Row(FURIGANA_HEIGHT, furigana), Row(NAME_HEIGHT, names)


def _listed(shape: Shape) -> tuple[Row, ...]:
    since = "foreign_resident_since" if shape.is_foreign else "resident_since"
    since_label = "外国人住民となった日" if shape.is_foreign else "住民となった日"
    birth = (
        Cell("birth", "生年月日", 20, 37),
        Cell("sex", "性別", 11, 12, centred=True),
        Cell("relationship", "続柄", 11, 26, centred=True),
        Cell("my_number", "個人番号", 17, 39, centred=True),
    )
    dates = (
        Cell(since, since_label, 28 if shape.is_foreign else 20, 32 if shape.is_foreign else 37),
        Cell("address_since", "住所を定めた日", 23, 33),
        Cell("notified_on", "届出日", 17 if shape.is_foreign else 15, 40 if shape.is_foreign else 45),
    )
    moved_in = (Cell("address_before_move_in", "転入前住所", 20, 153),)
    moved = (Cell("address_before_move", "異動前住所", 20, 153),)
    rows = (birth, *(_residence() if shape.is_foreign else _domicile()), dates, moved_in, moved)
    height = (PERSON_HEIGHT - FURIGANA_HEIGHT - NAME_HEIGHT) / len(rows)
    return tuple(Row(height, cells) for cells in rows)


def _domicile() -> tuple[tuple[Cell, ...], ...]:
    return ((Cell("domicile", "本籍", 20, 92), Cell("first_registrant", "筆頭者", 15, 46)),)


def _residence() -> tuple[tuple[Cell, ...], ...]:
    who = (
        Cell("nationality", "国籍・地域", 20, 30),
        Cell("residence_category", "第30条の45に規定する区分", 32, 27),
        Cell("residence_status", "在留資格", 16, 48),
    )
    how_long = (
        Cell("residence_period", "在留期間等", 20, 23),
        Cell("residence_expires_on", "在留期間の満了の日", 27, 33),
        Cell("residence_card_number", "在留カード等の番号", 27, 43),
    )
    return who, how_long


def _large_names(shape: Shape) -> tuple[Row, ...]:
    rows = (_wide("furigana", "フリガナ", 7, 10), _wide("name", "氏名", 12, 16))
    if not shape.has_second_name:
        return rows
    if shape.is_foreign:
        return (*rows, _wide("alias", "通称", 12, 14))
    return *rows, _wide("former_surname_furigana", "旧氏のフリガナ", 7, 10), _wide("former_surname", "旧氏", 12, 14)


def _large_rows(shape: Shape) -> tuple[Row, ...]:
    birth = _pair(Cell("birth", "生年月日", 36, 54, 11), Cell("sex", "性別", 36, 54, 11))
    relation = _pair(Cell("relationship", "続柄", 36, 54, 11), Cell("my_number", "個人番号", 36, 54, 11))
    address_since = Cell("address_since", "住所を定めた日", 36, 54, 11)
    notified = Cell("notified_on", "届出日", 36, 54, 11)
    before = (
        _wide("address_before_move_in", "転入前住所", 12, 11),
        _wide("address_before_move", "異動前住所", 12, 11),
    )
    dates = _pair(address_since, notified)
    return (birth, relation, *(_large_residence() if shape.is_foreign else _large_domicile()), dates, *before)


def _large_domicile() -> tuple[Row, ...]:
    return (
        _wide("domicile", "本籍", 12, 11),
        _wide("first_registrant", "筆頭者", 9, 11),
        _wide("resident_since", "住民となった日", 9, 11),
    )


def _large_residence() -> tuple[Row, ...]:
    category = Cell("residence_category", "第30条の45に規定する区分", 36, 54, 11)
    return (
        _wide("nationality", "国籍・地域", 9, 11),
        _pair(category, Cell("residence_status", "在留資格", 36, 54, 11)),
        _pair(
            Cell("residence_period", "在留期間等", 36, 54, 11),
            Cell("residence_expires_on", "在留期間の満了の日", 36, 54, 11),
        ),
        _wide("residence_card_number", "在留カード等の番号", 9, 11),
        _wide("foreign_resident_since", "外国人住民となった日", 9, 11),
    )


def _wide(field: str, label: str, height: float, size: float) -> Row:
    return Row(height, (Cell(field, label, 36, WIDTH - 36, size),))


def _pair(left: Cell, right: Cell) -> Row:
    return Row(9, (left, right))
