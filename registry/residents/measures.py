"""支援措置: where a measure stands on a day, and when it may be extended. Pure.

It begins (provisionally or not), is extended and ends by events alone; when its period is over it goes on, and staff are told.
"""

from calendar import monthrange
from datetime import date
from enum import Enum

from registry.residents.errors import TooEarlyToExtend
from registry.residents.event import ResidentEvent
from registry.residents.person_record import PersonRecord


class Measure(Enum):
    """Where a measure stands; the most urgent first."""

    OVER = "期間満了(解除されていません)"
    ENDING = "終了まで1か月以内"
    PROVISIONAL = "仮支援措置"
    IN_FORCE = "支援措置中"


def measure_of(record: PersonRecord, on: date) -> Measure | None:
    """Where the person's measure stands on a JST date; None where there is none. One without an end is provisional."""
    if not record.suppressed:
        return None
    if record.suppressed_until is None:
        return Measure.PROVISIONAL
    if on > record.suppressed_until:
        return Measure.OVER
    return Measure.ENDING if on >= extendable_from(record.suppressed_until) else Measure.IN_FORCE


def extendable_from(ends: date) -> date:
    """The day one month before the last one, from which an extension is taken: for 2021-03-31 it is 2021-02-28."""
    year, month = (ends.year, ends.month - 1) if ends.month > 1 else (ends.year - 1, 12)
    return date(year, month, min(ends.day, monthrange(year, month)[1]))


def require_extendable(event: ResidentEvent, record: PersonRecord) -> None:
    """Check that an extension is not entered earlier. Raises TooEarlyToExtend."""
    offered = event.notified_on or event.occurred.on
    if (
        record.suppressed_until is not None
        and offered is not None
        and offered < extendable_from(record.suppressed_until)
    ):
        raise TooEarlyToExtend
