"""A centre process of several workers: it holds the ports and the lock, keeps the workers going, and tells of all in one place."""

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import Final, NoReturn

from kiosk_server.checks.check import Check
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.for_the_centre import topology_check
from kiosk_server.checks.nodes import Membership
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import LOST
from kiosk_server.processes.centre_crew import CentreCrew
from kiosk_server.processes.centre_lock import CentreLock
from kiosk_server.processes.fit import kept_fit
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.told_role import HELD, NOT_HELD, SAID_EVERY_SECONDS
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.version import build_version
from kiosk_server.web.crew_operations import build_crew_operations_app
from kiosk_server.web.serving import BACKLOG, serve, url_of

ROLE: Final = "front"


async def lead(settings: Settings, lifecycle: Lifecycle) -> None:
    """Until asked to stop. Raises ProcessDidNotStart if a worker does not come up with the others."""
    async with AsyncExitStack() as stack:
        listening = [_listen(stack, address) for address in (settings.centre_listen, settings.terminal_listen)]
        crew = CentreCrew(settings.centre_processes, lifecycle.launch.settings_file, listening)
        fitness = await _with_lock(stack, settings, crew)
        saying = asyncio.create_task(_say_on(crew, fitness))
        stack.callback(saying.cancel)
        stack.push_async_callback(crew.stop)
        await _all_up(crew)
        app = build_crew_operations_app(crew, settings.centre_processes, {"version": build_version()})
        ops = await serve(app, *host_and_port(settings.ops_listen), None)
        stack.push_async_callback(ops.stop)
        centre, terminal = (one.getsockname()[:2] for one in listening)
        lifecycle.ready(
            {
                "centre_url": url_of("https", *centre),
                "terminal_url": url_of("https", *terminal),
                "ops_url": url_of("http", ops.host, ops.port),
                "centre_workers": ", ".join(f"{number} (pid {pid})" for number, pid in crew.pids.items()),
            }
        )
        await lifecycle.until_stopped(crew.keep())


async def _with_lock(stack: AsyncExitStack, settings: Settings, crew: CentreCrew) -> Fitness:
    """The role of the centre process, held for all workers and looked at every second. Raises Wrong where it is taken."""
    fitness = Fitness()

    def lost() -> None:
        fitness.found(check.name, LOST)
        crew.say(NOT_HELD)

    lock = CentreLock(settings.topology, lost)
    stack.callback(lock.close)
    check: Check = topology_check(lock.look)
    surroundings = await stack.enter_async_context(Surroundings(settings, "centre", ROLE))
    await stack.enter_async_context(kept_fit([check], Membership(), surroundings, fitness))
    return fitness


async def _say_on(crew: CentreCrew, fitness: Fitness) -> NoReturn:
    while True:
        crew.say(HELD if fitness.is_fit else NOT_HELD)
        await asyncio.sleep(SAID_EVERY_SECONDS)


async def _all_up(crew: CentreCrew) -> None:
    try:
        await crew.start()
    except ExceptionGroup as failed:
        # One is enough to be told; it quotes what the worker said.
        raise failed.exceptions[0] from None


def _listen(stack: AsyncExitStack, address: str) -> socket.socket:
    host, port = host_and_port(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = stack.enter_context(socket.create_server((host, port), family=family, backlog=BACKLOG))
    listening.setblocking(False)
    return listening
