"""A way to PostgreSQL on which strikes fall: before a message is sent, while it is on its way, or when its answer has come and nobody reads it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.cut_way import CutWay, Link

_ON_ITS_WAY: Final = 0.003
"""Seconds at most: about as long as the statements of an event take."""
_ANSWERED: Final = 0.5


@dataclass(slots=True)
class StruckWay(CutWay):
    """At a message drawn from `rng`, one in `every`, `strike` is called and the connection is cut on both sides."""

    rng: Random
    every: int
    strike: Callable[[], Awaitable[None]]
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        """Draw the first."""
        self._draw()

    def _draw(self) -> None:
        self._left = self.rng.randrange(1, 2 * self.every)

    async def cuts(self, message: bytes, link: Link) -> bool:
        """At the message that was drawn, once the strike has fallen."""
        self._left -= 1
        if self._left > 0:
            return False
        self._draw()
        moment = self.rng.choice(("before", "on its way", "after"))
        if moment == "on its way":
            link.to_server.write(message)
            await asyncio.sleep(self.rng.random() * _ON_ITS_WAY)
        elif moment == "after":
            # Part of a long message has no answer.
            with suppress(TimeoutError):
                await asyncio.wait_for(link.answered_to_nobody(message), _ANSWERED)
        await self.strike()
        return True
