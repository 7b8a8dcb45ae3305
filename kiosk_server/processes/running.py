"""Runs one process of the installation by its name."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from kiosk_server.processes import centre, staff, sweeper, sync
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.settings import Settings
from kiosk_server.web.logging import configure_logging

Process = Callable[[Settings, Lifecycle], Awaitable[None]]

PROCESSES: Final[Mapping[str, Process]] = MappingProxyType(
    {"sync": sync.run, "centre": centre.run, "sweeper": sweeper.run, "staff": staff.run}
)
"""In the order in which they start; they stop in the reverse order."""


def run_process(name: str, settings: Settings, ready_fd: int | None) -> None:
    """Run one of PROCESSES until SIGINT or SIGTERM; raises what makes it refuse or fail."""
    configure_logging()
    os.umask(0o077)
    asyncio.run(_run(name, settings, ready_fd))


async def _run(name: str, settings: Settings, ready_fd: int | None) -> None:
    await PROCESSES[name](settings, Lifecycle(name, ready_fd))
