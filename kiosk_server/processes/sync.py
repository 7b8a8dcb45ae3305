"""Keeping 発行用住民票 equal to the registry, and proving it (role sync); ready once everything committed until then is applied."""

from datetime import timedelta
from functools import partial

import structlog

from civil.clock import utc_now
from kiosk_server.checks.watching import while_fit
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.together import together
from kiosk_server.settings import Settings
from sync import Observer, Progress, Projection, Reconciling, Schedule

ROLE = "sync"


class LoggingObserver(Observer):
    """Tells the log how many persons a batch concerned, never which."""

    def applied(self, municipality_code: str, progress: Progress) -> None:
        """Pending changes were committed."""
        log = structlog.get_logger()
        log.info("projected", municipality_code=municipality_code, count=progress.changed + progress.removed)
        if progress.held_back:
            log.warning("persons_held_back", municipality_code=municipality_code, count=progress.held_back)

    def reconciled(self, municipality_code: str, differing: int) -> None:
        """A comparison with the register ended."""
        log = structlog.get_logger()
        (log.warning if differing else log.info)("reconciled", municipality_code=municipality_code, count=differing)

    def repaired(self, municipality_code: str, records: int, equal: int) -> None:
        """Approved repairs were made."""
        log = structlog.get_logger()
        (log.info if equal == records else log.warning)("repaired", municipality_code=municipality_code, count=equal)

    def interrupted(self, cause: str) -> None:
        """The work stopped and will be tried again."""
        structlog.get_logger().warning("projection_interrupted", error=cause)


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Project, compare and repair until asked to stop."""
    dsn, cities, observer = settings.dsn(ROLE), settings.cities(), LoggingObserver()
    schedule = Schedule(settings.reconcile_at, timedelta(seconds=settings.reconcile_part_seconds))
    async with fit_process(settings, "sync", ROLE) as fitness:
        projection = Projection(dsn, cities, utc_now, observer=observer)
        reconciling = Reconciling(dsn, cities, utc_now, schedule, observer)
        await projection.catch_up()
        lifecycle.ready({})
        await lifecycle.until_stopped(while_fit(fitness, partial(together, [projection.run, reconciling.run])))
