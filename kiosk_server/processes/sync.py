"""Keeping 発行用住民票 equal to the registry (role sync); ready once everything committed until then is applied."""

import structlog

from civil.clock import utc_now
from kiosk_server.checks.watching import while_fit
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.settings import Settings
from sync import Observer, Progress, Projection

ROLE = "sync"


class LoggingObserver(Observer):
    """Tells the log how many persons a batch concerned, never which."""

    def applied(self, municipality_code: str, progress: Progress) -> None:
        """Pending changes were committed."""
        log = structlog.get_logger()
        log.info("projected", municipality_code=municipality_code, count=progress.changed + progress.removed)
        if progress.held_back:
            log.warning("persons_held_back", municipality_code=municipality_code, count=progress.held_back)

    def interrupted(self, cause: str) -> None:
        """The work stopped and will be tried again."""
        structlog.get_logger().warning("projection_interrupted", error=cause)


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Project until asked to stop."""
    async with fit_process(settings, "sync", ROLE) as fitness:
        projection = Projection(settings.dsn(ROLE), settings.cities(), utc_now, observer=LoggingObserver())
        await projection.catch_up()
        lifecycle.ready({})
        await lifecycle.until_stopped(while_fit(fitness, projection.run))
