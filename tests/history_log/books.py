"""History as the front writes it, without paper: whole requests in one go, for tests of the log."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg

from issuance_db import history, intents, requests
from issuance_db.intents import Intent, KeptAnswer, Subject
from issuance_db.log.batching import CityBatcher
from issuance_db.log.note import LOG_SIGNATURE, SignerKey
from issuance_db.recording import Finished, record
from issuance_db.requests import Lease, NewRequest, RequestKey, Terminal
from tests.servers import Database

CITY = "092029"
OTHER_CITY = "092011"
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ISSUED = 9
"""Entries of one issuance: its four steps, itself, two subjects, how old its data was, and the outcome."""

REFUSED = 3
"""Entries of one refusal: two steps and the reason."""

LOG = SignerKey(f"kiosk-log/{CITY}", LOG_SIGNATURE, bytes(range(32)))


@dataclass(slots=True)
class Books:
    """Writes history of one city as role front."""

    front: asyncpg.Connection
    _requests: int = 0
    numbers: list[str] = field(default_factory=list)

    async def accept(self) -> Lease:
        """A request that was accepted, with its first step."""
        self._requests += 1
        key = RequestKey(CITY, "centre", "issuances", f"request-{self._requests}")
        terminal = Terminal("chain", "store", "1")
        deadline = NOON + timedelta(seconds=10)
        lease = await requests.accept(
            self.front, NewRequest(key, b"f", "resident_record", "centre", terminal, NOON, deadline)
        )
        assert lease is not None
        return lease

    async def issue(self) -> str:
        """A request up to its issuance with two subjects and the reported outcome; `ISSUED` entries. Returns the number."""
        async with self.front.transaction():
            lease = await self.accept()
            number = await intents.next_issuance_number(self.front, NOON.date())
            subjects = (Subject("101", 1, "900", 1, "person"), Subject("102", 1, "900", 1, "person"))
            intent = Intent(number, lease, "resident_record", "centre", 200, NOON, 1, b"s", subjects)
            await intents.propose(self.front, intent, NOON)
            digest = hashlib.sha256(number.encode()).digest()
            assert await intents.permit(self.front, intent, digest, NOON)
            assert await requests.finish(self.front, lease, "answered", "issued", number)
            finished = Finished("101", digest, digest, 1000, KeptAnswer(b"sealed", 1, 1, 200), NOON)
            assert await record(self.front, intent, finished, NOON)
        await history.add_outcome(self.front, CITY, number, "printed", NOON, "centre", fee_collected=True)
        self.numbers.append(number)
        return number

    async def refuse(self) -> str:
        """A request that was refused, with its reason about a person. Returns its id."""
        async with self.front.transaction():
            lease = await self.accept()
            assert await requests.finish(self.front, lease, "refused", "not_available")
            await history.add_step(self.front, lease.key, "refused", NOON, code="not_available")
            await history.add_refusal_reason(self.front, lease.key, "suppressed", "101", NOON)
        return lease.key.request_id


async def books(database: Database) -> Books:
    """Open books on an installation of its own."""
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo') ON CONFLICT DO NOTHING")
    return Books(await database.connect("front", CITY))


async def batcher(database: Database, most_rows: int = 5_000) -> CityBatcher:
    """A batcher over a connection of its own."""
    return CityBatcher(await database.connect("logger"), CITY, LOG, lambda: NOON, most_rows)


async def leaves(database: Database) -> list[tuple[int, str]]:
    """Leaf numbers, and the table each stands for."""
    reader = await database.connect("fsck", CITY)
    rows = await reader.fetch(
        "SELECT l.leaf_number, e.table_name FROM history.leaf AS l JOIN history.entry AS e USING (transaction_id, entry_id) "
        "ORDER BY l.leaf_number"
    )
    return [(row["leaf_number"], row["table_name"]) for row in rows]


@asynccontextmanager
async def attacker(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Somebody with the superuser's password, who switches every trigger off and commits at the end of the block."""
    connection = await database.connect("postgres", CITY)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        yield connection


async def until(condition: Callable[[], Awaitable[object]]) -> object:
    """Ask until the answer is neither False nor None, and return it; fails after half a minute."""
    async with asyncio.timeout(30):
        while (answer := await condition()) in {False, None}:  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.01)
    return answer
