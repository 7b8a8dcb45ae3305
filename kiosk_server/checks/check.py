"""One thing that must be right, and how to look at it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiosk_server.checks.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Check:
    """`look` returns what it found, or raises Wrong, or Advice for what is no reason to refuse service."""

    name: str
    """Under which /ready and the log know it."""
    title: str
    """For a person."""
    look: Callable[[Surroundings], Awaitable[str]]
    every: float = 2.0
    """Seconds between two looks while the process serves."""
    patience: float = 0
    """Seconds for which a start waits for it to come right: for what a process that was killed has left behind."""
    alert: str | None = None
    """The cause of the alert that a refused start of the centre process opens."""
    alerts_while_serving: bool = False
    """Whether the same alert opens when it goes wrong while the process serves."""
