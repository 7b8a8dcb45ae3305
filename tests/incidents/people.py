"""Residents of the running city, handed out once: what one test does to somebody meets no other test."""

from typing import Final

from tests.system.running import Sample

_CROWD: Final = 200
_UNDER_LOAD: Final = 480


class People:
    """Residents with a card, each from a household of their own."""

    def __init__(self, samples: tuple[Sample, ...]) -> None:
        self._samples = samples
        self._left = list(samples[: -_CROWD - _UNDER_LOAD])

    def one(self) -> Sample:
        """Somebody nobody had before."""
        return self._left.pop(0)

    def several(self, number: int) -> tuple[Sample, ...]:
        """So many of them."""
        return tuple(self.one() for _ in range(number))

    def family(self, least: int) -> Sample:
        """Somebody nobody had before, of a household of at least so many."""
        place = next(place for place, sample in enumerate(self._left) if len(sample.household) >= least)
        return self._left.pop(place)

    def crowd(self, number: int) -> tuple[Sample, ...]:
        """So many residents, whoever had them: for questions that change nothing about anybody. At most 200."""
        assert number <= _CROWD
        return self._samples[-number:]

    def untouched(self) -> tuple[Sample, ...]:
        """Everybody about whom nothing was changed so far; for questions that change nothing either."""
        return (*self._left, *self._samples[-_CROWD:])

    def under_load(self) -> tuple[Sample, ...]:
        """480 residents to whom anything may happen; nobody else has them."""
        return self._samples[-_UNDER_LOAD - _CROWD : -_CROWD]
