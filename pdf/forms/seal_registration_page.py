"""印鑑登録証明書: the registered seal in its own size, whose it is, and the certification. One A4 portrait page."""

from functools import cache

from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.table import Cell, Row, Table
from pdf.layout import MM, Box, PlacedImage, from_top
from pdf.page_plan import PagePlan
from pdf.seal_registration_snapshot import SealHolder, SealRegistrationSnapshot
from pdf.typesetting import Style, fit

_TITLE = "印鑑登録証明書"
_CERTIFICATION = "この写しは、登録された印影と相違ないことを証明する。"
_LEFT = 15.0
_TOP = 32.0
_SEAL_BOX = 60.0
"""A square in which the largest seal, 25 mm, stands free on every side."""

_SEAL_LABEL = 9.0
_LABEL_WIDTH = 26.0
_PAGES = 1


def page_count(snapshot: SealRegistrationSnapshot) -> int:
    """Always one: ``snapshot`` has one holder and one seal."""
    del snapshot
    return _PAGES


def plan(snapshot: SealRegistrationSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The one page. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    values = _values(snapshot.holder)
    frame, table = _seal_frame(), _holder_table(tuple(values))
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, _TITLE, fonts)
    texts += fit("label.registered_seal", "印影", _seal_label_box(), Style(10, "centre"), fonts)
    texts += cells("", table, values, fonts)
    texts += certificate_page.below((frame, table), fonts)
    texts += certificate_page.certification(snapshot, _CERTIFICATION, fonts)
    texts += certificate_page.foot(snapshot, _PAGES, _PAGES, fonts)
    seal = certificate_page.seal(snapshot, fonts)
    registered = _registered_seal(snapshot)
    return (PagePlan(_PAGES, _PAGES, snapshot.issuance_number, (frame, table), tuple(texts), seal, registered),)


def _values(holder: SealHolder) -> dict[str, str]:
    values = {
        "name": holder.name,
        "former_surname": holder.former_surname,
        "alias": holder.alias,
        "birth": holder.printed_birth,
        "address": holder.address,
    }
    return {field: value for field, value in values.items() if value is not None}


@cache
def _seal_frame() -> Table:
    """The square that holds the seal, under its label: one row without a field of text."""
    return Table(
        _LEFT, _TOP, (Row(_SEAL_LABEL, (Cell("", "", _SEAL_BOX, 0),)), Row(_SEAL_BOX, (Cell("", "", 0, _SEAL_BOX),)))
    )


def _seal_label_box() -> Box:
    return from_top(_LEFT, _TOP, _SEAL_BOX, _SEAL_LABEL)


@cache
def _holder_table(fields: tuple[str, ...]) -> Table:
    """Name, birth and address to the right of the seal, as high as its frame whatever is registered."""
    labels = {"name": "氏名", "former_surname": "旧氏", "alias": "通称", "birth": "生年月日", "address": "住所"}
    sizes = {"name": 16.0, "former_surname": 13.0, "alias": 13.0}
    left, width = _LEFT + _SEAL_BOX, 180 - _SEAL_BOX
    height = (_SEAL_LABEL + _SEAL_BOX) / len(fields)
    rows = tuple(
        Row(height, (Cell(field, labels[field], _LABEL_WIDTH, width - _LABEL_WIDTH, sizes.get(field, 12.0)),))
        for field in fields
    )
    return Table(left, _TOP, rows, label_size=10)


def _registered_seal(snapshot: SealRegistrationSnapshot) -> PlacedImage:
    width, height = snapshot.registered_seal.size_mm()
    left = _LEFT + (_SEAL_BOX - width) / 2
    top = _TOP + _SEAL_LABEL + (_SEAL_BOX - height) / 2
    box = from_top(left, top, width, height)
    rounded = Box(round(box.x, 2), round(box.y, 2), round(width * MM, 2), round(height * MM, 2))
    return PlacedImage(snapshot.registered_seal.png, rounded)
