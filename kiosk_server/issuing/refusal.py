"""The one error by which a request is refused; the web edge turns it into a problem document (RFC 9457)."""

from dataclasses import dataclass
from enum import StrEnum
from secrets import randbelow

from civil.errors import KioskError
from kiosk_server.issuing.request import AccessRegistration


class RefusalCode(StrEnum):
    """Stable codes of the centre protocol."""

    MALFORMED = "malformed"
    NOT_IDENTIFIED = "not_identified"
    NOT_AVAILABLE = "not_available"
    APPLICATION_WAITS = "application_waits"
    NOT_YOUR_CITY = "not_your_city"
    CLOSED = "closed"
    ALREADY_ANSWERED = "already_answered"
    REQUEST_CONFLICT = "request_conflict"
    NOT_FRESH = "not_fresh"
    BUSY = "busy"
    TIMED_OUT = "timed_out"
    NO_SUCH_ISSUANCE = "no_such_issuance"
    OUTCOME_CONFLICT = "outcome_conflict"


FINAL_CODES: frozenset[RefusalCode] = frozenset({RefusalCode.NOT_IDENTIFIED, RefusalCode.NOT_AVAILABLE})
"""Codes that end a request id: asked again, the same answer comes back."""


@dataclass(eq=False)
class Refusal(KioskError):
    """発行できません。 / The certificate cannot be issued."""

    code: RefusalCode
    reason: str
    """Why, for staff: a word of ours such as ``suppressed``, never personal data, never sent to the caller."""
    retry_after: int | None = None
    """Seconds after which asking again makes sense."""
    issuance_number: str | None = None
    field: str | None = None
    """The field of the request that is wrong, for ``malformed``."""
    person_number: str | None = None
    """Whom the reason concerns, for the staff list only."""
    registration: AccessRegistration | None = None
    """Where the application of the card that signed stands, for ``application_waits``."""


def spread(seconds: int) -> int:
    """Between so many seconds and twice as many, at random: what refuses everybody at once must not bring them back at once."""
    return seconds + randbelow(seconds + 1)
