"""What must hold of the households that an event touched, by their members before and after it; and what staff are told."""

from collections.abc import Collection, Mapping

from civil.check_digits import numbered_ok
from registry.residents.checks import is_late
from registry.residents.errors import (
    HouseholdEmpty,
    HouseholdsApart,
    HouseholdTaken,
    HouseholdWithoutHead,
    HouseholdWithTwoHeads,
    MembersLeftBehind,
    NobodyLeftBehind,
    WrongCheckDigit,
)
from registry.residents.event import Alert, ResidentEvent
from registry.residents.person_record import ITEM_NAMES, HistoryRow, PersonRecord, State
from registry.residents.relationship import HEAD
from registry.residents.rules import EventClass, EventKind, Validation

Members = Mapping[str, tuple[PersonRecord, ...]]
"""By household number, everybody in it."""


def require_household_numbers(rows: Mapping[str, HistoryRow], after: Collection[PersonRecord]) -> None:
    """Refuse a new household whose number has a wrong check digit; where people live already it is taken as it is."""
    lived_in = {row.record.household_number for row in rows.values()}
    for record in after:
        if record.household_number not in lived_in and not numbered_ok(record.household_number):
            raise WrongCheckDigit("household_number", ITEM_NAMES["household_number"])


def require_households(kind: EventKind, event: ResidentEvent, before: Members, after: Members) -> None:
    """Check what the kind demands of the old and the new household, and the heads of all households touched."""
    targets = {str(changes["household_number"]) for changes in event.changes.values() if "household_number" in changes}
    moving = event.changes.keys()
    sources = {home for home, members in before.items() if any(member.person_number in moving for member in members)}
    for target in targets:
        _require_target(kind, before.get(target, ()), after.get(target, ()))
    for source in sources - targets:
        if Validation.WHOLE_HOUSEHOLD in kind.validations and after.get(source):
            raise MembersLeftBehind
        if Validation.PART_OF_HOUSEHOLD in kind.validations and not after.get(source):
            raise NobodyLeftBehind
    for home, members in after.items():
        _require_head(kind, before.get(home, ()), members)


def _require_target(kind: EventKind, before: tuple[PersonRecord, ...], after: tuple[PersonRecord, ...]) -> None:
    if Validation.NEW_HOUSEHOLD in kind.validations and before:
        raise HouseholdTaken
    if Validation.OTHER_HOUSEHOLD in kind.validations and not before:
        raise HouseholdEmpty
    if Validation.SAME_ADDRESS in kind.validations and len({(member.address, member.building) for member in after}) > 1:
        raise HouseholdsApart


def _require_head(kind: EventKind, before: tuple[PersonRecord, ...], after: tuple[PersonRecord, ...]) -> None:
    """A household has one head. Only a removal, or its cancellation, may leave none; one without a head may stay so."""
    if len(_heads(after)) > 1:
        raise HouseholdWithTwoHeads
    may_leave_none = kind.event_class is EventClass.REMOVAL or Validation.REVERSED_EVENT in kind.validations
    had_none = bool(before) and not _heads(before)
    if after and not _heads(after) and not may_leave_none and not had_none:
        raise HouseholdWithoutHead


def household_alerts(kind: EventKind, event: ResidentEvent, before: Members, after: Members) -> tuple[Alert, ...]:
    """What staff are told of the households touched, and of a late notification."""
    alerts: list[Alert] = []
    for home, members in after.items():
        alerts += _head_alerts(kind, event, before.get(home, ()), members)
    if Validation.WITHIN_14_DAYS in kind.validations and is_late(event):
        alerts.append(Alert.LATE_NOTIFICATION)
    return tuple(alerts)


def _head_alerts(
    kind: EventKind, event: ResidentEvent, before: tuple[PersonRecord, ...], after: tuple[PersonRecord, ...]
) -> list[Alert]:
    heads, alerts = _heads(after), []
    if after and not heads:
        alerts.append(Alert.HOUSEHOLD_WITHOUT_HEAD)
        if len(after) == 1:
            alerts.append(Alert.ONE_MEMBER_LEFT)
    leaving = [member for member in after if member.state is State.PLANNED_MOVER]
    if Validation.HEAD_STAYS in kind.validations and heads and heads[0] in leaving and leaving != list(after):
        alerts.append(Alert.HEAD_PLANS_TO_LEAVE)
    head_changed = bool(before) and _head_number(before) != _head_number(after)
    if Validation.ALL_RELATIONSHIPS in kind.validations and head_changed and not _all_named(event, after):
        alerts.append(Alert.RELATIONSHIPS_NOT_RESET)
    return alerts


def head_to_be(members: tuple[PersonRecord, ...]) -> str | None:
    """Whom a household without a head is asked to make its head: the first by the order of members; None where it has one."""
    if not members or _heads(members):
        return None
    return min(members, key=lambda member: (member.member_order, member.person_number)).person_number


def _heads(members: tuple[PersonRecord, ...]) -> list[PersonRecord]:
    return [member for member in members if member.relationship == HEAD]


def _head_number(members: tuple[PersonRecord, ...]) -> str | None:
    return next((member.person_number for member in _heads(members)), None)


def _all_named(event: ResidentEvent, members: tuple[PersonRecord, ...]) -> bool:
    return all(member.person_number in event.changes for member in members)
