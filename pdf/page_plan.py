"""What stands on one page, in reading order."""

from dataclasses import dataclass

from pdf.forms.table import Table
from pdf.layout import PlacedImage, PlacedText


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page: everything that composing draws and that inspection expects, nothing else.

    `number` counts from 1. `tables` are the ruled forms, `texts` every text including labels, in drawing order.
    The official seal stands on the last page only.
    """

    number: int
    total: int
    issuance_number: str
    tables: tuple[Table, ...]
    texts: tuple[PlacedText, ...]
    seal: PlacedImage | None
