"""What leads where on the screen: a table, without reader, money, printer or network, so that every way through it can be tried.

Part A2 of the domain page gives the order; J-LIS publishes none. A step is what the resident sees, an event what happened.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final


class Step(StrEnum):
    """One screen."""

    LANGUAGE = "language"
    CARD = "card"
    USER_ID = "user_id"
    APPLY = "apply"
    APPLY_NAME = "apply_name"
    APPLY_BIRTH = "apply_birth"
    APPLY_DOMICILE = "apply_domicile"
    APPLY_REGISTRANT = "apply_registrant"
    APPLY_CONFIRM = "apply_confirm"
    READING = "reading"
    LAST_TRY = "last_try"
    PIN = "pin"
    CHECKING = "checking"
    REMOVE_CARD = "remove_card"
    KIND = "kind"
    CHOICE = "choice"
    PERSONS = "persons"
    OPTIONS = "options"
    COPIES = "copies"
    CONFIRM = "confirm"
    PAY = "pay"
    ISSUING = "issuing"
    PRINTING = "printing"
    RECEIPT = "receipt"
    TAKE = "take"
    REFUSED = "refused"
    STAFF = "staff"
    APPLIED = "applied"
    CARD_LEFT = "card_left"


class Event(StrEnum):
    """What a person did, or what the machine found."""

    NEXT = "next"
    BACK = "back"
    STOP = "stop"
    AGAIN = "again"
    WITHOUT_CARD = "without_card"
    APPLY = "apply"
    IDLE = "idle"
    CARD_PLACED = "card_placed"
    CARD_READ = "card_read"
    CARD_GONE = "card_gone"
    READER_GONE = "reader_gone"
    READER_BACK = "reader_back"
    ONE_TRY = "one_try"
    WRONG_PIN = "wrong_pin"
    CARD_LOST = "card_lost"
    IDENTIFIED = "identified"
    APPLIED = "applied"
    PAID = "paid"
    ISSUED = "issued"
    PRINTED_ONE = "printed_one"
    PRINTED_ALL = "printed_all"
    PRINTED_SOME = "printed_some"
    RECEIPT_OVER = "receipt_over"
    REFUSED = "refused"
    TO_STAFF = "to_staff"


class NotHere(Exception):
    """The event means nothing at this step; the screen stays as it is."""


CHOOSING: Final = (Step.CHOICE, Step.PERSONS, Step.OPTIONS, Step.COPIES, Step.CONFIRM)
"""What may be asked between the kind and the money, in this order; a kind leaves out what it does not have."""

_CHOSEN: Final = frozenset({Step.KIND, *CHOOSING})

BY_PERSON: Final = frozenset({Event.NEXT, Event.BACK, Event.STOP, Event.AGAIN, Event.WITHOUT_CARD, Event.APPLY})
"""The only events that the page may send; the rest come from the machine."""

BY_READER: Final = frozenset({Event.CARD_PLACED, Event.CARD_GONE, Event.READER_GONE, Event.READER_BACK})
"""What the machine sees at the reader."""

WITH_CARD: Final = (Step.CARD, Step.READING, Step.LAST_TRY, Step.PIN, Step.CHECKING, Step.REMOVE_CARD)
"""Here nothing goes on without a reader."""

APPLYING: Final = (Step.APPLY_NAME, Step.APPLY_BIRTH, Step.APPLY_DOMICILE, Step.APPLY_REGISTRANT)
"""What somebody of another city types, in this order, before the card: it is used last, so that it does not lie there meanwhile."""

_TO_APPLY: Final = (Step.CARD, Step.APPLY, *APPLYING, Step.APPLY_CONFIRM, Step.CARD)

_END: Final = Step.CARD_LEFT
"""Every way out leads here; without a card on the reader the machine goes on to the start at once."""

_TABLE: Final[Mapping[tuple[Step, Event], Step]] = {
    (Step.LANGUAGE, Event.NEXT): Step.CARD,
    (Step.CARD, Event.CARD_PLACED): Step.READING,
    (Step.CARD, Event.BACK): Step.LANGUAGE,
    (Step.CARD, Event.WITHOUT_CARD): Step.USER_ID,
    (Step.USER_ID, Event.NEXT): Step.PIN,
    (Step.USER_ID, Event.BACK): Step.CARD,
    (Step.CARD, Event.APPLY): Step.APPLY,
    **{(step, Event.NEXT): then for step, then in pairwise(_TO_APPLY[1:])},
    **{(step, Event.BACK): before for before, step in pairwise(_TO_APPLY[:-1])},
    (Step.CARD, Event.REFUSED): Step.REFUSED,
    (Step.READING, Event.CARD_READ): Step.PIN,
    (Step.READING, Event.ONE_TRY): Step.LAST_TRY,
    (Step.READING, Event.CARD_GONE): Step.CARD,
    (Step.READING, Event.REFUSED): Step.REFUSED,
    (Step.LAST_TRY, Event.NEXT): Step.PIN,
    (Step.LAST_TRY, Event.CARD_GONE): Step.CARD,
    (Step.PIN, Event.NEXT): Step.CHECKING,
    (Step.PIN, Event.BACK): Step.LANGUAGE,
    (Step.PIN, Event.CARD_GONE): Step.CARD,
    (Step.CHECKING, Event.IDENTIFIED): Step.REMOVE_CARD,
    (Step.CHECKING, Event.APPLIED): Step.APPLIED,
    (Step.CHECKING, Event.WRONG_PIN): Step.PIN,
    (Step.CHECKING, Event.ONE_TRY): Step.LAST_TRY,
    (Step.CHECKING, Event.CARD_LOST): Step.CARD,
    (Step.CHECKING, Event.REFUSED): Step.REFUSED,
    (Step.REMOVE_CARD, Event.CARD_GONE): Step.KIND,
    (Step.PAY, Event.PAID): Step.ISSUING,
    (Step.PAY, Event.BACK): Step.CONFIRM,
    (Step.PAY, Event.REFUSED): Step.REFUSED,
    (Step.PAY, Event.TO_STAFF): Step.STAFF,
    (Step.ISSUING, Event.ISSUED): Step.PRINTING,
    (Step.ISSUING, Event.REFUSED): Step.REFUSED,
    (Step.ISSUING, Event.PRINTED_SOME): Step.RECEIPT,
    (Step.ISSUING, Event.TO_STAFF): Step.STAFF,
    (Step.PRINTING, Event.PRINTED_ONE): Step.ISSUING,
    (Step.PRINTING, Event.PRINTED_ALL): Step.RECEIPT,
    (Step.PRINTING, Event.PRINTED_SOME): Step.RECEIPT,
    (Step.PRINTING, Event.REFUSED): Step.REFUSED,
    (Step.PRINTING, Event.TO_STAFF): Step.STAFF,
    (Step.RECEIPT, Event.RECEIPT_OVER): Step.TAKE,
    (Step.RECEIPT, Event.REFUSED): Step.REFUSED,
    (Step.TAKE, Event.AGAIN): Step.KIND,
    (Step.REFUSED, Event.AGAIN): Step.CARD,
    (Step.REFUSED, Event.READER_BACK): Step.CARD,
    (Step.CARD_LEFT, Event.CARD_GONE): Step.LANGUAGE,
    (Step.CARD_LEFT, Event.READER_GONE): Step.LANGUAGE,
    **{(step, Event.READER_GONE): Step.REFUSED for step in WITH_CARD},
}
_NO_WAY_OUT: Final = frozenset({Step.CHECKING, Step.ISSUING, Step.PRINTING, Step.CARD_LEFT})
"""Here the machine is at work with the person's money or name; each of these works has an end of its own."""

