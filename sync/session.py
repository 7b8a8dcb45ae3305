"""The connection of a projection: one session listens, leads and works, so that losing it loses all three at once.

It must reach PostgreSQL directly or through a pooler in session mode: LISTEN and session locks do not survive others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

_CHANNEL: Final = "registry_outbox"
_APPLICATION: Final = "sync.projection"
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 300
_CLOSE_SECONDS: Final = 2

_SETTINGS: Final = {
    "application_name": _APPLICATION,
    "work_mem": "64MB",
    # Compiling the one big statement would cost more than running it for a family.
    "jit": "off",
    # A session lives for months, and a plan made for an empty city would be kept for the full one.
    "plan_cache_mode": "force_custom_plan",
}

# A restart, a failover, a full server, a conflict: worth another try. A missing table or grant is not.
TRANSIENT: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    # A server that ends the connection between two messages leaves the driver in the middle of reading them.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
)


class Wake:
    """Collects hints until someone waits for them. An empty payload means any city."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._cities: set[str] = set()

    def hint(self, payload: str = "") -> None:
        """Remember a hint and wake the one who waits."""
        self._cities.add(payload)
        self._event.set()

    async def wait(self, seconds: float) -> frozenset[str]:
        """The cities hinted at since the last call, as soon as there are any; none (any city) for a hint without a name.

        Returns none after `seconds` too.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return frozenset()
        cities, self._cities = frozenset(self._cities), set()
        self._event.clear()
        return frozenset() if "" in cities else cities


@asynccontextmanager
async def session(
    dsn: str, *, statement_seconds: float | None = _STATEMENT_SECONDS
) -> AsyncIterator[asyncpg.Connection]:
    """A connection, closed at the end whatever happens; a statement may take so long, or as long as it takes (None)."""
    connection = await asyncpg.connect(
        dsn,
        timeout=_CONNECT_SECONDS,
        command_timeout=statement_seconds,
        server_settings=_SETTINGS,
    )
    try:
        yield connection
    finally:
        await _close(connection)


async def listen(connection: asyncpg.Connection, wake: Wake) -> None:
    """Turn notifications, and the end of the connection, into hints."""
    connection.add_termination_listener(lambda _connection: wake.hint())
    await connection.add_listener(_CHANNEL, lambda _connection, _pid, _channel, payload: wake.hint(str(payload)))


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except TRANSIENT:
        connection.terminate()
