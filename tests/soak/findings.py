"""What a soak finds, as it goes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.bench.figures import percentile

PERCENTILES: Final = (50, 95, 99)


@dataclass(slots=True)
class Findings:
    """Counts, and every wrong thing in words; nothing here names a resident."""

    asked: int = 0
    checked: int = 0
    """Answers whose PDF was read and compared."""
    again: int = 0
    """Answers that were asked for again and came byte for byte."""
    wrong: list[str] = field(default_factory=list)
    """What is wrong with answers and books."""
    unexpected: list[str] = field(default_factory=list)
    """Refusals for which nothing gave a reason."""
    refusals: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    taken: list[tuple[float, float]] = field(default_factory=list, repr=False)
    """When each answer was planned, in seconds from the start, and how many seconds it took from then."""

    def latency(self, begin: float, end: float) -> dict[str, float]:
        """Seconds at each percentile, of the answers planned between two moments."""
        taken = [seconds for planned, seconds in self.taken if begin <= planned < end]
        return {f"p{percent}": percentile(taken, percent) for percent in PERCENTILES}

    @property
    def faults(self) -> list[str]:
        """Everything for which a soak fails."""
        return [*self.wrong, *self.unexpected]
