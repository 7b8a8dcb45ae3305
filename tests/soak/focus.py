"""Who is at a kiosk and who at the counter just now, so that the two meet more often than by chance."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from tests.system.running import Sample

_AT_ONCE: Final = 6


def _few() -> deque[Sample]:
    return deque(maxlen=_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Focus:
    """The last few who asked, for the register to look at, and the last few whom the register touched, who ask next."""

    asked: deque[Sample] = field(default_factory=_few)
    touched: deque[Sample] = field(default_factory=_few)
