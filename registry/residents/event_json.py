"""An event, and a person's record, as JSON and back: for drafts and for snapshots. What was written reads back equal."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents.event import IdentityCheck, ResidentEvent
from registry.residents.f1_items import FURTHER
from registry.residents.further_items import read_value
from registry.residents.person_record import MAIN_ITEMS, PersonRecord, SealedMyNumber, State, item_of

RECORDED_DATES: Final = frozenset({"birth", "resident_since", "address_since", "foreign_resident_since", "removed"})
DATES: Final = frozenset({
    "address_notified_on", "residence_expires_on", "planned_move_out_on", "suppressed_from", "suppressed_until",
})  # fmt: skip


def event_to_json(event: ResidentEvent) -> str:
    """Return the event as JSON text. It holds personal data, and My Numbers only as they are sealed."""
    check = event.identity_check
    return json.dumps(
        {
            "kind": event.kind,
            "occurred": _plain(event.occurred),
            "notified_on": _plain(event.notified_on),
            "entries": [record_to_plain(entry) for entry in event.entries],
            "changes": {
                number: {item: _plain(value) for item, value in changes.items()}
                for number, changes in event.changes.items()
            },
            "identity_check": None if check is None else asdict(check),
            "reverses": event.reverses,
            "note": event.note,
            "planned_elsewhere_on": _plain(event.planned_elsewhere_on),
        },
        ensure_ascii=False,
    )


def event_from_json(text: str) -> ResidentEvent:
    """Return the event of a JSON text that `event_to_json` made."""
    plain = json.loads(text)
    check = plain["identity_check"]
    return ResidentEvent(
        kind=plain["kind"],
        occurred=_recorded(plain["occurred"]),
        notified_on=_day(plain["notified_on"]),
        entries=tuple(record_from_plain(entry) for entry in plain["entries"]),
        changes={
            number: {item: _value(item, value) for item, value in changes.items()}
            for number, changes in plain["changes"].items()
        },
        identity_check=None if check is None else IdentityCheck(**check),
        reverses=plain["reverses"],
        note=plain["note"],
        planned_elsewhere_on=_day(plain["planned_elsewhere_on"]),
    )


def record_to_plain(record: PersonRecord) -> dict[str, Any]:
    """Return the items that there are, as values that JSON knows."""
    items = {item: item_of(record, item) for item in (*MAIN_ITEMS, *record.further)}
    return {item: _plain(value) for item, value in items.items() if value is not None}


def record_from_plain(plain: Mapping[str, Any]) -> PersonRecord:
    """Return the record of what `record_to_plain` made."""
    main = {item: _value(item, value) for item, value in plain.items() if item not in FURTHER}
    further = {item: _value(item, value) for item, value in plain.items() if item in FURTHER}
    return PersonRecord(**main, further=further)


def _plain(value: object) -> Any:
    if isinstance(value, RecordedDate):
        return {"on": _plain(value.on), "text": value.text}
    if isinstance(value, SealedMyNumber):
        return {
            "sealed": base64.b64encode(value.sealed).decode(),
            "key_version": value.key_version,
            "index": base64.b64encode(value.index).decode(),
            "earlier_indexes": [base64.b64encode(index).decode() for index in value.earlier_indexes],
        }
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _value(item: str, plain: Any) -> Any:
    if plain is None:
        return None
    if item in FURTHER:
        return read_value(FURTHER[item].type, plain)
    return _READERS[item](plain) if item in _READERS else plain


def _recorded(plain: Mapping[str, Any]) -> RecordedDate:
    return RecordedDate(_day(plain["on"]), plain["text"])


def _day(plain: str | None) -> date | None:
    return None if plain is None else date.fromisoformat(plain)


def _sealed(plain: Mapping[str, Any]) -> SealedMyNumber:
    earlier = tuple(base64.b64decode(index) for index in plain.get("earlier_indexes", ()))
    index = base64.b64decode(plain["index"])
    return SealedMyNumber(base64.b64decode(plain["sealed"]), plain["key_version"], index, earlier)


_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    **dict.fromkeys(RECORDED_DATES, _recorded),
    **dict.fromkeys(DATES, _day),
    "sex": Sex,
    "state": State,
    "my_number": _sealed,
}
"""How items are read that JSON has no type for."""
