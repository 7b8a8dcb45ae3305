"""A front process of its own that answers one request and is struck by a signal at one step: `python -m tests.faults.front_with_fault`.

Its standard input is a pickled `Errand`; it prints what came of it, if it lives to tell.
"""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from issuance_db.database import Database
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.environment import Environment, Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import IssuanceRequest
from tests.issuing.city import CENTRE

STEPS: Final = ("accept", "authenticate", "snapshot", "compose", "permit", "sign", "compare", "record")
Moment = Literal["entering", "leaving"]
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Errand:
    """What to ask, on which database and with which keys, at which instant (UTC), and where the signal strikes."""

    request: IssuanceRequest
    dsn: str
    keys: Path
    passphrase: bytes
    now: datetime
    step: str
    moment: Moment
    signal: signal.Signals


def begin(errand: Errand) -> subprocess.Popen[bytes]:
    """Start the process and hand it its errand."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.front_with_fault"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(pickle.dumps(errand))
    process.stdin.close()
    return process


async def _run(errand: Errand) -> str:
    async with Database.open(errand.dsn, max_size=5) as database, PaperWorkers(1) as paper:
        keys = FileKeyProvider(errand.keys, errand.passphrase)
        environment = Environment(database, keys, paper, lambda: errand.now, Limits(), StepStrike(errand))
        try:
            certificate = await Issuing(environment).issue(CENTRE, errand.request)
        except Refusal as refusal:
            return f"{refusal.code} {refusal.reason}"
        return f"issued {certificate.issuance_number}"


class StepStrike:
    """The step timer of the environment, put to another use."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self._strike(step, "entering")
        yield
        self._strike(step, "leaving")

    def _strike(self, step: str, moment: Moment) -> None:
        if (step, moment) == (self._errand.step, self._errand.moment):
            os.kill(os.getpid(), self._errand.signal)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_run(pickle.load(sys.stdin.buffer))))  # noqa: S301 - from the test that started us
