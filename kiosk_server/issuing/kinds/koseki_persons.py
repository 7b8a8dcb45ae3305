"""Everyone of a koseki whom a certificate shows: as subjects of the intent, what stands against them, and whether they moved."""

from collections.abc import Sequence
from typing import Protocol

from issuance_db.intents import Subject
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import RecordMoved


class _Known(Protocol):
    """The numbers by which the issuance record has somebody, where it has them."""

    @property
    def koseki_person_number(self) -> str: ...
    @property
    def person_number(self) -> str | None: ...
    @property
    def household_number(self) -> str | None: ...
    @property
    def person_sequence(self) -> int | None: ...
    @property
    def household_sequence(self) -> int | None: ...


class _Derived(Protocol):
    @property
    def person_number(self) -> str | None: ...
    @property
    def person_sequence(self) -> int | None: ...
    @property
    def behind(self) -> bool: ...


class _StoodAgainst(Protocol):
    @property
    def person_number(self) -> str | None: ...
    @property
    def suppressed(self) -> bool: ...
    @property
    def held_back(self) -> bool: ...


def subjects_of(shown: Sequence[_Known], printed: Sequence[_Known], holder_number: str) -> tuple[Subject, ...]:
    """Everyone shown whom the issuance record has, but for the holder; by name only where they are not printed."""
    whole = {one.koseki_person_number for one in printed}
    others = (one for one in shown if one.person_number != holder_number)
    subjects = (_subject(one, by_name_only=one.koseki_person_number not in whole) for one in others)
    return tuple(subject for subject in subjects if subject is not None)


def _subject(one: _Known, *, by_name_only: bool) -> Subject | None:
    person, household = one.person_number, one.household_number
    if person is None or household is None or one.person_sequence is None or one.household_sequence is None:
        return None
    return Subject(
        person, one.person_sequence, household, one.household_sequence, "head_name" if by_name_only else "person"
    )


def require_unmoved(subjects: Sequence[Subject], shown: Sequence[_Derived]) -> None:
    """Nobody of the register who is shown may have moved, come or gone in the issuance record, nor be behind the registry."""
    recorded = {one.person_number: one.person_sequence for one in shown if one.person_sequence is not None}
    if any(one.behind for one in shown) or recorded != {one.person_number: one.person_sequence for one in subjects}:
        raise RecordMoved


def require_nothing_against(shown: Sequence[_StoodAgainst]) -> None:
    """Raises ``Refusal`` when anybody shown is under suppression, whichever register knows it, or set aside for staff."""
    for one in shown:
        if one.suppressed or one.held_back:
            raise refused("suppressed" if one.suppressed else "held_back", one.person_number)
