"""Connections to the issuance database, one transaction and one city at a time."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

import asyncpg

from civil.errors import KioskError

# The pool keeps the plans of its statements. Made while a table was small they would read all of it for each request
# until statistics arrive, up to minutes later; everything asked here goes by key, so no plan may begin that way.
# Up to PostgreSQL 17 a plan that must all the same is so dear that it is compiled, anew each time: a second for one of ours.
_BEGIN = (
    "BEGIN; SELECT set_config('kiosk.municipality', '{}', true), set_config('enable_seqscan', 'off', true), "
    "set_config('jit', 'off', true), "
    "set_config('kiosk.node', '" + re.sub(r"[^\w.-]", "", socket.gethostname(), flags=re.ASCII) + "', true)"
)
"""In one message, which cannot have parameters: a way to the server and back saved in each transaction."""

_LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


_UNDONE_SECONDS: Final = 5.0
"""A server that does not even undo something, or let us go, in this time is gone: a network that swallows everything would keep us for a quarter of an hour."""


class DatabaseUnreachable(KioskError):
    """データベースに接続できません。 / The database cannot be reached."""


class DatabaseTimedOut(KioskError):
    """時間内に終わらなかったため、処理を取り消しました。 / The time ran out and the transaction was abandoned."""


class DatabaseConflict(KioskError):
    """同時に進んだ別の処理が先になりました。もう一度お試しください。 / Another transaction came first. Ask again."""


class NothingCommitted(KioskError):
    """処理中の誤りのため、何も確定していません。 / A statement had failed, so nothing was committed."""


PASSING: Final = (
    DatabaseUnreachable,
    DatabaseTimedOut,
    DatabaseConflict,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What ends by itself or by somebody who sees to the server (a full disk, a cancelled statement): worth another try."""


class Database:
    """A pool of connections under one role. Nothing outlives a transaction, so a transaction pooler may stand between."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Take an open pool; use `open` instead."""
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, *, max_size: int = 10, connect_timeout: float = 5.0) -> AsyncIterator["Database"]:
        """Open a pool of at most `max_size` connections and close it afterwards; raises DatabaseUnreachable.

        `connect_timeout` is in seconds, for each new connection.
        """
        try:
            pool = await asyncpg.create_pool(
                dsn, min_size=1, max_size=max_size, timeout=connect_timeout, reset=_nothing_to_reset
            )
        except (OSError, TimeoutError, *_LOST):
            raise DatabaseUnreachable from None
        try:
            yield cls(pool)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_UNDONE_SECONDS):
                    await pool.close()

    @asynccontextmanager
    async def city(self, municipality_code: str, *, timeout: float | None = None) -> AsyncIterator[asyncpg.Connection]:  # noqa: ASYNC109 - the whole block is meant, not one await
        """Give a connection inside one READ COMMITTED transaction that sees the rows of this city (市町村コード) only.

        Commits at the end of the block, rolls back on any error. `timeout` is in seconds, for waiting, the block and the
        commit together. Raises DatabaseTimedOut past it, DatabaseUnreachable when the connection fails, DatabaseConflict
        when PostgreSQL gave this transaction up for another one, NothingCommitted when the block swallowed an error of a statement.
        """
        scope = asyncio.timeout(timeout)
        try:
            async with scope, self.connection() as connection, _transaction(connection, municipality_code):
                yield connection
        except asyncpg.TransactionRollbackError:
            raise DatabaseConflict from None
        except TimeoutError:
            if scope.expired():
                raise DatabaseTimedOut from None
            raise

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection outside any transaction, for those who begin their own (the registry's face).

        Raises DatabaseUnreachable when it fails.
        """
        proxy = await self._acquire()
        try:
            # The pool's proxy passes everything on; the stubs do not know.
            yield cast("asyncpg.Connection", proxy)
        except _LOST:
            raise DatabaseUnreachable from None
        except asyncpg.InterfaceError:
            # The library says this of a lost connection, and of mistakes of ours.
            if _is_lost(proxy):
                raise DatabaseUnreachable from None
            raise
        except asyncpg.InternalClientError:
            # A server's farewell that arrived between two statements leaves the protocol in a state of its own.
            proxy.terminate()
            raise DatabaseUnreachable from None
        finally:
            with suppress(TimeoutError):  # then the pool has closed it
                await self._pool.release(proxy, timeout=_UNDONE_SECONDS)

    async def _acquire(self) -> asyncpg.pool.PoolConnectionProxy:
        try:
            return await self._pool.acquire()
        except (OSError, *_LOST):
            raise DatabaseUnreachable from None


@asynccontextmanager
async def _transaction(connection: asyncpg.Connection, municipality_code: str) -> AsyncIterator[None]:
    if municipality_code and not (municipality_code.isascii() and municipality_code.isalnum()):
        raise ValueError("not a municipality code")
    try:
        await connection.execute(_BEGIN.format(municipality_code))
        yield
    except BaseException:
        await _undo(connection)
        raise
    if await connection.execute("COMMIT;") != "COMMIT":
        # Of a transaction in which a statement failed PostgreSQL makes a rollback, and tells it by this word alone.
        raise NothingCommitted


async def _undo(connection: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(_UNDONE_SECONDS):
            await connection.execute("ROLLBACK;")
    except TimeoutError:
        connection.terminate()


def _is_lost(proxy: asyncpg.pool.PoolConnectionProxy) -> bool:
    try:
        return proxy.is_closed()
    except asyncpg.InterfaceError:
        # The pool takes a connection back by itself only when it has closed.
        return True


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    # Saves a round trip each time: every setting and lock of ours ends with its transaction.
    return
