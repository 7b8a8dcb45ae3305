"""Looking again and again while a process serves, so that it stops when something goes wrong and goes on when it is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, NoReturn

from civil.errors import KioskError
from kiosk_server.checks.check import Check
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.looking import Looked, look_at
from kiosk_server.checks.surroundings import Surroundings

_TICK_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 5.0


TellStaff = Callable[[Check, Surroundings, KioskError], Awaitable[None]]
"""Opens the alert of a check that went wrong."""


async def watch(
    checks: Sequence[Check], surroundings: Surroundings, fitness: Fitness, tell_staff: TellStaff
) -> NoReturn:
    """Look at each check whenever its time has come, and tell `fitness`, and staff where the check says so."""
    due = {check.name: time.monotonic() + check.every for check in checks}
    while True:
        for check in checks:
            if time.monotonic() >= due[check.name]:
                looked = await look_at(check, surroundings, _LOOK_SECONDS)
                is_new = check.name not in fitness.wrong
                tell(fitness, check, looked)
                if looked.wrong is not None and is_new and check.alerts_while_serving:
                    await tell_staff(check, surroundings, looked.wrong)
                due[check.name] = time.monotonic() + check.every
        fitness.beat()
        await asyncio.sleep(_TICK_SECONDS)


def tell(fitness: Fitness, check: Check, looked: Looked) -> None:
    """Keep what a look brought."""
    fitness.found(check.name, looked.fault, advice=None if looked.advice is None else looked.advice.fault)


async def while_fit(fitness: Fitness, work: Callable[[], Coroutine[Any, Any, object]]) -> NoReturn:
    """Do the work while the process is fit, pause it while it is not. Raises what the work raises."""
    while True:
        await fitness.until(fit=True)
        working, unfit = asyncio.create_task(work()), asyncio.create_task(fitness.until(fit=False))
        try:
            await asyncio.wait([working, unfit], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            for task in (working, unfit):
                task.cancel()
            await asyncio.gather(working, unfit, return_exceptions=True)
