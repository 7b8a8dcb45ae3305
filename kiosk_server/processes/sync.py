"""Keeping 発行用住民票 equal to the registry, and proving it (role sync); ready once everything committed until then is applied."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any, Never

import structlog

from civil.clock import utc_now
from kiosk_server.checks.watching import while_fit
from kiosk_server.processes.feed_pushing import pushing
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.together import together
from kiosk_server.settings import Settings
from sync import Observer, Progress, Projection, Reconciling, Schedule
from sync.feeds.layout_tables import tables_in
from sync.feeds.watching import Inboxes, InboxWatch

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

    def fed(self, municipality_code: str, result: str) -> None:
        """A file of another system was looked at."""
        log = structlog.get_logger()
        (log.warning if result in {"refused", "different"} else log.info)(
            "fed", municipality_code=municipality_code, outcome=result
        )

    def too_old(self, municipality_code: str) -> None:
        """A source of files has passed its age limit."""
        structlog.get_logger().warning("source_too_old", municipality_code=municipality_code)

    def interrupted(self, cause: str) -> None:
        """The work stopped and will be tried again."""
        structlog.get_logger().warning("sync_interrupted", error=cause)


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Project, compare and repair until asked to stop."""
    dsn, cities, observer = settings.dsn(ROLE), settings.cities(), LoggingObserver()
    schedule = Schedule(settings.reconcile_at, timedelta(seconds=settings.reconcile_part_seconds))
    async with fit_process(settings, "sync", ROLE) as fitness:
        projection = Projection(dsn, cities, utc_now, observer=observer)
        reconciling = Reconciling(dsn, cities, utc_now, schedule, observer)
        await projection.catch_up()
        lifecycle.ready({})
        works = [projection.run, reconciling.run, *feeding(settings, dsn, observer), *pushing(settings)]
        if settings.feed_sftp_listen is not None:
            # Its library costs a start half a second and 11 MB.
            works += import_module("kiosk_server.processes.feed_dropping").dropping(settings)
        await lifecycle.until_stopped(while_fit(fitness, partial(together, works)))


def feeding(settings: Settings, dsn: str, observer: Observer) -> list[Callable[[], Coroutine[Any, Any, Never]]]:
    """The watch over the inboxes of other systems' files, where there are any. Raises SettingsInvalid."""
    inboxes, layouts = settings.feed_inboxes(), settings.feed_layouts
    if not inboxes:
        return []
    tables = tuple if layouts is None else partial(tables_in, layouts)
    key = None if settings.feed_key_file is None else settings.feed_key()
    watched = Inboxes(inboxes, tables, key, keep=timedelta(days=settings.feed_keep_days))
    return [InboxWatch(dsn, watched, utc_now, observer).run]
