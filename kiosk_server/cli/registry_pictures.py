"""Pictures of `kiosk registry statistics`: the population pyramid, and what entered and what left, as SVG for any browser."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import Final

from civil.prefectures import PREFECTURES
from civil.sex import Sex
from kiosk_server.cli.registry_tables import AGE_CLASSES, ELSEWHERE, age_class
from registry.residents import Cause, Moved, Population

_FONT: Final = "font-family='sans-serif' font-size='12'"
_MEN, _WOMEN, _IN, _OUT = "#3b6ea5", "#b5553c", "#3f7f5f", "#8a8a8a"
_ROW: Final = 18
_HALF: Final = 240
"""The length of the longest bar of a side, in pixels."""
_GAP: Final = 90
"""The room for the names between both sides."""
_EDGE: Final = 60
"""The room for a figure beside the longest bar."""
_TOP: Final = 60

Bars = Sequence[tuple[str, int, int]]
"""From the bottom up: the name of a row, its figure to the left and its figure to the right."""


def pyramid(day: Population) -> bytes:
    """人口ピラミッド: men to the left, women to the right, by five-year classes of age; whoever has neither sex or no age is told below."""
    found: Counter[tuple[str, Sex]] = Counter()
    for one in day.counted:
        found[age_class(one.age), one.sex] += one.persons
    *known, unknown = AGE_CLASSES
    bars = [(age, found[age, Sex.MALE], found[age, Sex.FEMALE]) for age in known]
    left_out = day.persons() - sum(men + women for _, men, women in bars)
    title = f"人口ピラミッド / Population pyramid {day.on}"
    note = f"計 {day.persons():,} 人。うち年齢{unknown}または性別空欄の {left_out:,} 人は図にない。 / All: {day.persons():,}; {left_out:,} without age or sex are not shown."
    return _picture(title, ("男", _MEN), ("女", _WOMEN), bars, note)


def movement_chart(moved: Sequence[Moved], since: date, until: date) -> bytes:
    """異動件数: entries to the right, removals to the left, by cause."""
    found: Counter[tuple[Cause, bool]] = Counter()
    for one in moved:
        found[one.cause, one.is_entry] += one.persons
    bars = [(cause.value, found[cause, False], found[cause, True]) for cause in reversed(Cause)]
    net = sum(entries - removals for _, removals, entries in bars)
    return _picture(
        f"異動件数 / Movements {since} – {until}",
        ("消除", _OUT),
        ("記載", _IN),
        bars,
        f"差引 {net:+,} 人。 / Net {net:+,}.",
    )


def prefecture_chart(moved: Sequence[Moved], since: date, until: date) -> bytes:
    """都道府県別の転入・転出: who came to the right, who left to the left; prefectures without either are left out."""
    found: Counter[tuple[str, bool]] = Counter()
    for one in moved:
        if one.cause is Cause.DOMESTIC:
            found[one.place or ELSEWHERE, one.is_entry] += one.persons
    named = [place for place in (*PREFECTURES, ELSEWHERE) if found[place, True] or found[place, False]]
    bars = [(place, found[place, False], found[place, True]) for place in reversed(named)]
    title = f"都道府県別の転入・転出 / Domestic moves {since} – {until}"
    net = sum(came - left for _, left, came in bars)
    return _picture(title, ("転出", _OUT), ("転入", _IN), bars, f"転入超過 {net:+,} 人。 / Net {net:+,}.")


def _picture(title: str, left: tuple[str, str], right: tuple[str, str], bars: Bars, note: str) -> bytes:
    longest = max((figure for _, *figures in bars for figure in figures), default=0) or 1
    gap = max([_GAP, *(13 * len(name) for name, *_ in bars)])
    middle_left, middle_right = _EDGE + _HALF, _EDGE + _HALF + gap
    width, height = middle_right + _HALF + _EDGE, _TOP + _ROW * len(bars) + 40
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' {_FONT}>",
        f"<title>{escape(title)}</title><rect width='100%' height='100%' fill='white'/>",
        _text(width / 2, 24, title, "middle", "font-size='16'"),
        _text(middle_left, 48, left[0], "end"),
        _text(middle_right, 48, right[0], "start"),
    ]
    for place, (name, to_left, to_right) in enumerate(reversed(bars)):
        y = _TOP + place * _ROW
        parts += _bar(middle_left, y, -1, to_left, longest, left[1])
        parts.append(_text((middle_left + middle_right) / 2, y + 12, name, "middle"))
        parts += _bar(middle_right, y, 1, to_right, longest, right[1])
    parts += [_text(_EDGE, height - 14, note, "start"), "</svg>\n"]
    return "\n".join(parts).encode()


def _bar(x: int, y: int, side: int, figure: int, longest: int, colour: str) -> Iterable[str]:
    """A bar from `x` to its side (-1 left, 1 right), with its figure behind its end."""
    length = figure * _HALF / longest
    start = x if side > 0 else x - length
    yield f"<rect x='{start:.1f}' y='{y + 2}' width='{length:.1f}' height='{_ROW - 4}' fill='{colour}'/>"
    yield _text(x + side * (length + 4), y + 13, f"{figure:,}", "start" if side > 0 else "end")


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' {more}>{escape(text)}</text>"
