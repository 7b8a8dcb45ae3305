"""The checks an event passes before anything is written. Each raises the refusal that names what is wrong."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from civil.check_digits import numbered_ok, resident_code_ok
from registry.residents.errors import (
    AlreadyResident,
    BeforePersonExisted,
    DateNotYet,
    HouseholdWithoutHead,
    HouseholdWithTwoHeads,
    IdentityNotChecked,
    ItemMayNotChange,
    ItemMissing,
    NobodyConcerned,
    NotInRegister,
    UnknownPerson,
    WrongCheckDigit,
    WrongState,
)
from registry.residents.event import Alert, ItemChanges, ResidentEvent
from registry.residents.event_kinds import Before, Demand, EventClass, EventKind, standing
from registry.residents.person_record import ITEM_NAMES, PersonRecord, State
from registry.residents.relationship import HEAD

_LATE_AFTER = timedelta(days=14)
_PLACE = frozenset({"address", "building", "household_number"})


def require_form(kind: EventKind, event: ResidentEvent, today: date) -> None:
    """Check what can be seen without the register: demands, dates, items named. `today` is a JST date."""
    concerned = [entry.person_number for entry in event.entries] + list(event.changes)
    is_entry = kind.event_class is EventClass.ENTRY
    if Demand.REVERSED_EVENT in kind.demands:
        if event.reverses is None:
            raise ItemMissing("reverses", "取り消す異動")
        if concerned:
            raise NobodyConcerned
    elif not concerned or len(set(concerned)) != len(concerned) or is_entry is not bool(event.entries):
        raise NobodyConcerned
    _require_demands(kind, event)
    _require_dates(kind, event, today)
    for changes in event.changes.values():
        _require_items(kind, changes)
        _require_needed(kind, changes)


def _require_demands(kind: EventKind, event: ResidentEvent) -> None:
    if Demand.IDENTITY_CHECK in kind.demands:
        check = event.identity_check
        if check is None or not check.document.strip() or not check.checked_by.strip():
            raise IdentityNotChecked
    if Demand.NOTIFIED_ON in kind.demands and event.notified_on is None:
        raise ItemMissing("notified_on", "届出日・通知日")


def _require_dates(kind: EventKind, event: ResidentEvent, today: date) -> None:
    if event.notified_on is not None and event.notified_on > today:
        raise DateNotYet("notified_on", "届出日・通知日")
    if Demand.FUTURE_ALLOWED in kind.demands:
        if not event.occurred.is_exact:
            raise ItemMissing("occurred", "転出予定日")
    elif event.occurred.on is not None and event.occurred.on > today:
        raise DateNotYet("occurred", "異動日")


def _require_items(kind: EventKind, named: Collection[str]) -> None:
    for item in named:
        if item not in kind.may_change:
            raise ItemMayNotChange(kind.name, kind.english, item, ITEM_NAMES.get(item, item))
    # Within the old household a relationship is no matter of the move.
    if Demand.NEW_PLACE in kind.demands and "relationship" in named and "household_number" not in named:
        raise ItemMayNotChange(kind.name, kind.english, "relationship", ITEM_NAMES["relationship"])


def _require_needed(kind: EventKind, changes: ItemChanges) -> None:
    for demand, item in ((Demand.MOVE_OUT_ADDRESS, "move_out_address"), (Demand.RELATIONSHIP, "relationship")):
        if demand in kind.demands and not changes.get(item):
            raise ItemMissing(item, ITEM_NAMES[item])
    if Demand.NEW_PLACE in kind.demands and not _PLACE & changes.keys():
        raise ItemMissing("address", ITEM_NAMES["address"])


def require_standing(kind: EventKind, record: PersonRecord | None) -> None:
    """Check that the person's present state allows the event (R-31: no move in of a living resident)."""
    stands = standing(record)
    if stands not in kind.before:
        if kind.event_class is EventClass.ENTRY:
            raise AlreadyResident if stands is not Before.REMOVED else WrongState(kind.name, kind.english)
        if stands is Before.ABSENT:
            raise UnknownPerson
        raise NotInRegister if stands is Before.REMOVED else WrongState(kind.name, kind.english)
    if Demand.PROTECTED in kind.demands and record is not None and not record.suppressed:
        raise WrongState(kind.name, kind.english)


