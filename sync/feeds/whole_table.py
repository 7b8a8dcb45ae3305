"""Whether a layout table has a place for every item of its feed."""

from collections.abc import Iterable, Sequence
from typing import Final

from sync.feeds.layout_table import LayoutTable, LayoutTableWrong, Line

_HEADER: Final = ("layout", "municipality_code")
_TRAILER: Final = frozenset({"records", "sha256"})


def require_whole(table: LayoutTable) -> None:
    """Every item of the feed is there, and nothing else; the trailer counts; marks differ. Raises LayoutTableWrong."""
    layout = table.layouts[0]
    _require_items(table, "header", table.header, (*_HEADER, *layout.header), {"records"})
    needed = {"D": layout.record, **layout.parts}
    if sorted(part for part, _line in table.records) != sorted(needed):
        reason = f"part ごとに1つです。 / There is one for each part: {', '.join(needed)}"
        raise LayoutTableWrong(table.name, "record", reason)
    for part, line in table.records:
        _require_items(table, "record", line, needed[part], {"municipality_code"})
    trailer = {column.item for column in table.trailer.columns if column.item}
    counted = "records" in trailer or any(column.item == "records" for column in table.header.columns)
    if not counted or trailer - _TRAILER or table.trailer.constants:
        reason = "records(件数)が要り、ほかは sha256 だけです。 / It has records, and sha256 or nothing else."
        raise LayoutTableWrong(table.name, "trailer", reason)
    marks = [table.header.mark, table.trailer.mark, *(line.mark for _part, line in table.records)]
    require_once(table.name, "mark", marks)
    if table.form == "fixed" and len({len(mark) for mark in marks}) > 1:
        reason = "固定長では同じ長さです。 / Marks of fixed length files have one length."
        raise LayoutTableWrong(table.name, "mark", reason)


def require_once(table: str, place: str, words: Sequence[str]) -> None:
    """None of these words is there twice. Raises LayoutTableWrong with the name of the table."""
    for word in words:
        if words.count(word) > 1:
            raise LayoutTableWrong(table, place, f"{word} が2回あります。 / {word} is there twice.")


def _require_items(table: LayoutTable, place: str, line: Line, needed: Sequence[str], may: Iterable[str]) -> None:
    given = {column.item.partition(".")[0] for column in line.columns if column.item} | set(line.constants)
    for item in needed:
        if item not in given:
            raise LayoutTableWrong(table.name, place, f"{item} がありません。 / {item} is missing.")
    for item in given - {*needed, *may}:
        reason = f"{item} はこの連携の項目ではありません。 / {item} is no item of this feed."
        raise LayoutTableWrong(table.name, place, reason)
