"""Between a person's record and a row of registry.person_history."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents.further_items import read, written
from registry.residents.person_record import HistoryRow, PersonRecord, SealedMyNumber, State

HISTORY_COLUMNS = (
    "municipality_code", "person_number", "history_number", "event_id", "household_number", "state", "resident_code",
    "my_number_sealed", "my_number_key_version", "my_number_index", "name", "furigana", "former_surname",
    "former_surname_furigana", "alias", "alias_furigana", "birth_on", "birth_text", "sex", "relationship", "member_order",
    "domicile", "first_registrant", "resident_since_on", "resident_since_text", "address_since_on", "address_since_text",
    "address_notified_on", "postal_code", "address", "building", "address_before_move_in", "address_before_move",
    "nationality", "foreign_resident_since_on", "foreign_resident_since_text", "article_30_45_category", "residence_status",
    "residence_period", "residence_expires_on", "residence_card_number", "planned_move_out_on", "move_out_address",
    "removed_on", "removed_text", "removal_reason", "suppressed", "suppression_reason", "suppressed_from", "suppressed_until",
    "removed_in", "further",
)  # fmt: skip
"""In the order of `history_values`, and of the INSERT in queries.sql."""


def history_values(municipality_code: str, row: HistoryRow) -> tuple[object, ...]:
    """Return the values of HISTORY_COLUMNS."""
    r = row.record
    number = r.my_number
    return (
        municipality_code, r.person_number, row.history_number, row.event_id, r.household_number, r.state, r.resident_code,
        *((None, None, None) if number is None else (number.sealed, number.key_version, number.index)),
        r.name, r.furigana, r.former_surname, r.former_surname_furigana, r.alias, r.alias_furigana,
        r.birth.on, r.birth.text, r.sex, r.relationship, r.member_order,
        r.domicile, r.first_registrant, *_pair(r.resident_since), *_pair(r.address_since),
        r.address_notified_on, r.postal_code, r.address, r.building, r.address_before_move_in, r.address_before_move,
        r.nationality, *_pair(r.foreign_resident_since), r.article_30_45_category, r.residence_status,
        r.residence_period, r.residence_expires_on, r.residence_card_number, r.planned_move_out_on, r.move_out_address,
        *_pair(r.removed), r.removal_reason, r.suppressed, r.suppression_reason, r.suppressed_from, r.suppressed_until,
        row.removed_in, written(r.further),
    )  # fmt: skip


def history_row(columns: Mapping[str, Any]) -> HistoryRow:
    """Return the row that a query of queries.sql gave."""
    values = dict(columns)
    history_number, event_id = values.pop("history_number"), values.pop("event_id")
    sealed, version, index = (values.pop(f"my_number_{part}") for part in ("sealed", "key_version", "index"))
    for item in ("birth", "resident_since", "address_since", "foreign_resident_since", "removed"):
        values[item] = _recorded(values.pop(f"{item}_on"), values.pop(f"{item}_text"))
    values["my_number"] = None if sealed is None else SealedMyNumber(sealed, version, index)
    values["further"] = read(values["further"])
    values["sex"], values["state"] = Sex(values["sex"]), State(values["state"])
    return HistoryRow(history_number, event_id, PersonRecord(**values))


def _pair(recorded: RecordedDate | None) -> tuple[date | None, str | None]:
    return (None, None) if recorded is None else (recorded.on, recorded.text)


def _recorded(on: date | None, text: str | None) -> RecordedDate | None:
    return None if on is None and text is None else RecordedDate(on, text)
