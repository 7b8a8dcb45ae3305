"""A picture of figures: one bar for each, its length in proportion, the figure beside it (SVG 1.1, no script)."""

from collections.abc import Iterator, Sequence
from html import escape

_ROW = 22
_NAME = 190
_BAR = 420
_SIDE = 12
_STYLE = "font:13px sans-serif;fill:#222"


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """The picture. A row is its name, its length (any unit, at least one above 0) and the words beside the bar."""
    longest = max(length for _, length, _ in rows)
    width, height = _NAME + _BAR + 180, _ROW * len(rows) + 44
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img"><title>{escape(title)}</title>',
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text x="{_SIDE}" y="22" style="{_STYLE};font-weight:bold">{escape(title)}</text>',
            *_lines(rows, longest),
            "</svg>\n",
        )
    )


def _lines(rows: Sequence[tuple[str, float, str]], longest: float) -> Iterator[str]:
    for order, (name, length, words) in enumerate(rows):
        top = 36 + order * _ROW
        reach = max(1.0, _BAR * length / longest)
        yield f'<text x="{_NAME - 8}" y="{top + 14}" text-anchor="end" style="{_STYLE}">{escape(name)}</text>'
        yield f'<rect x="{_NAME}" y="{top + 2}" width="{reach:.1f}" height="{_ROW - 6}" fill="#2b6cb0"/>'
        yield f'<text x="{_NAME + reach + 6:.1f}" y="{top + 14}" style="{_STYLE}">{escape(words)}</text>'
