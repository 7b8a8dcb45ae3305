"""Items, states and kinds of the register as the pages show them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from civil.recorded_date import RecordedDate
from kiosk_server.staff.terms import Term
from kiosk_server.staff.words import Language, sayer
from registry.residents import (
    EVENT_KINDS,
    ITEM_NAMES,
    ITEMS,
    HistoryRow,
    Measure,
    PersonRecord,
    SealedMyNumber,
    State,
    item_of,
    item_text,
)

STATES: Final[Mapping[State, Term]] = {
    State.RESIDENT: ("住民", "resident"),
    State.PLANNED_MOVER: ("転出予定者", "moving out"),
    State.REMOVED: ("除票", "removed"),
}
MEASURES: Final[Mapping[str, Term]] = {
    Measure.OVER.name: ("期間満了・未解除", "over, not released"),
    Measure.ENDING.name: ("1か月以内に終了", "ends within a month"),
    Measure.PROVISIONAL.name: ("仮支援措置", "provisional"),
    Measure.IN_FORCE.name: ("支援措置中", "in force"),
    "FRONT": ("発行の側だけ", "on the issuing side alone"),
}
_TURNED: Final = ("person_number", "household_number", "state", "suppressed")
Shown = tuple[str, str]
Change = tuple[str, str, str]


def item_label(item: str, language: Language) -> str:
    """What staff call an item; in English by its name in the program."""
    return sayer(language)(ITEM_NAMES[item], item.replace("_", " "))


def item_words(item: str, value: object, language: Language) -> str:
    """An item as it is read: a date as the record prints it, with the day; whether there is a My Number, never which."""
    say = sayer(language)
    if isinstance(value, SealedMyNumber):
        return say("登録あり", "registered")
    if isinstance(value, State):
        return say(*STATES[value])
    if isinstance(value, RecordedDate):
        exact = say(f"{value.printed_wareki()} ({value.on})", str(value.on))
        return exact if value.is_exact else value.printed_wareki()
    if item == "suppressed":
        return say("支援措置中", "protected") if value else ""
    return item_text(value).replace("\n", say("、", ", "))


def items_shown(record: PersonRecord, language: Language) -> Sequence[Shown]:
    """Every item that there is, with its label."""
    words = ((item, item_words(item, item_of(record, item), language)) for item in ITEMS)
    return [(item_label(item, language), shown) for item, shown in words if shown]


def changes_shown(before: HistoryRow | None, after: PersonRecord, language: Language) -> Sequence[Change]:
    """Each item that becomes another: label, before, after."""
    rows = (
        (item, "" if before is None else item_words(item, item_of(before.record, item), language), item_of(after, item))
        for item in ITEMS
    )
    found = ((item_label(item, language), old, item_words(item, new, language)) for item, old, new in rows)
    return [one for one in found if one[1] != one[2]] + _number_changed(before, after, language)


def _number_changed(before: HistoryRow | None, after: PersonRecord, language: Language) -> list[Change]:
    if (
        before is None
        or None in {before.record.my_number, after.my_number}
        or before.record.my_number == after.my_number
    ):
        return []
    say = sayer(language)
    return [(item_label("my_number", language), say("前の番号", "earlier number"), say("新しい番号", "new number"))]


def kind_words(code: str) -> Term:
    """The name of a kind of event."""
    kind = EVENT_KINDS[code]
    return kind.name, kind.english


def for_pages(language: Language) -> Mapping[str, Any]:
    """What the templates of the register ask for."""
    return {
        "states": STATES,
        "measures": MEASURES,
        "kind_words": kind_words,
        "item_label": lambda item: item_label(item, language),
        "item_words": lambda item, value: item_words(item, value, language),
        "changes_shown": lambda before, after: changes_shown(before, after, language),
    }
