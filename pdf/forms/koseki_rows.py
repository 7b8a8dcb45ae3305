"""What is recorded of a koseki, as rows of lines in frames, and those on pages: pure functions that need no fonts.

Every character counts as a full square, which none of the fonts exceeds. So the number of pages is known before anything
is drawn, and a line that was cut here fits its box.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LINE_CHARACTERS = 24
LINES_PER_PAGE = 33
"""Lines of text on one page; a row costs `ROW_EXTRA` of a line more for its edges."""

ROW_EXTRA = 0.5
_GROUP_EXTRA = 0.5
_CLUSTER = re.compile(r".[\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line at the right of a row: its place, the label (on the first line of a paragraph only) and the text."""

    field: str
    label: str | None
    text: str


@dataclass(frozen=True, slots=True)
class KosekiRow:
    """Headings below each other at the left, each a field and its text, and the lines at their right."""

    headings: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]

    @property
    def cost(self) -> float:
        """Lines of a page that the row takes up."""
        return max(len(self.lines), len(self.headings)) + ROW_EXTRA


Group = tuple[KosekiRow, ...]
"""Rows in one frame: what belongs to one person, or to the koseki itself."""


def pages_of(groups: Iterable[Group]) -> tuple[tuple[Group, ...], ...]:
    """The groups of each page. A row stays whole where a page holds it; a frame that goes on begins again."""
    pages: list[list[Group]] = [[]]
    room = float(LINES_PER_PAGE)
    for group in groups:
        open_group: list[KosekiRow] = []
        for row in _no_longer_than_a_page(group):
            cost = row.cost + (0 if open_group else _GROUP_EXTRA)
            if cost > room:
                if open_group:
                    pages[-1].append(tuple(open_group))
                    open_group = []
                pages.append([])
                room, cost = float(LINES_PER_PAGE), row.cost + _GROUP_EXTRA
            open_group.append(row)
            room -= cost
        pages[-1].append(tuple(open_group))
    return tuple(tuple(page) for page in pages)


def lines_of(field: str, label: str, text: str) -> Iterator[Line]:
    """A text with its label, on as many lines as it takes."""
    clusters = _CLUSTER.findall(text) or [""]
    for start in range(0, len(clusters), LINE_CHARACTERS):
        yield Line(field, label if start == 0 else None, "".join(clusters[start : start + LINE_CHARACTERS]))


def _no_longer_than_a_page(rows: Sequence[KosekiRow]) -> Iterator[KosekiRow]:
    """Rows as they are; one that no page holds goes on under the same heading."""
    most = int(LINES_PER_PAGE - ROW_EXTRA - _GROUP_EXTRA)
    for row in rows:
        for start in range(0, max(len(row.lines), 1), most):
            yield KosekiRow(row.headings, row.lines[start : start + most])
