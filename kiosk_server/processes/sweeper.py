"""Every second (role sweeper): ends what a crash left open, and destroys kept answers past their time."""

import asyncio
import math
import time
from functools import partial
from typing import Final, NoReturn

import structlog

from civil.calendar import jst_date
from civil.clock import Clock, utc_now
from issuance_db import koseki_access
from issuance_db.database import PASSING, Database
from issuance_db.holds import end_mended_hold
from issuance_db.purging import destroy_quarantined, purge_spent
from issuance_db.requests import RequestKey
from issuance_db.sweeping import Swept, destroy_kept_answers, end_overdue, overdue
from kiosk_server.checks.watching import while_fit
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.settings import Settings

ROLE = "sweeper"
_PAUSE_SECONDS: Final = 1.0
_PURGE_SECONDS: Final = 600.0
_CONNECTIONS: Final = 2
_TRANSACTION_SECONDS: Final = 10.0


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Sweep until asked to stop."""
    async with (
        fit_process(settings, "sweeper", ROLE) as fitness,
        Database.open(settings.dsn(ROLE), max_size=_CONNECTIONS) as database,
    ):
        lifecycle.ready({})
        work = partial(_sweep_forever, database, settings.cities())
        await lifecycle.until_stopped(while_fit(fitness, work))


async def _sweep_forever(database: Database, cities: tuple[str, ...]) -> NoReturn:
    purged_at: dict[str, float] = {}
    while True:
        for city in cities:
            try:
                _tell(city, await sweep(database, city, utc_now))
                if await end_mended(database, city):
                    structlog.get_logger().info("holds_ended", municipality_code=city)
                await look_at_registrations(database, city, utc_now)
                if time.monotonic() - purged_at.get(city, -math.inf) >= _PURGE_SECONDS:
                    await purge(database, city)
                    purged_at[city] = time.monotonic()
            except PASSING as error:
                structlog.get_logger().warning("sweep_interrupted", error=type(error).__name__, municipality_code=city)
        await asyncio.sleep(_PAUSE_SECONDS)


async def sweep(database: Database, city: str, clock: Clock) -> Swept:
    """End everything of one city that is overdue now, each request in a transaction of its own."""
    async with database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        destroyed = await destroy_kept_answers(connection, clock())
        keys = await overdue(connection, city, clock())
    swept = Swept(destroyed=destroyed)
    for key in keys:
        swept += await _end(database, key, clock)
    return swept


async def end_mended(database: Database, city: str) -> int:
    """End the holds of everyone of one city whose data has changed since, each in a transaction of its own; how many persons."""
    ended, more = 0, True
    while more:
        async with database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
            more = await end_mended_hold(connection)
        ended += more
    return ended


async def look_at_registrations(database: Database, city: str, clock: Clock) -> None:
    """End koseki access whose koseki changed or whose certificate is over, and open alerts for applications nobody decides."""
    async with database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        now = clock()
        ended, near = (
            await koseki_access.expire(connection, now),
            await koseki_access.alert_near(connection, jst_date(now)),
        )
    if ended or near:
        structlog.get_logger().info("koseki_access", municipality_code=city, ended=ended, alerts=near)


async def purge(database: Database, city: str) -> None:
    """Destroy what one city keeps for a time only, where that time is over."""
    async with database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        counts = {"quarantined": await destroy_quarantined(connection), "spent": await purge_spent(connection)}
    for name, count in counts.items():
        if count:
            structlog.get_logger().info("purged", municipality_code=city, kind=name, count=count)


async def _end(database: Database, key: RequestKey, clock: Clock) -> Swept:
    async with database.city(key.municipality_code, timeout=_TRANSACTION_SECONDS) as connection:
        return await end_overdue(connection, key, clock())


def _tell(city: str, swept: Swept) -> None:
    for name, count in (("abandoned", swept.abandoned), ("voided", swept.voided), ("destroyed", swept.destroyed)):
        if count:
            structlog.get_logger().info("swept", municipality_code=city, kind=name, count=count)