_IDLE_SECONDS: Final[Mapping[Step, float]] = {
    Step.CARD: 60,
    Step.READING: 30,
    Step.LAST_TRY: 60,
    Step.PIN: 60,
    Step.REMOVE_CARD: 60,
    Step.PAY: 120,
    Step.RECEIPT: 60,
    Step.TAKE: 60,
    Step.APPLIED: 60,
    Step.REFUSED: 40,
    Step.STAFF: 600,
}
_CHOOSING_SECONDS: Final = 90.0


def after(step: Step, event: Event, path: Sequence[Step]) -> Step:
    """The step that follows. `path` is what `choosing` gave for the kind at hand. Raises NotHere."""
    if event is Event.STOP or event is Event.IDLE:
        return _out_of(step)
    if step in _CHOSEN:
        return _along((Step.KIND, *path, Step.PAY), step, event)
    try:
        return _TABLE[step, event]
    except KeyError:
        raise NotHere from None


def choosing(*, has_choices: bool, has_persons: bool, has_options: bool) -> tuple[Step, ...]:
    """What is asked for a kind, in order."""
    left_out = {
        step
        for step, has in ((Step.CHOICE, has_choices), (Step.PERSONS, has_persons), (Step.OPTIONS, has_options))
        if not has
    }
    return tuple(step for step in CHOOSING if step not in left_out)


def idle_seconds(step: Step) -> float | None:
    """How long nobody need touch the screen before the visit ends; None where the machine itself is at work, or nobody is there."""
    if step is Step.LANGUAGE or step in _NO_WAY_OUT:
        return None
    return _IDLE_SECONDS.get(step, _CHOOSING_SECONDS)


def _out_of(step: Step) -> Step:
    if step is Step.LANGUAGE or step in _NO_WAY_OUT:
        raise NotHere
    return _END


def _along(way: Sequence[Step], step: Step, event: Event) -> Step:
    if step not in way or (step is Step.KIND and event is Event.BACK) or event not in {Event.NEXT, Event.BACK}:
        raise NotHere
    return way[way.index(step) + (1 if event is Event.NEXT else -1)]
