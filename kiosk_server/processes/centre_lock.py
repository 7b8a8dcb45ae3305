"""Holding the role of the centre process for as long as it serves (KIOSK_TOPOLOGY)."""

import asyncio
from collections.abc import Callable
from typing import Final

import asyncpg

from issuance_db.centre_lock import Topology, holds_centre_lock, is_primary, try_centre_lock
from issuance_db.database import DatabaseUnreachable
from kiosk_server.checks.database import NOT_PRIMARY
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import LOST, TAKEN
from kiosk_server.checks.wrong import Wrong
from kiosk_server.processes.starting import LoginRefused, connect

_ANSWER_SECONDS: Final = 3.0
_SESSION: Final = {
    "application_name": "kiosk centre lock",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""How soon the server lets go of the lock of a machine that fell silent (seconds; the last in milliseconds)."""


class CentreLock:
    """One session that holds the lock. `lost` is called at once when the session ends by itself."""

    def __init__(self, topology: Topology, lost: Callable[[], None]) -> None:
        self._topology = topology
        self._lost = lost
        self._connection: asyncpg.Connection | None = None

    async def look(self, surroundings: Surroundings) -> str:
        """Whether the lock is held, else take it on a new session. Raises Wrong."""
        if not await self._is_held():
            self.close()
            try:
                await self._take(surroundings.settings.dsn(surroundings.role))
            except (DatabaseUnreachable, LoginRefused, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                raise Wrong(LOST) from None
        return self._topology

    def close(self) -> None:
        """End the session, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _take(self, dsn: str) -> None:
        connection = await connect(dsn, settings=_SESSION)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await _take_on(connection, self._topology)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(self._ended)
        self._connection = connection

    async def _is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await holds_centre_lock(self._connection, self._topology)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False

    def _ended(self, connection: object) -> None:
        if connection is self._connection:
            self._lost()


async def _take_on(connection: asyncpg.Connection, topology: Topology) -> None:
    if not await is_primary(connection):
        raise Wrong(NOT_PRIMARY)
    if not await try_centre_lock(connection, topology):
        raise Wrong(TAKEN[topology])
