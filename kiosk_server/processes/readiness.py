"""What /ready says: what the checks of this process found last, which is never older than the fitness allows."""

from collections.abc import Sequence
from functools import partial

from kiosk_server.checks.check import Check
from kiosk_server.checks.fitness import OVERDUE, Fitness
from kiosk_server.checks.wrong import Advice, Fault
from kiosk_server.web.operations import ReadinessCheck


def readiness_checks(checks: Sequence[Check], fitness: Fitness) -> Sequence[ReadinessCheck]:
    """One entry for each check, and one for the looking itself."""
    return [
        ReadinessCheck(name, partial(_found, fitness, name)) for name in (*(check.name for check in checks), OVERDUE)
    ]


async def _found(fitness: Fitness, name: str) -> Fault | None:
    advice = fitness.advice.get(name)
    if advice is not None:
        raise Advice(advice)
    return fitness.wrong.get(name)
