"""Comparing what was printed of one person with what would be printed: pure (MIS-20)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BLANK: Final = "【空欄】"
NOTHING: Final = frozenset({"", BLANK})
"""How the other system may say that nothing was printed."""


class Finding(StrEnum):
    """What became of one field of one person."""

    EQUAL = "equal"
    KNOWN_BLANK = "known_blank"
    LOST = "lost"
    CHANGED = "changed"
    APPEARED = "appeared"
    NO_SUCH_PERSON = "no_such_person"
    NOT_EXPORTED = "not_exported"
    UNPRINTABLE = "unprintable"

    @property
    def is_difference(self) -> bool:
        """Whether somebody has to look at it before the change."""
        return self not in {Finding.EQUAL, Finding.KNOWN_BLANK}


@dataclass(frozen=True, slots=True)
class PrintedBefore:
    """What the other system printed in a field; `blank_because` is who decided, and why, that we leave it blank."""

    printed: str
    blank_because: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One finding: the 宛名番号 and the field of the form, never what it says."""

    person_number: str
    field: str
    finding: Finding


def compare_person(person_number: str, before: Mapping[str, PrintedBefore], now: Mapping[str, str]) -> Iterator[Listed]:
    """Every field of both sides once, in the order of their names. A field that we do not print counts as blank.

    A field is as before, or blank where somebody decided so. What was printed and is blank without that is LOST; what was
    blank and is decided to be blank stays EQUAL.
    """
    for field in sorted({*before, *now}):
        yield Listed(person_number, field, _finding(before.get(field), now.get(field, BLANK)))


def _finding(before: PrintedBefore | None, now: str) -> Finding:
    printed = "" if before is None else before.printed
    if printed in NOTHING:
        return Finding.EQUAL if now == BLANK else Finding.APPEARED
    if now == printed:
        return Finding.EQUAL
    if now != BLANK:
        return Finding.CHANGED
    return Finding.KNOWN_BLANK if before is not None and before.blank_because else Finding.LOST