def require_after_existence(event: ResidentEvent, record: PersonRecord) -> None:
    """Check that a living resident's event is not dated before the birth or before the person became a resident."""
    on = event.occurred.on
    since = record.resident_since or record.foreign_resident_since
    starts = [day.on for day in (record.birth, since) if day is not None and day.on is not None and day.is_exact]
    if on is not None and event.occurred.is_exact and starts and on < max(starts):
        raise BeforePersonExisted


def require_entry(kind: EventKind, event: ResidentEvent, record: PersonRecord, *, is_new: bool) -> None:
    """Check a row that is entered: numbers, and the items the law wants (住民基本台帳法7条, 30条の45)."""
    if is_new and kind.code != "IL":
        require_new_number(record)
    if not resident_code_ok(record.resident_code):
        raise WrongCheckDigit("resident_code", ITEM_NAMES["resident_code"])
    birth = record.birth
    if birth.is_exact and birth.on is not None and event.occurred.is_exact and event.occurred.on is not None:
        if event.occurred.on < birth.on:
            raise BeforePersonExisted
        if kind.code == "BI" and event.occurred.on != birth.on:
            raise ItemMissing("birth", "出生日と同じ異動日")
    require_legal_items(record)


def require_new_number(record: PersonRecord) -> None:
    """Check the check digit of a 宛名番号 that is newly given; older ones may have none (標準仕様書, 附番)."""
    if not numbered_ok(record.person_number):
        raise WrongCheckDigit("person_number", ITEM_NAMES["person_number"])


def require_legal_items(record: PersonRecord) -> None:
    """Check that what every record must hold is there; 本籍・筆頭者 may be なし or 不明, but not empty."""
    wanted = ["name", "address", "relationship"]
    if record.nationality is None:
        wanted += ["domicile", "first_registrant", "resident_since"]
    else:
        wanted += ["article_30_45_category", "foreign_resident_since"]
        if record.article_30_45_category == "中長期在留者":
            wanted += ["residence_status", "residence_period", "residence_card_number"]
    for item in wanted:
        if not getattr(record, item):
            raise ItemMissing(item, ITEM_NAMES[item])


def household_alerts(
    kind: EventKind, members_after: Mapping[str, tuple[PersonRecord, ...]], event: ResidentEvent
) -> tuple[Alert, ...]:
    """Check the heads of each household touched, by the members it has afterwards; return what staff are to be told."""
    alerts = []
    for members in members_after.values():
        heads = [member for member in members if member.relationship == HEAD]
        if len(heads) > 1:
            raise HouseholdWithTwoHeads
        if members and not heads:
            if kind.event_class is not EventClass.REMOVAL and Demand.REVERSED_EVENT not in kind.demands:
                raise HouseholdWithoutHead
            alerts.append(Alert.HOUSEHOLD_WITHOUT_HEAD)
        leaving = [member for member in members if member.state is State.PLANNED_MOVER]
        if Demand.MOVE_OUT_ADDRESS in kind.demands and heads and heads[0] in leaving and leaving != list(members):
            alerts.append(Alert.HEAD_PLANS_TO_LEAVE)
    return (*alerts, *_late(kind, event))


def _late(kind: EventKind, event: ResidentEvent) -> tuple[Alert, ...]:
    if Demand.WITHIN_14_DAYS not in kind.demands or event.notified_on is None or event.occurred.on is None:
        return ()
    return (Alert.LATE_NOTIFICATION,) if event.notified_on - event.occurred.on > _LATE_AFTER else ()
