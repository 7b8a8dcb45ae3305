"""A process that serves only while it is fit: it refuses to start wrong, and stops and goes on by what its checks find."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from civil.errors import KioskError
from issuance_db.alerts_once import open_alert_once
from kiosk_server.checks.check import Check
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.for_every_process import checks_for_every_process
from kiosk_server.checks.looking import Looked, fault_of, look_at
from kiosk_server.checks.nodes import Membership
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.watching import tell, watch
from kiosk_server.checks.wrong import Wrong
from kiosk_server.processes.starting import connect
from kiosk_server.settings import Settings

_LOOK_SECONDS: Final = 20.0
_AGAIN_SECONDS: Final = 0.2
_CLOSE_SECONDS: Final = 2
_GONE: Final = (KioskError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@asynccontextmanager
async def fit_process(settings: Settings, process: str, role: str) -> AsyncIterator[Fitness]:
    """Inside, the process has passed what every process looks at, and goes on looking.

    Raises Wrong, DatabaseUnreachable, LoginRefused or SettingsInvalid when it may not start.
    """
    membership = Membership()
    async with Surroundings(settings, process, role) as surroundings:
        fitness = Fitness()
        async with kept_fit(checks_for_every_process(membership), membership, surroundings, fitness):
            yield fitness


@asynccontextmanager
async def kept_fit(
    checks: Sequence[Check], membership: Membership, surroundings: Surroundings, fitness: Fitness
) -> AsyncIterator[None]:
    """Inside, every check has passed and is looked at again and again. Raises as `fit_process`."""
    try:
        for check in checks:
            tell(fitness, check, await _required(check, surroundings))
        watching = asyncio.create_task(watch(checks, surroundings, fitness, _tell_staff))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    finally:
        with contextlib.suppress(*_GONE):
            await membership.leave(surroundings)


async def _required(check: Check, surroundings: Surroundings) -> Looked:
    """What the look brought, if that is no reason to refuse; waits as long as the check has patience."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + check.patience
    while True:
        looked = await look_at(check, surroundings, _LOOK_SECONDS)
        if looked.wrong is None:
            return looked
        if loop.time() >= give_up or not isinstance(looked.wrong, Wrong) or looked.wrong.lasts:
            await _tell_staff(check, surroundings, looked.wrong)
            raise looked.wrong
        await asyncio.sleep(_AGAIN_SECONDS)


async def _tell_staff(check: Check, surroundings: Surroundings, wrong: KioskError) -> None:
    # Only the front may open alerts; what the other processes say stands in their log.
    if check.alert is None or surroundings.role != "front":
        return
    detail = f"{socket.gethostname()}: {fault_of(wrong).reason_en}"
    # Whoever looks on must not wait for this, nor end over it.
    with contextlib.suppress(*_GONE):
        async with asyncio.timeout(_LOOK_SECONDS):
            await _open_alerts(check.alert, detail, surroundings)


async def _open_alerts(cause: str, detail: str, surroundings: Surroundings) -> None:
    connection = await connect(surroundings.settings.dsn(surroundings.role))
    try:
        for city in surroundings.settings.cities():
            await open_alert_once(connection, city, cause, detail)
    finally:
        await connection.close(timeout=_CLOSE_SECONDS)
