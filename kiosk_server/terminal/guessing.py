"""Wrong PINs of cards at this terminal, whichever cards they are.

A card checks its PIN by itself, so the city's own budget hears of none of them, and who holds many cards has three tries of each.
"""

import time
from collections.abc import Callable
from typing import Final

MOST_WRONG: Final = 20
WINDOW_SECONDS: Final = 600.0
"""As the city's budget of a terminal."""


class WrongPins:
    """How many there were lately. Past the budget no card is read until nobody has been wrong for a window, whoever comes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take what counts seconds."""
        self._monotonic = monotonic
        self._at: list[float] = []

    def count(self) -> bool:
        """One more; whether it is the one that uses up the budget."""
        now = self._monotonic()
        self._at = [*(at for at in self._at if now - at < WINDOW_SECONDS), now]
        return len(self._at) == MOST_WRONG

    @property
    def is_over(self) -> bool:
        """Whether the budget is used up."""
        return len(self._at) >= MOST_WRONG and self._monotonic() - self._at[-1] < WINDOW_SECONDS
