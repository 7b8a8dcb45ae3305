"""From what a clerk typed to an event of the register."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

import asyncpg

from civil.errors import KioskError
from civil.recorded_date import RecordedDate, UnacceptableDate
from kiosk_server.staff.identity import DOCUMENTS
from kiosk_server.staff.register import registry_keys
from kiosk_server.staff.register_form import Section, corrects, field_name, is_cancelling, is_entry, items_of
from kiosk_server.staff.register_words import item_label
from kiosk_server.staff.terms import Term
from kiosk_server.staff.visit import Visit, is_number
from registry.residents import (
    EventKind,
    IdentityCheck,
    ItemChanges,
    PersonRecord,
    ResidentEvent,
    Validation,
    assign_numbers,
    city_transaction,
    item_of,
    item_text,
    seal_my_number,
    typed_item,
    with_items,
)

_NEW: Final = "new"
_NOTE: Final = 300
_NEEDED_OF_A_RECORD: Final = ("name", "birth", "sex", "address", "household_number")


class DateWrong(KioskError):
    """異動日・届出日が読み取れません。1980-04-02、昭和55年4月2日、S55.4.2 の形で入力してください。 /
    The date of the event, or of its notification, cannot be read. Write 1980-04-02 or S55.4.2."""


class FieldEmpty(KioskError):
    """欄が空です。入力してください。 / A field is empty. Fill it in."""

    def __init__(self, item: str, label: Term) -> None:
        """Take the item, which the page marks, and what the form calls it."""
        ja, en = label
        super().__init__(f"「{ja}」が空です。入力してください。 / {en} is empty. Fill it in.")
        self.item = item


class NoteTooLong(KioskError):
    """留意事項は300字までです。 / The note may have 300 characters."""


async def numbered(
    visit: Visit, register: asyncpg.Connection, kind: EventKind, form: Mapping[str, str], people: Sequence[Section]
) -> Mapping[str, str]:
    """The form with the numbers that it asks for: a household of its own, and one for each new person."""
    given = dict(form)
    async with city_transaction(register, visit.city):
        if form.get("new_household") == "yes" and not form.get("all_i_household_number"):
            [given["all_i_household_number"]] = await assign_numbers(register, visit.city, "household")
        for one in people:
            if is_entry(kind) and not one.number:
                [given[f"p{one.place}_number"]] = await assign_numbers(register, visit.city, "person")
    return given


def event_of(visit: Visit, kind: EventKind, form: Mapping[str, str], people: Sequence[Section]) -> ResidentEvent:
    """The event as it would be recorded. Raises what the register says of an item, DateWrong, FieldEmpty, NoteTooLong."""
    concerned = [one for one in people if one.is_concerned]
    note = form.get("note", "").strip()
    if len(note) > _NOTE:
        raise NoteTooLong
    changes = {} if is_entry(kind) or is_cancelling(kind) else {
        one.number: _changes(visit, kind, form, one) for one in concerned
    }  # fmt: skip
    return ResidentEvent(
        kind=kind.code,
        occurred=_occurred(form.get("occurred", "")),
        notified_on=_day(form.get("notified_on", "")),
        entries=tuple(_entry(visit, kind, form, one) for one in concerned) if is_entry(kind) else (),
        changes=changes,
        identity_check=_identity(visit, kind, form),
        reverses=int(form["reverses"]) if is_number(form.get("reverses", "")) else None,
        note=note or None,
        planned_elsewhere_on=_day(form.get("planned_elsewhere_on", "")),
    )


def _identity(visit: Visit, kind: EventKind, form: Mapping[str, str]) -> IdentityCheck | None:
    word = form.get("identity_check", "")
    if Validation.IDENTITY_CHECK not in kind.validations or word not in DOCUMENTS:
        return None
    return IdentityCheck(DOCUMENTS[word][0], visit.session.name)


def _changes(visit: Visit, kind: EventKind, form: Mapping[str, str], one: Section) -> ItemChanges:
    before = None if one.before is None else one.before.record
    found: dict[str, Any] = {}
    for item in items_of(kind):
        typed = form.get(field_name(kind, one.place, item), "")
        was = "" if before is None else item_text(item_of(before, item))
        if (typed != was) if corrects(kind) else typed.strip():
            found[item] = _value(visit, one.number, item, typed)
    if Validation.NEW_PLACE in kind.validations and "household_number" not in found:
        # Within the old household a relationship is no matter of the move.
        found.pop("relationship", None)
    return found


def _entry(visit: Visit, kind: EventKind, form: Mapping[str, str], one: Section) -> PersonRecord:
    values: dict[str, Any] = {}
    for item in items_of(kind):
        values[item] = _value(visit, one.number, item, form.get(field_name(kind, one.place, item), ""))
    for item in _NEEDED_OF_A_RECORD:
        if not values[item]:
            raise FieldEmpty(item, (item_label(item, "ja"), item_label(item, "en")))
    begun = PersonRecord(
        person_number=one.number, household_number=values["household_number"], resident_code=values["resident_code"] or "",
        name=values["name"], birth=values["birth"], sex=values["sex"], address=values["address"],
    )  # fmt: skip
    if one.before is not None:
        begun = replace(one.before.record, resident_code=begun.resident_code)
    kept = {} if one.before is None or values["my_number"] else {"my_number": one.before.record.my_number}
    return with_items(begun, values | {"resident_code": begun.resident_code} | kept)


def _value(visit: Visit, number: str, item: str, typed: str) -> object:
    if item == "my_number":
        digits = typed.replace(" ", "").strip()
        return seal_my_number(registry_keys(visit), visit.city, number, digits) if digits else None
    return typed_item(item, typed)


def _occurred(typed: str) -> RecordedDate:
    if not typed.strip():
        raise FieldEmpty("occurred", ("異動日", "Date of the event"))
    try:
        return cast("RecordedDate", typed_item("birth", typed))
    except (KioskError, UnacceptableDate):
        raise DateWrong from None


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return cast("date", typed_item("address_notified_on", typed))
    except KioskError:
        raise DateWrong from None
