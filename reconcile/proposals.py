"""What probably happened where a statement and our books differ: for whoever has to explain it, never instead of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from reconcile.settlement import Finding

_NEAR: Final = timedelta(minutes=10)
_NEAR_MIDNIGHT: Final = timedelta(minutes=30)


class Proposal(StrEnum):
    """An explanation that fits what is known."""

    CORRECTED = "corrected"
    RETRY = "retry"
    CANCELLED_AFTER_SENDING = "cancelled_after_sending"
    CLOCK = "clock"
    FEE_CHANGE = "fee_change"
    FREE_ISSUE = "free_issue"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a difference. Instants are UTC.

    `still_found`: the edition that counts has it too. `reported`: the outcome that was reported to us. `other_answer_at`: when the
    same kind was answered at the same terminal just before or after. `fee_changes_at`: the JST midnight of the change of fee that
    is next to `sent_at`; `fee_across_it`: the fee on its other side.
    """

    finding: Finding
    ours: str
    theirs: str
    still_found: bool
    sent_at: datetime | None = None
    occurred_at: datetime | None = None
    closed_at: datetime | None = None
    reported: str | None = None
    other_answer_at: datetime | None = None
    fee_changes_at: datetime | None = None
    fee_across_it: int | None = None


_SIMPLE: Final = {Finding.MATCHED_BY_TIME: Proposal.CLOCK}


def propose(about: Circumstances) -> Proposal | None:
    """The explanation that fits, or None: then nothing harmless is known, and it has to be looked into. Pure."""
    if not about.still_found:
        return Proposal.CORRECTED
    if (known := _SIMPLE.get(about.finding)) is not None:
        return known
    if about.finding is Finding.FEE_DIFFERS:
        return _of_fee(about)
    if about.finding is Finding.NOT_IN_STATEMENT:
        return _of_missing(about)
    return _of_line(about)


def _of_line(about: Circumstances) -> Proposal | None:
    if about.finding is Finding.OUTCOME_DIFFERS and about.theirs != "printed":
        return Proposal.CANCELLED_AFTER_SENDING
    is_second = about.finding in {Finding.DOUBLE_LINE, Finding.NEVER_SENT} and about.other_answer_at is not None
    return Proposal.RETRY if is_second else None


def _of_fee(about: Circumstances) -> Proposal | None:
    if about.theirs == "0":
        return Proposal.FREE_ISSUE
    is_near = _within(about.sent_at, about.fee_changes_at, _NEAR_MIDNIGHT)
    return Proposal.FEE_CHANGE if is_near and about.theirs == str(about.fee_across_it) else None


def _of_missing(about: Circumstances) -> Proposal | None:
    if about.reported in {"cancelled", "failed"}:
        return Proposal.CANCELLED_AFTER_SENDING
    if about.other_answer_at is not None:
        return Proposal.RETRY
    if _within(about.sent_at, about.closed_at, 2 * _NEAR):
        return Proposal.CLOCK
    return Proposal.CANCELLED_AFTER_SENDING if about.reported is None else None


def _within(one: datetime | None, other: datetime | None, most: timedelta) -> bool:
    return one is not None and other is not None and abs(one - other) <= most
