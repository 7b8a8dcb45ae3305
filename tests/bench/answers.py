"""What came back of a run, to be looked at after it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kiosk_server.issuing.request import Certificate
from tests.system.printed import wrong_names
from tests.system.running import Sample


@dataclass(slots=True)
class Answers:
    """Seconds of each answer, the certificates with whom they were for, and errors by code."""

    taken: list[float] = field(default_factory=list)
    certificates: list[tuple[Sample, Certificate]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, seconds: float, sample: Sample, certificate: Certificate) -> None:
        """Keep one certificate."""
        self.taken.append(seconds)
        self.certificates.append((sample, certificate))

    def wrong(self, everybody: Iterable[str]) -> int:
        """How many certificates do not name their resident's household, or name somebody of another."""
        names = set(everybody)
        return sum(bool(wrong_names(one.content, sample, names)) for sample, one in self.certificates)
