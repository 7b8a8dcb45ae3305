"""Holding the role of the centre process for as long as it serves (KIOSK_TOPOLOGY)."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from issuance_db.alerts_once import open_alert_once
from issuance_db.centre_lock import Topology, holds_centre_lock, is_primary, try_centre_lock
from issuance_db.database import DatabaseUnreachable
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.wrong import Fault, Wrong
from kiosk_server.processes.starting import LoginRefused, connect
from kiosk_server.settings import Settings

NAME: Final = "topology"
ALERT: Final = "wrong_topology"
_ROLE: Final = "front"
_PATIENCE_SECONDS: Final = 3.0
"""The server may take a moment to see that a process which held it is gone."""
_TRY_SECONDS: Final = 0.1
_LOOK_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 3.0
_NOTICED_WITHIN: Final = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""How soon the server lets go of the lock of a machine that fell silent (seconds; the last in milliseconds)."""
_LOST: Final = Fault(
    "センター用プロセスの排他ロックを失いました。",
    "The lock of the centre process is lost.",
    "データベースへの接続を確かめてください。間に pgbouncer などのプーラーを置かないでください。戻れば自動で再開します。",
    "Look at the connection to the database, without a pooler between. Service resumes by itself once it is back.",
)
_NOT_PRIMARY: Final = Fault(
    "接続先の PostgreSQL はプライマリーではありません。",
    "The PostgreSQL we are connected to is not the primary.",
    "KIOSK_DATABASE_URL をプライマリーに向けてください。",
    "Point KIOSK_DATABASE_URL at the primary.",
)
_TAKEN: Final = {
    "single": Fault(
        "別のセンター用プロセスが動いています。この構成(KIOSK_TOPOLOGY=single)では1つしか動かせません。",
        "Another centre process is live, and this one is set up to be the only one (KIOSK_TOPOLOGY=single).",
        "一方を止めるか、すべてのノードで KIOSK_TOPOLOGY=several にしてください。",
        "Stop one of them, or set KIOSK_TOPOLOGY=several on every node.",
    ),
    "several": Fault(
        "単独構成(KIOSK_TOPOLOGY=single)のセンター用プロセスが動いています。",
        "A centre process is live that is set up to be the only one (KIOSK_TOPOLOGY=single).",
        "それを止めて、すべてのノードで KIOSK_TOPOLOGY=several にしてください。",
        "Stop it, and set KIOSK_TOPOLOGY=several on every node.",
    ),
}


class CentreLock:
    """One session that holds the lock. `lost` is called at once when the session ends by itself."""

    def __init__(self, dsn: str, topology: Topology, lost: Callable[[], None]) -> None:
        self._dsn = dsn
        self._topology = topology
        self._lost = lost
        self._connection: asyncpg.Connection | None = None

    async def take(self) -> None:
        """Try once, on a new session. Raises Wrong, DatabaseUnreachable or LoginRefused."""
        connection = await connect(self._dsn, settings=_NOTICED_WITHIN)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await _take(connection, self._topology)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._lost())
        self._connection = connection

    async def look(self) -> None:
        """Whether the lock is held still, else take it again. Raises Wrong."""
        if await self._is_held():
            return
        self.close()
        try:
            await self.take()
        except (DatabaseUnreachable, LoginRefused, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise Wrong(_LOST) from None

    def close(self) -> None:
        """End the session, and with it the lock."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await holds_centre_lock(self._connection, self._topology)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False


async def _take(connection: asyncpg.Connection, topology: Topology) -> None:
    if not await is_primary(connection):
        raise Wrong(_NOT_PRIMARY)
    if not await try_centre_lock(connection, topology):
        raise Wrong(_TAKEN[topology])


@asynccontextmanager
async def holding_centre_lock(settings: Settings, fitness: Fitness) -> AsyncIterator[None]:
    """Hold the lock inside the block; `fitness` says so whenever it is lost, until it is held again.

    Raises Wrong, after an alert, when another centre process stands against it.
    """
    lock = CentreLock(settings.dsn(_ROLE), settings.topology, lambda: fitness.found(NAME, _LOST))
    await _take_with_patience(lock, settings)
    looking = asyncio.create_task(_look_forever(lock, fitness))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        lock.close()


async def _take_with_patience(lock: CentreLock, settings: Settings) -> None:
    give_up = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
    while True:
        try:
            return await lock.take()
        except Wrong as wrong:
            if asyncio.get_running_loop().time() >= give_up:
                await _tell_staff(settings, wrong.fault)
                raise
        await asyncio.sleep(_TRY_SECONDS)


async def _tell_staff(settings: Settings, fault: Fault) -> None:
    if fault is _NOT_PRIMARY:
        return
    connection = await connect(settings.dsn(_ROLE))
    try:
        for city in settings.cities():
            await open_alert_once(connection, city, ALERT, f"{socket.gethostname()}: {fault.reason_en}")
    finally:
        await connection.close()


async def _look_forever(lock: CentreLock, fitness: Fitness) -> None:
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await lock.look()
        except Wrong as wrong:
            fitness.found(NAME, wrong.fault)
        else:
            fitness.found(NAME, None)
