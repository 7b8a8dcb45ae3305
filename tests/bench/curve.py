"""A line chart as SVG: milliseconds, on a logarithmic scale, against requests a second."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Final

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 110, 50, 60
_COLOURS: Final = ("#1b6ca8", "#d1495b", "#3c8d40", "#8a5a00")
_DECADES: Final = (1, 10, 100, 1_000, 10_000, 100_000)

Points = Sequence[tuple[float, float]]


def curve(title: str, lines: Mapping[str, Points], limit: tuple[str, float]) -> str:
    """One line for each name, points as (requests a second, milliseconds); `limit` is drawn across, with its name."""
    most = max(x for points in lines.values() for x, _ in points)
    values = [y for points in lines.values() for _, y in points] + [limit[1]]
    least, top = 10 ** int(log10(min(values))), 10 ** (int(log10(max(values))) + 1)

    def across(x: float) -> float:
        return _LEFT + x / most * (_WIDTH - _LEFT - _RIGHT)

    def down(y: float) -> float:
        share = (log10(y) - log10(least)) / (log10(top) - log10(least))
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    grid = [_grid(down(y), f"{y:,}") for y in _DECADES if least <= y <= top]
    marks = [_mark(across(x), f"{x:g}") for x in sorted({x for points in lines.values() for x, _ in points})]
    drawn = [
        _line(name, order, [(across(x), down(y)) for x, y in points], colour)
        for order, ((name, points), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False))
    ]
    across_at = down(limit[1])
    told = (
        f'<line x1="{_LEFT}" y1="{across_at:.1f}" x2="{_WIDTH - _RIGHT}" y2="{across_at:.1f}" stroke="#777" stroke-dasharray="5 4"/>'
        f'<text x="{_LEFT + 6}" y="{across_at - 5:.1f}" fill="#777">{limit[0]}</text>'
    )
    return "\n".join([_head(title), *grid, *marks, told, *drawn, "</svg>\n"])


def _head(title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        f'<text x="{_LEFT}" y="26" font-size="15">{title}</text>\n'
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 16}" text-anchor="middle">requests a second</text>\n'
        f'<text x="18" y="{_HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 18 {_HEIGHT / 2})">ms to the whole answer</text>'
    )


def _grid(y: float, told: str) -> str:
    return (
        f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{told}</text>'
    )


def _mark(x: float, told: str) -> str:
    y = _HEIGHT - _BOTTOM
    return (
        f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 5}" stroke="#777"/>'
        f'<text x="{x:.1f}" y="{y + 19}" text-anchor="middle">{told}</text>'
    )


def _line(name: str, order: int, points: Points, colour: str) -> str:
    """The line, and its name at the upper left, where a curve that bends upwards leaves room."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    y = _TOP + 20 + 18 * order
    return (
        f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<line x1="{_LEFT + 14}" y1="{y - 4}" x2="{_LEFT + 38}" y2="{y - 4}" stroke="{colour}" stroke-width="2"/>'
        f'<text x="{_LEFT + 46}" y="{y}" fill="{colour}">{name}</text>'
    )
