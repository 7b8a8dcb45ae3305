"""Runs one process of the installation by its name."""

import asyncio
import os
from importlib import import_module
from typing import Final

from kiosk_server.processes.lifecycle import Launch, Lifecycle
from kiosk_server.processes.open_files import allow_most_open_files
from kiosk_server.settings import Settings
from kiosk_server.web.logging import configure_logging

PROCESSES: Final = ("sync", "centre", "sweeper", "logger", "staff")
"""In the order in which they start; they stop in the reverse order. Each is a module here with a coroutine `run`."""


def run_process(name: str, settings: Settings, launch: Launch) -> None:
    """Run one of PROCESSES until SIGINT or SIGTERM; raises what makes it refuse or fail."""
    configure_logging()
    os.umask(0o077)
    allow_most_open_files()
    asyncio.run(_run(name, settings, launch))


async def _run(name: str, settings: Settings, launch: Launch) -> None:
    # A process loads its own code and no other's: the sweeper has no use for fonts and keys.
    module = import_module(f"kiosk_server.processes.{name}")
    await module.run(settings, Lifecycle(name, launch))
