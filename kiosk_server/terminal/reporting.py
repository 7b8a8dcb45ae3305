"""Telling the city's service what became of each certificate until it has heard, over a restart too."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from kiosk_server.terminal.asking import City, new_request_id
from kiosk_server.terminal.journal import Journal
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable

_PAUSE_SECONDS: Final = 5.0
_LAST_SECONDS: Final = 5.0
_FIRST_OF_SERVER: Final = 500
"""From here on the service has a trouble of its own, and the report none."""

Outcome = Literal["printed", "failed", "cancelled"]
CANCELLED: Final = "cancelled"
"""The end in the journal of what was made and not sent to the printer, beside those of `printer.PrintEnd`."""


class Reports:
    """The outcomes that are on their way."""

    def __init__(self, city: City, journal: Journal) -> None:
        self._city = city
        self._journal = journal
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, tag: str, number: str, end: str, at: datetime) -> None:
        """Report a certain end, as the journal has it, until it is heard."""
        self._begin(self._until_heard(tag, number, _outcome(end), at))

    def tell_guessing(self) -> None:
        """Report that this terminal is stopped for wrong PINs, until it is heard."""
        self._begin(self._until_alerted(new_request_id()))

    def tell_left(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Report what an earlier run did not get told: lines that `journal.unreported` found."""
        for line in lines:
            self.tell(line["visit"], line["issuance_number"], line["end"], datetime.fromisoformat(line["at"]))

    async def finish(self) -> None:
        """Wait a few seconds for those under way; the rest is for the next start."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, telling: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_alerted(self, request_id: str) -> None:
        while True:
            try:
                return await self._city.alert_guessing(request_id)
            except (CentreProblem, CentreUnreachable, AnswerBroken):
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _until_heard(self, tag: str, number: str, outcome: Outcome, at: datetime) -> None:
        while True:
            heard = await self._heard(number, outcome, at)
            if heard is not None:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
        self._journal.write(tag, "reported", issuance_number=number, end=heard)

    async def _heard(self, number: str, outcome: Outcome, at: datetime) -> str | None:
        """What the service said, or None when it is to be told again."""
        try:
            await self._city.report(number, outcome, at, collected=outcome == "printed")
        except (CentreUnreachable, AnswerBroken):
            return None
        except CentreProblem as problem:
            return None if problem.status >= _FIRST_OF_SERVER else problem.code
        return f"{outcome} heard"


def _outcome(end: str) -> Outcome:
    if end == "printed":
        return "printed"
    return "cancelled" if end == CANCELLED else "failed"
