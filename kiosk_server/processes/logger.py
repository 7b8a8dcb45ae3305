"""The log (role logger): makes history rows leaves within a second, and shows its checkpoints to the witness."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final, NoReturn

import asyncpg
import structlog

from civil.clock import utc_now
from issuance_db.database import PASSING, Database
from issuance_db.log.batching import CityBatcher, LogDamaged
from issuance_db.log.note import CheckpointSigner, VerifierKey
from issuance_db.log.witnessed import open_alert_once
from keys.live_keys import LiveKeys
from kiosk_server.checks.watching import while_fit
from kiosk_server.log_signer import RotatingLogSigner
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.following_keys import follow_forever
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.together import together
from kiosk_server.processes.witnessing import Witnessing, WitnessLimits, witness_forever
from kiosk_server.settings import Settings
from kiosk_server.witness.client import witness_client

ROLE: Final = "logger"
_PAUSE_SECONDS: Final = 0.3
_DAMAGED_PAUSE_SECONDS: Final = 30.0
_LONGEST_DELAY: Final = 5.0
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 60
_PASSING: Final = (
    *PASSING,
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.TransactionRollbackError,
    asyncpg.UniqueViolationError,
)
"""A restart, a failover, a full server, another batcher at the same leaf: worth another try."""


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Batch, and witness where a witness is set, until asked to stop."""
    keys = LiveKeys(settings.path("keys_directory"), settings.passphrase)
    signers = {city: RotatingLogSigner(keys, settings.log_origin, city) for city in settings.cities()}
    async with AsyncExitStack() as stack:
        fitness = await stack.enter_async_context(fit_process(settings, "logger", ROLE))
        database = await stack.enter_async_context(Database.open(settings.dsn(ROLE), max_size=2))
        work: list[Callable[[], Coroutine[Any, Any, NoReturn]]] = [
            partial(batch_forever, settings.dsn(ROLE), signers, database),
            partial(follow_forever, keys),
        ]
        if settings.witness_url is not None:
            key = VerifierKey.parse(settings.need("witness_key"))
            ca = None if settings.witness_ca is None else settings.path("witness_ca")
            client = await stack.enter_async_context(witness_client(settings.witness_url, key, ca))
            limits = WitnessLimits(
                timedelta(seconds=settings.witness_interval_seconds), timedelta(seconds=settings.witness_limit_seconds)
            )
            work.append(partial(witness_forever, Witnessing(database, client, settings.cities(), limits)))
        lifecycle.ready({})
        await lifecycle.until_stopped(while_fit(fitness, partial(together, work)))


async def batch_forever(dsn: str, signers: Mapping[str, CheckpointSigner], database: Database) -> NoReturn:
    """Batch the cities that no other process leads; those of others wait here for their leader to go."""
    delay = _PAUSE_SECONDS
    while True:
        try:
            async with _connection(dsn) as connection:
                batchers = {city: CityBatcher(connection, city, signer, utc_now) for city, signer in signers.items()}
                delay = _PAUSE_SECONDS
                await _batch_over(batchers, database)
        except _PASSING as error:
            structlog.get_logger().warning("batching_interrupted", error=type(error).__name__)
        await asyncio.sleep(delay)
        delay = min(2 * delay, _LONGEST_DELAY)


async def _batch_over(batchers: dict[str, CityBatcher], database: Database) -> NoReturn:
    led: set[str] = set()
    damaged_until: dict[str, float] = {}
    seconds = asyncio.get_running_loop().time
    while True:
        for city, batcher in batchers.items():
            if city not in led and await batcher.try_to_lead():
                led.add(city)
            if city in led and damaged_until.get(city, 0.0) <= seconds():
                try:
                    await _catch_up(city, batcher)
                except LogDamaged as damaged:
                    damaged_until[city] = seconds() + _DAMAGED_PAUSE_SECONDS
                    structlog.get_logger().error("log_damaged", municipality_code=city)
                    async with database.city(city) as connection:
                        await open_alert_once(connection, city, "log_damaged", str(damaged))
        await asyncio.sleep(_PAUSE_SECONDS)


async def _catch_up(city: str, batcher: CityBatcher) -> None:
    while (batch := await batcher.batch()).added:
        structlog.get_logger().info("logged", municipality_code=city, count=batch.added)
        if not batch.is_full:
            return


@asynccontextmanager
async def _connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    # Leads and works over one session, so that losing it loses both. It must not go through a transaction pooler.
    connection = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, command_timeout=_STATEMENT_SECONDS)
    try:
        yield connection
    finally:
        connection.terminate()
