"""Where instants come from. Code takes a `Clock`; only the outermost caller passes `utc_now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant as an aware datetime in UTC."""


def utc_now() -> datetime:
    """Return the machine's present instant, in UTC."""
    return datetime.now(UTC)
