"""The ruled boxes of a planned page."""

from collections.abc import Iterator

from pdf import PagePlan
from pdf.layout import Box


def boxes(page: PagePlan) -> Iterator[Box]:
    """The box of every label and every field, in points from the lower left corner."""
    for table in page.tables:
        for _, label, field in table.placed():
            yield label
            yield field
