"""罹災証明書: whose dwelling, which disaster, and the degree of damage. One A4 portrait page.

The Cabinet Office recommends one form for all cities, which could not be read here: the rows are what it is known to ask for (applicant, cause,
dwelling, degree); their order and wording were decided here. Its free rows, such as the names of the household, are left out.
"""

from functools import cache
from typing import Final

from civil.disaster import DEGREES
from civil.eras import wareki
from pdf.disaster_damage_snapshot import DisasterDamageSnapshot
from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.table import Cell, Row, Table
from pdf.page_plan import PagePlan

_CERTIFICATION: Final = "上記のとおり相違ないことを証明する。"
_LEFT: Final = 15.0
_WIDTH: Final = 180.0
_LABEL: Final = 44.0
_TOP: Final = 32.0
_GAP: Final = 4.0
_PAGES: Final = 1
_HOLDER: Final = {"address": ("住所", 12.0, 12.0), "name": ("氏名", 13.0, 16.0), "birth": ("生年月日", 10.0, 12.0)}
_DAMAGE: Final = {
    "damage_number": ("証明番号", 10.0, 12.0),
    "disaster": ("災害の名称", 12.0, 12.0),
    "struck_on": ("罹災年月日", 10.0, 12.0),
    "cause": ("罹災原因", 15.0, 12.0),
    "dwelling_address": ("被災住家の所在地", 17.0, 12.0),
    "degree": ("住家の被害の程度", 16.0, 16.0),
}


def page_count(snapshot: DisasterDamageSnapshot) -> int:
    """Always one: ``snapshot`` is of one dwelling."""
    del snapshot
    return _PAGES


def plan(snapshot: DisasterDamageSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The one page. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    tables, values = _tables(), _values(snapshot)
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, snapshot.document_title, fonts)
    for table in tables:
        texts += cells("", table, values, fonts)
    texts += certificate_page.below(tables, fonts)
    texts += certificate_page.certification(snapshot, _CERTIFICATION, fonts)
    texts += certificate_page.foot(snapshot, _PAGES, _PAGES, fonts)
    seal = certificate_page.seal(snapshot, fonts)
    return (PagePlan(_PAGES, _PAGES, snapshot.issuance_number, tables, tuple(texts), seal),)


def _values(snapshot: DisasterDamageSnapshot) -> dict[str, str]:
    holder, damage = snapshot.holder, snapshot.damage
    return {
        "address": holder.address,
        "name": holder.name,
        "birth": holder.printed_birth,
        "damage_number": damage.damage_number,
        "disaster": damage.disaster,
        "struck_on": wareki(damage.struck_on),
        "cause": damage.cause,
        "dwelling_address": damage.dwelling_address,
        "degree": DEGREES[damage.degree],
    }


@cache
def _tables() -> tuple[Table, ...]:
    holder = _table(_TOP, _HOLDER)
    return holder, _table(_TOP + holder.height + _GAP, _DAMAGE)


def _table(top: float, rows: dict[str, tuple[str, float, float]]) -> Table:
    drawn = tuple(
        Row(height, (Cell(field, label, _LABEL, _WIDTH - _LABEL, size),))
        for field, (label, height, size) in rows.items()
    )
    return Table(_LEFT, top, drawn, label_size=10)
