"""An event (異動) as it is handed in, and what recording it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents.person_record import PersonRecord, SealedMyNumber, State

ItemValue = str | date | bool | RecordedDate | Sex | SealedMyNumber | State | None
ItemChanges = Mapping[str, ItemValue]
"""What becomes of which item; the names are those of `PersonRecord`."""

_NO_CHANGES: Mapping[str, ItemChanges] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """R-10: the document that was seen at the counter (個人番号カード, 旅券 …) and the staff member who saw it."""

    document: str
    checked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentEvent:
    """An event for one or more persons, recorded as a whole or not at all.

    `kind` is a code of `event_kinds`. `occurred` is 異動日 (for a planned move out, the planned day); `notified_on` is 届出日,
    通知日 or 申出日. Entries (記載) bring full rows; corrections and removals name the items that change, by person number,
    and an empty mapping where the kind itself says everything. `reverses` is the event that a cancellation undoes.
    """

    kind: str
    occurred: RecordedDate
    notified_on: date | None = None
    entries: tuple[PersonRecord, ...] = ()
    changes: Mapping[str, ItemChanges] = field(default_factory=lambda: _NO_CHANGES)
    identity_check: IdentityCheck | None = None
    reverses: int | None = None


class Alert(StrEnum):
    """What staff are told although the event is recorded (標準仕様書のアラート)."""

    LATE_NOTIFICATION = "late_notification"
    """届出 later than 14 days after the move (住民基本台帳法22条, 23条)."""
    HOUSEHOLD_WITHOUT_HEAD = "household_without_head"
    """世帯主不在: a change of head is to be asked for."""
    HEAD_PLANS_TO_LEAVE = "head_plans_to_leave"
    """The head is going to move out and others stay."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """What an event moved: the new sequence of each person and of each household it touched."""

    event_id: int
    persons: Mapping[str, int]
    households: Mapping[str, int]
    alerts: tuple[Alert, ...] = ()
