"""The form of an event of the register, made from the table of kinds: who may be concerned, which fields, and what they come to.

No kind has a page or a branch of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from registry.residents import (
    EVENT_KINDS,
    ITEMS,
    Concerns,
    Entered,
    EventClass,
    EventKind,
    HistoryRow,
    PersonRecord,
    Validation,
    choices_of,
    entered_in,
    item_of,
    item_text,
    standing,
)

MOST_PEOPLE: Final = 12
"""In one event of the console."""
OFFERED: Final = frozenset(EVENT_KINDS) - {"IL"}
"""Kinds that are entered one by one; the initial load is not."""
LONG_ITEMS: Final = frozenset({
    "address", "building", "domicile", "address_before_move_in", "address_before_move", "move_out_address", "settled_address",
    "article_30_45_category", "delivery_address",
})  # fmt: skip
"""Items that need room."""
_SHARED: Final = frozenset({
    "household_number", "address", "building", "postal_code", "town_code", "district_code", "lot_ban", "lot_go", "lot_branch",
    "lot_spare", "lot_sign", "edited_lot", "suppression_reason", "suppressed_from", "suppressed_until", "address_before_move_in",
})  # fmt: skip
"""Items that are one for all who are concerned."""
_SHARED_STEMS: Final = ("move_out_", "settled_", "move_in_")
_ENTERED: Final = (
    "name", "furigana", "birth", "sex", "relationship", "domicile", "first_registrant", "resident_code", "my_number", "former_surname",
    "former_surname_furigana", "nationality", "article_30_45_category", "residence_status", "residence_period", "residence_expires_on",
    "residence_card_number", "alias", "alias_furigana", "foreign_resident_since", "roman_name", "nationality_code", "telephone",
    "household_number", "address", "postal_code", "building", "address_before_move_in", "resident_since", "address_since",
    "move_in_municipality", "move_in_head",
)  # fmt: skip
"""What a new record is entered by; the rest follows from the kind, or is entered by a correction."""
_MANY: Final = 8
_MAIN: Final = frozenset(ITEMS[: ITEMS.index("suppressed_until") + 1])
"""Of a kind that may change more items than `_MANY`, those that are not behind a click: the record proper, without what a city adds."""
_SELDOM: Final = frozenset({
    "former_surname", "former_surname_furigana", "nationality", "article_30_45_category", "residence_status", "residence_period",
    "residence_expires_on", "residence_card_number", "alias", "alias_furigana", "foreign_resident_since", "roman_name",
    "nationality_code", "telephone", "resident_since", "address_since", "move_in_municipality", "move_in_head",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the form, its item, what stands in it, and how it is entered."""

    name: str
    item: str
    value: str
    entered: Entered
    choices: Sequence[str]
    is_seldom: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One person of the form; `before` is None for somebody new."""

    place: int
    number: str
    before: HistoryRow | None
    is_concerned: bool
    fields: Sequence[Field] = field(default_factory=tuple)


def entry_kinds() -> Sequence[EventKind]:
    """記載: kinds that bring a new record."""
    return [kind for kind in EVENT_KINDS.values() if is_entry(kind) and kind.code in OFFERED]


def kinds_for(record: PersonRecord) -> Sequence[EventKind]:
    """The kinds that where somebody stands allows, cancellations apart: those are chosen from the history."""
    stands = standing(record)
    return [
        kind
        for kind in EVENT_KINDS.values()
        if stands in kind.before and not is_cancelling(kind) and kind.code in OFFERED and _concerns(kind, record)
    ]


def _concerns(kind: EventKind, record: PersonRecord) -> bool:
    return kind.concerns is Concerns.ANYBODY or (record.nationality is None) is (kind.concerns is Concerns.JAPANESE)


def is_entry(kind: EventKind) -> bool:
    """Whether it brings whole records."""
    return kind.event_class is EventClass.ENTRY


def is_cancelling(kind: EventKind) -> bool:
    """Whether it undoes another event."""
    return Validation.REVERSED_EVENT in kind.validations


def corrects(kind: EventKind) -> bool:
    """Whether the fields begin with what is recorded, and what is changed in them is meant."""
    return Validation.NAMED_ITEMS in kind.validations


def items_of(kind: EventKind) -> Sequence[str]:
    """The items of a kind, in the order of the register."""
    return _ENTERED if is_entry(kind) else [item for item in ITEMS if item in kind.may_change]


def is_shared(kind: EventKind, item: str) -> bool:
    """Whether one field is for all."""
    return not corrects(kind) and (item in _SHARED or item.startswith(_SHARED_STEMS))


def field_name(kind: EventKind, place: int, item: str) -> str:
    """What the form calls an item of the person at a place, or of all."""
    return f"{'all' if is_shared(kind, item) else f'p{place}'}_i_{item}"


def shared_fields(kind: EventKind, form: Mapping[str, str], before: PersonRecord | None) -> Sequence[Field]:
    """The fields for all: as they were typed; at first empty, or for somebody who joins a household that household's."""
    begins = before if is_entry(kind) else None
    return [_field(kind, 0, item, form, begins) for item in items_of(kind) if is_shared(kind, item)]


def sections(
    kind: EventKind, form: Mapping[str, str], people: Sequence[HistoryRow | None], opened: str
) -> Sequence[Section]:
    """A section for each person, None for somebody new."""
    return [_section(kind, form, place, row, opened) for place, row in enumerate(people)]


def _section(kind: EventKind, form: Mapping[str, str], place: int, row: HistoryRow | None, opened: str) -> Section:
    record = None if row is None else row.record
    number = form.get(f"p{place}_number", "") if record is None else record.person_number
    chosen = f"p{place}_on" in form if "typed" in form else record is None or number == opened
    items = [item for item in items_of(kind) if not is_shared(kind, item)]
    fields = [_field(kind, place, item, form, record) for item in items]
    return Section(place, number, row, is_entry(kind) or chosen, fields)


def _field(kind: EventKind, place: int, item: str, form: Mapping[str, str], before: PersonRecord | None) -> Field:
    name = field_name(kind, place, item)
    value = form.get(name, "" if before is None else item_text(item_of(before, item)))
    is_seldom = item in _SELDOM if is_entry(kind) else item not in _MAIN and len(kind.may_change) > _MANY
    return Field(name, item, value, entered_in(item), choices_of(item), is_seldom)
