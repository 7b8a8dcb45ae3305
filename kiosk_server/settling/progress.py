"""How far taking a file in has come, for whoever looks on from another task."""

from dataclasses import dataclass
from typing import Literal

Step = Literal["reading", "storing", "matching"]


class Stopped(Exception):
    """Nobody waits for this file any more."""


@dataclass(slots=True)
class Progress:
    """``done`` of ``total`` are lines while it is read, days while they are matched; None where nobody knows yet."""

    step: Step = "reading"
    done: int = 0
    total: int | None = None
    is_over: bool = False
    """Set from outside: whoever reads in a thread of its own looks here, for no thread can be ended."""

    def begin(self, step: Step, total: int | None = None) -> None:
        """Go on to the next step."""
        self.step, self.done, self.total = step, 0, total

    def count(self) -> None:
        """One line or day more. Raises Stopped."""
        self.done += 1
        if self.is_over:
            raise Stopped
