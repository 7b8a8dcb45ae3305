"""Numbers of the invented people: valid check digits, nobody's twice, all from the seed."""

from random import Random

from civil.check_digits import my_number, resident_code
from registry.residents import number_of


class Numbers:
    """Hands out the numbers of one city. Serial numbers run; the others are drawn at random, without repetition."""

    def __init__(self, rng: Random, most_people: int) -> None:
        self._people = 0
        self._households = 0
        # Distinct bodies have distinct numbers, and a sample has no body twice.
        self._codes = iter(rng.sample(range(1_000_000_000, 10_000_000_000), most_people))
        self._my_numbers = iter(rng.sample(range(10_000_000_000, 100_000_000_000), most_people))

    def person(self) -> str:
        """The next 宛名番号."""
        self._people += 1
        return number_of(self._people)

    def household(self) -> str:
        """The next 世帯番号."""
        self._households += 1
        return number_of(self._households)

    def resident_code(self) -> str:
        """A 住民票コード."""
        return resident_code(str(next(self._codes)))

    def my_number(self) -> str:
        """A 個人番号. It is valid and drawn at random; that a real person has it cannot be ruled out, nor meant."""
        return my_number(str(next(self._my_numbers)))
