"""戸籍全部事項証明書 and 戸籍個人事項証明書, from a snapshot to rows of lines and to pages of rows: pure functions that need no fonts.

Every character counts as a full square, which none of the fonts exceeds. So the number of pages is known before anything
is drawn, and a line that was cut here fits its box.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdf.koseki_snapshot import KosekiItem, KosekiPerson, KosekiSnapshot
from pdf.printed_values import BLANK

LINE_CHARACTERS = 24
LINES_PER_PAGE = 33
"""Lines of text on one page; a row costs `ROW_EXTRA` of a line more for its edges."""

ROW_EXTRA = 0.5
_GROUP_EXTRA = 0.5
_CLUSTER = re.compile(r".[\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_RECORDED = "戸籍に記録されている者"
_REMOVED = "　　（除　籍）"
_OF_KOSEKI = "戸籍事項"
_OF_PERSON = "身分事項"
_INDENT = "　　"


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
"""Rows in one frame: the koseki's own items, or one person's."""


def page_count(snapshot: KosekiSnapshot) -> int:
    """How many pages the certificate fills."""
    return len(pages_of(snapshot))


def pages_of(snapshot: KosekiSnapshot) -> tuple[tuple[Group, ...], ...]:
    """The groups of each page. A row stays whole where a page holds it; a frame that goes on begins again."""
    pages: list[list[Group]] = [[]]
    room = float(LINES_PER_PAGE)
    for group in _groups(snapshot):
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


def _groups(snapshot: KosekiSnapshot) -> Iterator[Group]:
    if snapshot.items:
        yield tuple(_items("", _OF_KOSEKI, snapshot.items))
    for number, person in enumerate(snapshot.persons, 1):
        prefix = f"person{number}."
        yield (_person(prefix, person), *_items(prefix, _OF_PERSON, person.items))


def _person(prefix: str, person: KosekiPerson) -> KosekiRow:
    facts = (
        ("given_name", "名", person.given_name),
        ("given_name_furigana", "名の振り仮名", person.given_name_furigana),
        ("birth", "生年月日", person.birth.printed_wareki()),
        ("spouse_kind", "配偶者区分", person.spouse_kind),
        ("father", "父", person.father or BLANK),
        ("mother", "母", person.mother or BLANK),
        ("adoptive_father", "養父", person.adoptive_father),
        ("adoptive_mother", "養母", person.adoptive_mother),
        ("relationship", "続柄", person.relationship),
    )
    lines = tuple(
        line for field, label, text in facts if text is not None for line in _lines(prefix + field, label, text)
    )
    removed = ((f"{prefix}removed", _REMOVED),) if person.removed else ()
    return KosekiRow(((f"label.{prefix}recorded", _RECORDED), *removed), lines)


def _items(prefix: str, section: str, items: Sequence[KosekiItem]) -> Iterator[KosekiRow]:
    """The items of the koseki or of a person; the first stands under the title of the section."""
    for order, item in enumerate(items, 1):
        title = ((f"label.{prefix}section", section),) if order == 1 else ()
        yield _item(f"{prefix}item{order}.", title, item)


def _item(prefix: str, title: tuple[tuple[str, str], ...], item: KosekiItem) -> KosekiRow:
    lines = tuple(
        line
        for order, paragraph in enumerate(item.paragraphs, 1)
        for line in _lines(f"{prefix}paragraph{order}", paragraph.label, paragraph.content)
    )
    return KosekiRow((*title, (f"{prefix}heading", _INDENT + item.heading)), lines)


def _lines(field: str, label: str, text: str) -> Iterator[Line]:
    clusters = _CLUSTER.findall(text) or [""]
    for start in range(0, len(clusters), LINE_CHARACTERS):
        yield Line(field, label if start == 0 else None, "".join(clusters[start : start + LINE_CHARACTERS]))


def _no_longer_than_a_page(rows: Sequence[KosekiRow]) -> Iterator[KosekiRow]:
    """Rows as they are; one that no page holds goes on under the same heading."""
    most = int(LINES_PER_PAGE - ROW_EXTRA - _GROUP_EXTRA)
    for row in rows:
        for start in range(0, max(len(row.lines), 1), most):
            yield KosekiRow(row.headings, row.lines[start : start + most])
