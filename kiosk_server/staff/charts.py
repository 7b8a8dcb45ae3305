"""Charts drawn on the server as SVG: readable without colour, and always beside the table that says the same."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

_BAR: Final = 22
_LABEL: Final = 150
_WIDTH: Final = 640
_HOURS: Final = 24
_ROW: Final = 46
_CELL: Final = 22
_HEAD: Final = 44


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> Markup:
    """Bars from the left: label, length, and the text at its end. `title` is read to those who do not see it."""
    most = max((length for _, length, _ in rows), default=0) or 1
    drawn = Markup("").join(_bar(place, label, length / most, text) for place, (label, length, text) in enumerate(rows))
    return _svg(title, _WIDTH, _BAR * max(1, len(rows)) + 4, drawn)


def week(title: str, weekdays: Sequence[str], counts: Mapping[tuple[int, int], int]) -> Markup:
    """A row of bars for each weekday, one for each hour; `counts` by weekday (1 to 7) and hour. The highest is as high as the row."""
    most = max(counts.values(), default=0) or 1
    hours = Markup("").join(
        _text(_HEAD + hour * _CELL, _ROW * len(weekdays) + 14, str(hour), "start") for hour in range(0, _HOURS, 3)
    )
    days = Markup("").join(
        _day(place, name, [counts.get((place + 1, hour), 0) / most for hour in range(_HOURS)])
        for place, name in enumerate(weekdays)
    )
    return _svg(title, _HEAD + _HOURS * _CELL + 4, _ROW * len(weekdays) + 20, days + hours)


def _day(place: int, name: str, heights: Sequence[float]) -> Markup:
    base = _ROW * (place + 1)
    line = Markup('<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        _HEAD, base, _HEAD + _HOURS * _CELL, base
    )
    columns = Markup("").join(
        Markup('<rect class="bar" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
            _HEAD + hour * _CELL + 2, base - height * (_ROW - 8), _CELL - 4, height * (_ROW - 8)
        )
        for hour, height in enumerate(heights)
        if height
    )
    return _text(0, base - 10, name, "start") + columns + line


def _bar(place: int, label: str, share: float, text: str) -> Markup:
    top, length = place * _BAR + 3, share * (_WIDTH - _LABEL - 110)
    bar = Markup('<rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}"/>').format(_LABEL, top, length, _BAR - 6)
    middle = top + _BAR - 9
    return _text(_LABEL - 8, middle, label, "end") + bar + _text(_LABEL + length + 6, middle, text, "start")


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _svg(title: str, width: float, height: float, drawn: Markup) -> Markup:
    return Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        escape(title), width, height, drawn
    )
