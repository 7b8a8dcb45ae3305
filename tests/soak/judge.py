"""Looks at every single answer while the load goes on: the PDF, the books, the register, and who was stopped when."""

import asyncio
from collections import defaultdict
from datetime import datetime

import asyncpg

from tests.soak.findings import Findings
from tests.system.clerk import Clerk
from tests.system.oracle import Delivery, complaints, outdated

_SHOWN = """
SELECT s.person_number, i.permitted_at
FROM history.issuance_subject AS s
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
WHERE s.issuance_number = $1
"""


class Stops:
    """When staff stopped whom: from the commit that did to the beginning of the one that undid it."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._periods: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)

    def stopped(self, person_number: str, at: datetime) -> None:
        """The stop of this person is committed."""
        self._since[person_number] = at

    def lifted(self, person_number: str, at: datetime) -> None:
        """The stop of this person is about to end."""
        self._periods[person_number].append((self._since.pop(person_number), at))

    def stood(self, person_number: str, at: datetime) -> bool:
        """Whether this person was stopped then."""
        since = self._since.get(person_number)
        periods = self._periods.get(person_number, [])
        return (since is not None and since < at) or any(begin < at < end for begin, end in periods)


class Judge:
    """Takes deliveries as they come, and looks at one after another."""

    def __init__(self, books: asyncpg.Connection, clerk: Clerk, stops: Stops, findings: Findings) -> None:
        self._books = books
        self._clerk = clerk
        self._stops = stops
        self._findings = findings
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue()

    def take(self, delivery: Delivery) -> None:
        """Look at this one, soon."""
        self._waiting.put_nowait(delivery)

    async def work(self) -> None:
        """Look at whatever comes, until cancelled."""
        while True:
            delivery = await self._waiting.get()
            try:
                wrong = await self._look(delivery)
                number = delivery.certificate.issuance_number
                self._findings.wrong += [f"{number}: {complaint}" for complaint in wrong]
                self._findings.checked += 1
            finally:
                self._waiting.task_done()

    async def finish(self) -> None:
        """Wait until nothing is left to look at."""
        await self._waiting.join()

    async def _look(self, delivery: Delivery) -> list[str]:
        number = delivery.certificate.issuance_number
        try:
            wrong = await complaints(self._books, delivery)
        except AssertionError as unreadable:
            wrong = [str(unreadable)]
        wrong += await outdated(self._books, number, self._clerk.done)
        for row in await self._books.fetch(_SHOWN, number):
            if self._stops.stood(row["person_number"], row["permitted_at"]):
                wrong.append("shows somebody whom staff had stopped")
        return wrong
