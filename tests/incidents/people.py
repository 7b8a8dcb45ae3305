"""Residents of the running city, handed out once: what one test does to somebody meets no other test."""

from collections.abc import Iterator
from typing import Final

from tests.system.running import Sample

_CROWD: Final = 200


class People:
    """Residents with a card, each from a household of their own."""

    def __init__(self, samples: tuple[Sample, ...]) -> None:
        self.names = frozenset(name for sample in samples for name in sample.household)
        self._samples = samples
        self._left: Iterator[Sample] = iter(samples)
        self._put_back: list[Sample] = []

    def one(self) -> Sample:
        """Somebody nobody had before."""
        return next(self._left)

    def several(self, number: int) -> tuple[Sample, ...]:
        """So many of them."""
        return tuple(self.one() for _ in range(number))

    def family(self, least: int) -> Sample:
        """Somebody nobody had before, of a household of at least so many."""
        while len((sample := self.one()).household) < least:
            self._put_back.append(sample)
        return sample

    def crowd(self, number: int) -> tuple[Sample, ...]:
        """So many residents, whoever had them: for questions that change nothing about anybody. At most 200."""
        assert number <= _CROWD
        return self._samples[-number:]

    def under_load(self, number: int) -> tuple[Sample, ...]:
        """So many residents to whom anything may happen; nobody else has them."""
        return self._samples[-number - _CROWD : -_CROWD]
