"""What issuing stands on: database, keys, paper workers, clock and the city's time limits."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from cardauth.trust import CardTrust
from civil.clock import Clock
from issuance_db.database import Database
from keys.provider import KeyProvider
from kiosk_server.issuing.levels import LevelRules
from kiosk_server.issuing.paper import PaperWorkers

StepTimer = Callable[[str], AbstractContextManager[None]]
"""Times one named step of issuing (docs/architecture.md)."""


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take or stay, and how often they may go wrong."""

    deadline: timedelta = timedelta(seconds=10)
    """From acceptance to the point of no return; past it the whole attempt is abandoned. At most 30 s."""
    recording: timedelta = timedelta(seconds=10)
    """For the recording transaction, begun within the deadline, and for that which ends a request; past it the caller is told to ask again."""
    twin_poll: timedelta = timedelta(milliseconds=50)
    moved_pause: timedelta = timedelta(milliseconds=20)
    kept_answer: timedelta = timedelta(minutes=15)
    quarantine: timedelta = timedelta(days=90)
    session_issuances: int = 5
    caller_failures: int = 1000
    """Wrong tries of one caller within ten minutes; a centre speaks for 55,000 shops."""
    terminal_failures: int = 20
    """Wrong tries at one terminal within ten minutes."""
    refusal_step: timedelta = timedelta(milliseconds=25)
    """Who is not identified is told so at a whole multiple of this: the time of the answer tells nothing."""
    terminal_failures_a_day: int = 100
    """Wrong tries at one terminal within a day: who guesses slowly is stopped too."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything a step may use; given once at start-up."""

    database: Database
    keys: KeyProvider
    paper: PaperWorkers
    clock: Clock
    limits: Limits
    step: StepTimer = _untimed
    card_trust: CardTrust | None = None
    """Whom we believe on the card path; None where the city has not enabled it."""
    levels: LevelRules | None = None
    """What certificates are raised to once they are signed; None for B-B."""
