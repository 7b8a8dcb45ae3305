"""The checks an event passes before anything is written. Each raises the refusal that names what is wrong."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Final

from civil.check_digits import numbered_ok, resident_code_ok
from civil.names import plain_name
from registry.residents.errors import (
    AlreadyResident,
    BeforePersonExisted,
    DateNotYet,
    IdentityNotChecked,
    ItemMayNotChange,
    ItemMissing,
    NobodyConcerned,
    NotInRegister,
    PastSpecialDeadline,
    SecondPersonMissing,
    TooLateToNotify,
    UnknownEventKind,
    UnknownPerson,
    WrongCheckDigit,
    WrongNationality,
    WrongState,
)
from registry.residents.event import ItemChanges, ResidentEvent
from registry.residents.person_record import ITEM_NAMES, PersonRecord, item_of
from registry.residents.rules import Before, Concerns, EventClass, EventKind, Validation, standing
from registry.residents.ways_out import BY_RULE, BY_STANDING, kinds_that_change

_LOADED: Final = "IL"
_LATE_AFTER: Final = timedelta(days=14)
_PLACE: Final = frozenset({"address", "building", "household_number"})
_NEEDED: Final[Mapping[Validation, tuple[str, ...]]] = {
    Validation.MOVE_OUT_ADDRESS: ("move_out_address",),
    Validation.RELATIONSHIP: ("relationship",),
    Validation.KOSEKI: ("name", "domicile", "first_registrant"),
    Validation.NATIONALITY: ("nationality", "article_30_45_category"),
    Validation.MY_NUMBER: ("my_number",),
    Validation.NO_FORMER_SURNAME_YET: ("former_surname",),
    Validation.NO_ALIAS_YET: ("alias",),
    Validation.NEW_HOUSEHOLD: ("household_number",),
    Validation.OTHER_HOUSEHOLD: ("household_number",),
}
"""The items that an event must name, where its kind says so."""
_RECORD_MUST: Final[Mapping[Validation, Callable[[PersonRecord], bool]]] = {
    Validation.PROTECTED: lambda record: record.suppressed,
    Validation.NOT_PROTECTED_YET: lambda record: not record.suppressed,
    Validation.MEASURE_ENDS: lambda record: not record.suppressed or record.suppressed_until is not None,
    Validation.NO_MY_NUMBER_YET: lambda record: record.my_number is None,
    Validation.NO_FORMER_SURNAME_YET: lambda record: record.former_surname is None,
    Validation.HAS_FORMER_SURNAME: lambda record: record.former_surname is not None,
    Validation.NO_ALIAS_YET: lambda record: record.alias is None,
    Validation.HAS_ALIAS: lambda record: record.alias is not None,
    Validation.MOVED_OUT: lambda record: record.in_register or record.removal_reason == "転出",
}
"""What must hold of the record before the event, where its kind says so."""


def require_form(kind: EventKind, event: ResidentEvent, today: date) -> None:
    """Check what can be seen without the register: demands, dates, items named. `today` is a JST date."""
    # Whoever is loaded was never asked for documents nor decided by two: that is for an empty register, all at once.
    if kind.code == _LOADED:
        raise UnknownEventKind
    concerned = [entry.person_number for entry in event.entries] + list(event.changes)
    is_entry = kind.event_class is EventClass.ENTRY
    if Validation.REVERSED_EVENT in kind.validations:
        if event.reverses is None:
            raise ItemMissing("reverses", "取り消す異動")
        if concerned:
            raise NobodyConcerned
    elif (bool(event.entries), bool(event.changes)) != (is_entry, not is_entry) or len(set(concerned)) != len(
        concerned
    ):
        raise NobodyConcerned
    _require_told(kind, event)
    _require_dates(kind, event, today)
    for changes in event.changes.values():
        _require_items(kind, changes)
        _require_needed(kind, changes)


def require_second_person(kind: EventKind, operator: str, decided_by: str | None) -> None:
    """Check that another person decided, where the kind asks for two."""
    if kind.two_persons and plain_name(decided_by or "") in {"", plain_name(operator)}:
        raise SecondPersonMissing


def _require_told(kind: EventKind, event: ResidentEvent) -> None:
    if Validation.IDENTITY_CHECK in kind.validations:
        check = event.identity_check
        if check is None or not check.document.strip() or not check.checked_by.strip():
            raise IdentityNotChecked
    if kind.told is not None and event.notified_on is None:
        raise ItemMissing("notified_on", kind.told.value)


def _require_dates(kind: EventKind, event: ResidentEvent, today: date) -> None:
    told, occurred = event.notified_on, event.occurred
    if told is not None and told > today:
        raise DateNotYet("notified_on", "届出日・通知日")
    if Validation.FUTURE_ALLOWED in kind.validations:
        if not occurred.is_exact:
            raise ItemMissing("occurred", "転出予定日")
    elif occurred.on is not None and occurred.on > today:
        raise DateNotYet("occurred", "異動日")
    if Validation.DAY_KNOWN in kind.validations and not occurred.is_exact:
        raise ItemMissing("occurred", "異動日")
    if Validation.NOT_TOO_LATE in kind.validations and is_late(event):
        raise TooLateToNotify
    if Validation.SPECIAL_DEADLINE in kind.validations:
        _require_special_deadline(event)


def is_late(event: ResidentEvent) -> bool:
    """Tell whether the event was told later than 14 days after it occurred (住民基本台帳法22条, 23条)."""
    if event.notified_on is None or event.occurred.on is None:
        return False
    return event.notified_on - event.occurred.on > _LATE_AFTER


def _require_special_deadline(event: ResidentEvent) -> None:
    """特例転入 (法24条の2): not from the day after 30 days since the planned move out, nor after 14 since the move in."""
    if event.planned_elsewhere_on is None:
        raise ItemMissing("planned_elsewhere_on", "転出証明書情報の転出予定日")
    if event.notified_on is None or event.occurred.on is None or not event.occurred.is_exact:
        raise ItemMissing("occurred", "異動日")
    ends = min(event.planned_elsewhere_on + timedelta(days=31), event.occurred.on + timedelta(days=15))
    if event.notified_on >= ends:
        raise PastSpecialDeadline


def _require_items(kind: EventKind, named: Collection[str]) -> None:
    # Within the old household a relationship is no matter of the move.
    stays_home = Validation.NEW_PLACE in kind.validations and "household_number" not in named
    for item in named:
        if item not in kind.may_change or (stays_home and item == "relationship"):
            kinds = [(other.code, other.name) for other in kinds_that_change(item, kind)]
            raise ItemMayNotChange(kind.name, kind.english, item, ITEM_NAMES.get(item, item), kinds)


def _require_needed(kind: EventKind, changes: ItemChanges) -> None:
    for validation, items in _NEEDED.items():
        if validation in kind.validations:
            for item in items:
                if not changes.get(item):
                    raise ItemMissing(item, ITEM_NAMES[item])
    if Validation.NEW_PLACE in kind.validations and not _PLACE & changes.keys():
        raise ItemMissing("address", ITEM_NAMES["address"])
    if Validation.NAMED_ITEMS in kind.validations and not changes:
        raise ItemMissing("changes", "変更する項目")


def require_standing(kind: EventKind, record: PersonRecord | None) -> None:
    """Check that the person's present state allows the event (R-31: no move in of a living resident)."""
    stands, enters = standing(record), kind.event_class is EventClass.ENTRY
    if stands not in kind.before:
        if stands is Before.ABSENT:
            raise UnknownPerson
        if enters and stands is not Before.REMOVED:
            raise AlreadyResident
        if not enters and stands is Before.REMOVED:
            raise NotInRegister
        raise WrongState(kind.name, kind.english, BY_STANDING[stands])
    if record is None or enters:
        return
    if kind.concerns is not Concerns.ANYBODY and (record.nationality is None) is not (
        kind.concerns is Concerns.JAPANESE
    ):
        raise WrongNationality
    for validation, holds in _RECORD_MUST.items():
        if validation in kind.validations and not holds(record):
            raise WrongState(kind.name, kind.english, BY_RULE[validation])


def require_after_existence(kind: EventKind, event: ResidentEvent, record: PersonRecord) -> None:
    """Check that a living resident's event is not dated before the birth or before the person became a resident."""
    on = event.occurred.on
    since = record.resident_since or record.foreign_resident_since
    if Validation.MAY_PRECEDE_RESIDENCE in kind.validations:
        since = None
    starts = [day.on for day in (record.birth, since) if day is not None and day.on is not None and day.is_exact]
    if on is not None and event.occurred.is_exact and starts and on < max(starts):
        raise BeforePersonExisted


def require_entry(kind: EventKind, event: ResidentEvent, record: PersonRecord, *, is_new: bool) -> None:
    """Check a row that is entered: numbers, and the items the law wants (住民基本台帳法7条, 30条の45)."""
    if is_new and kind.code != _LOADED:
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
        if not item_of(record, item):
            raise ItemMissing(item, ITEM_NAMES[item])
