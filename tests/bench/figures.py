"""Figures of a series of measurements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """What one measurement prints, what it leaves in the results file, and its picture (SVG) where there is one."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: tuple[str, ...] = ()
    results: Any = field(default=None)
    picture: str = ""


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least this many percent of the values do not exceed; 0 of none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def milliseconds(seconds: float) -> str:
    """Three figures are enough on a shared machine."""
    return f"{seconds * 1000:.3g}"
