"""A whole service to be broken: a centre process that is struck, another that stays, and what must hold afterwards."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from issuance_db.fsck import check
from kiosk_server.issuing.request import IssuanceRequest
from kiosk_server.web.client import CentreProblem, CentreUnreachable
from tests.system.asking import Asking
from tests.system.installation import Installation
from tests.system.oracle import Delivery, charged, complaints, more_than_one_answer
from tests.system.part import Part
from tests.system.running import CITY, Sample

TRIES = 20
"""A lease has to run out first, and on a slow machine the next attempt may be late too."""


@dataclass(frozen=True, slots=True)
class Service:
    """Ask it as a centre does."""

    installation: Installation
    asking: Asking
    residents: Iterator[Sample]
    books: asyncpg.Connection
    fsck: asyncpg.Connection

    @property
    def staying(self) -> Part:
        """The centre process that nobody strikes."""
        return self.installation.centres[0]

    async def victim(self) -> Part:
        """A centre process to be struck; started again if the last test left it dead."""
        victim = self.installation.centres[1]
        if not victim.runs:
            victim.start()
        return victim

    def request(self) -> IssuanceRequest:
        """Of the next resident."""
        return self.asking.new(next(self.residents))

    async def once(self, centre: Part, request: IssuanceRequest) -> Delivery | CentreProblem | CentreUnreachable:
        """Ask once, over a connection made for it, and take whatever comes of it."""
        try:
            async with Asking(self.installation) as asking:
                return await asking.issue(centre, request)
        except (CentreProblem, CentreUnreachable) as failed:
            return failed

    async def yields_one_right_certificate(self, request: IssuanceRequest, *before: object) -> None:
        """Asked again, the request gives what was delivered before, or else one right certificate; the books are whole."""
        delivery = await self.asking.issue(self.staying, request, tries=TRIES)
        assert await complaints(self.books, delivery) == []
        assert [one for one in before if isinstance(one, Delivery) and one != delivery] == []
        assert await charged(self.books, [request.request_id]) == [request.request_id]
        assert await more_than_one_answer(self.books) == []
        assert list(await check(self.fsck, CITY, datetime.now(UTC))) == []


@asynccontextmanager
async def service_of(installation: Installation, residents: Iterator[Sample]) -> AsyncIterator[Service]:
    """The service with connections of its own to look behind it."""
    connections: Sequence[asyncpg.Connection] = (
        await installation.administrator(),
        await installation.connect("fsck"),
    )
    try:
        async with Asking(installation) as asking:
            yield Service(installation, asking, residents, *connections)
    finally:
        for connection in connections:
            await connection.close()
