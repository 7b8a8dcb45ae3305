"""課税証明書, 所得証明書 and 納税証明書: whose tax, of which year, and the figures. One A4 portrait page.

Cities draw up these forms themselves and no standard one is public: the choice, order and grouping of the items were decided here, after what
the published notes of cities name (kinds and years; 調整控除 is printed, since 高等学校等就学支援金 asks for it).
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Final

from civil import tax_items
from civil.calendar import jst_date
from civil.eras import era_year, wareki
from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.table import Cell, Row, Table
from pdf.page_plan import PagePlan
from pdf.tax_snapshot import TaxAssessmentSnapshot, TaxIncomeSnapshot, TaxPaymentSnapshot, TaxSnapshot

_CERTIFICATION: Final = "上記のとおり相違ないことを証明する。"
_LEFT: Final = 15.0
_WIDTH: Final = 180.0
_HEAD_TOP: Final = 30.0
_GAP: Final = 3.0
_COLUMN: Final = (_WIDTH - _GAP) / 2
_ROW: Final = 6.2
_PAYMENT_ROW: Final = 10.0
_PAGES: Final = 1
_TAX: Final = "市民税・県民税及び森林環境税"
_HEAD: Final = {
    "tax_year": ("年度", 8.0, 11.0),
    "name": ("氏名", 10.0, 14.0),
    "birth": ("生年月日", 8.0, 11.0),
    "address": ("住所", 9.5, 11.0),
    "address_on_january_1": ("１月１日の住所", 9.5, 11.0),
}
_LIABILITY: Final = {"liability": "課税・非課税の別"}


def page_count(snapshot: TaxSnapshot) -> int:
    """Always one: ``snapshot`` is of one person and one year."""
    del snapshot
    return _PAGES


def plan(snapshot: TaxSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The one page. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    head = _head_table()
    tables = (head, *_TABLES[type(snapshot)](head.top + head.height + _GAP))
    values = _values(snapshot)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, snapshot.document_title, fonts)
    for table in tables:
        texts += cells("", table, values, fonts)
    texts += certificate_page.below(tables, fonts)
    texts += certificate_page.certification(snapshot, _CERTIFICATION, fonts)
    texts += certificate_page.foot(snapshot, _PAGES, _PAGES, fonts)
    return (
        PagePlan(
            _PAGES,
            _PAGES,
            snapshot.issuance_number,
            tables,
            tuple(texts),
            certificate_page.seal(snapshot, fonts),
        ),
    )


def tax_year_text(tax_year: int) -> str:
    """2026 is 令和8年度（令和7年分）: the year of the tax and the year of the income."""
    return f"{era_year(date(tax_year, 6, 1))}度（{era_year(date(tax_year - 1, 12, 31))}分）"


def _values(snapshot: TaxSnapshot) -> Mapping[str, str]:
    holder = snapshot.holder
    amounts = {item: _printed(item, snapshot.amount(item)) for item in tax_items.ITEMS}
    return amounts | {
        "tax_year": tax_year_text(snapshot.tax_year),
        "name": holder.name,
        "birth": holder.printed_birth,
        "address": holder.address,
        "address_on_january_1": holder.address_on_january_1,
        "tax": _TAX,
        "liability": "課税" if snapshot.amount("annual_tax") > 0 else "非課税",
        "as_of": f"{wareki(jst_date(snapshot.as_of))}現在",
    }


def _printed(item: str, amount: int) -> str:
    if item in tax_items.DEPENDANTS:
        return f"{amount:,}人"
    return f"△{-amount:,}円" if amount < 0 else f"{amount:,}円"


@cache
def _head_table() -> Table:
    rows = tuple(
        Row(height, (Cell(field, label, 38.0, _WIDTH - 38.0, size),)) for field, (label, height, size) in _HEAD.items()
    )
    return Table(_LEFT, _HEAD_TOP, rows, label_size=9.5)


@cache
def _assessment_tables(top: float) -> tuple[Table, ...]:
    above = _side_by_side(top, ("収入・所得", tax_items.INCOME), ("所得控除", tax_items.DEDUCTIONS))
    rest = (above[0].top + above[0].height) + _GAP
    assessment = {**_LIABILITY, **tax_items.ASSESSMENT}
    return above + _side_by_side(rest, ("扶養の状況", tax_items.DEPENDANTS), ("課税の状況", assessment))


@cache
def _income_tables(top: float) -> tuple[Table, ...]:
    return _side_by_side(top, ("収入・所得", tax_items.INCOME), ("扶養の状況", tax_items.DEPENDANTS))


@cache
def _payment_tables(top: float) -> tuple[Table, ...]:
    told = {"tax": "税目", **tax_items.PAYMENT, "as_of": "納付の状況"}
    rows = tuple(
        Row(_PAYMENT_ROW, (Cell(field, label, 70.0, _WIDTH - 70.0, 12.0, right=field in tax_items.PAYMENT),))
        for field, label in told.items()
    )
    return (Table(_LEFT, top, rows, label_size=10),)


def _side_by_side(
    top: float, left: tuple[str, Mapping[str, str]], right: tuple[str, Mapping[str, str]]
) -> tuple[Table, ...]:
    return _column(_LEFT, top, *left), _column(_LEFT + _COLUMN + _GAP, top, *right)


def _column(left: float, top: float, title: str, items: Mapping[str, str]) -> Table:
    """A titled list of figures, half the page wide."""
    label = 50.0
    rows = (
        Row(_ROW, (Cell(f"section.{title}", title, _COLUMN, 0.0),)),
        *(
            Row(_ROW, (Cell(item, name, label, _COLUMN - label, 9.5, right=item != "liability", centred=True),))
            for item, name in items.items()
        ),
    )
    return Table(left, top, rows, label_size=8.5)


_TABLES: Final[Mapping[type[TaxSnapshot], Callable[[float], tuple[Table, ...]]]] = {
    TaxAssessmentSnapshot: _assessment_tables,
    TaxIncomeSnapshot: _income_tables,
    TaxPaymentSnapshot: _payment_tables,
}
