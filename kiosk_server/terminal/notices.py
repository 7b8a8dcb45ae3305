"""What the city tells at the first screen: asked for all the time, so that nothing old is shown, and nothing while the service does not answer."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from kiosk_server.terminal.asking import City
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.machine import Machine
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable

PAUSE_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 5.0
_NOTHING: Final[Mapping[str, str]] = {}


class Notices:
    """Use as an async context manager around the serving of the page. `texts` is what is shown, by language."""

    def __init__(self, city: City, machine: Machine, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.texts = _NOTHING
        self._city = city
        self._machine = machine
        self._pause_seconds = pause_seconds
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            before, self.texts = self.texts, await self._told()
            # During a visit the page stays as it is: what a person is typing would be lost.
            if self.texts != before and self._machine.visit.step is Step.LANGUAGE:
                self._machine.renew()
            await asyncio.sleep(self._pause_seconds)

    async def _told(self) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._city.notice()
        except (CentreProblem, CentreUnreachable, AnswerBroken, TimeoutError):
            return _NOTHING
