"""Answers that go on while a page is open: how many there may be, and what several of them are told at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from civil.errors import KioskError

_T = TypeVar("_T")
_MOST: Final = 40
_MOST_OF_ONE: Final = 3
_FRESH_SECONDS: Final = 1.0


class TooManyStreams(KioskError):
    """自動で更新する画面が多すぎます。ほかの画面を閉じるか、この画面を手で再読み込みしてください。 /
    Too many pages follow the service. Close some, or reload this one by hand."""


@dataclass(slots=True)
class Streams:
    """Of one process. What a city is told is read once a second, however many look on."""

    _open: Counter[str] = field(default_factory=Counter)
    _told: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    @contextmanager
    def place(self, account_id: str) -> Iterator[None]:
        """One of the places, as long as the block lasts. Raises TooManyStreams."""
        if self._open.total() >= _MOST or self._open[account_id] >= _MOST_OF_ONE:
            raise TooManyStreams
        self._open[account_id] += 1
        try:
            yield
        finally:
            self._open[account_id] -= 1
            self._open += Counter()

    async def once(self, city: str, read: Callable[[], Awaitable[_T]]) -> _T:
        """What ``read`` gives, or gave to another within the last second."""
        async with self._locks.setdefault(city, asyncio.Lock()):
            at, told = self._told.get(city, (float("-inf"), None))
            if time.monotonic() - at >= _FRESH_SECONDS:
                told = await read()
                self._told[city] = time.monotonic(), told
            return cast("_T", told)
