"""The bounds of the web edge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """Seconds and numbers; the defaults suit one city on a small box."""

    body_seconds: float = 10.0
    """Until a request body must be complete."""
    hard_seconds: float = 30.0
    """Until an answer must be there, whatever the service still does: the protocol's hard deadline."""
    in_flight: int = 8
    """Menus and issuances worked on at once."""
    waiting: int = 1024
    """Menus and issuances that may wait for their turn, however soon it comes."""
    wait_seconds: float = 5.0
    """How long they may; who would wait for longer, by what requests take now, is told at once to come back."""
    reports_in_flight: int = 8
    """States, outcomes and alerts worked on at once: apart, so that a rush at the kiosks never delays the books."""
