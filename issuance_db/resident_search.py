"""Finding a resident in the issuance record, for the counter."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "resident_search.sql")
MOST_FOUND: Final = 50
"""More than these are not shown: the search is made narrower."""
_FEWEST_CRITERIA: Final = 2
_LAST: Final = "\U0010ffff"
_HIRAGANA: Final = range(0x3041, 0x3097)
_TO_KATAKANA: Final = 0x60
_WIDE: Final = 0xFEE0
_ASCII: Final = range(0x21, 0x7F)
Row = Mapping[str, Any]


class TooWide(KioskError):
    """宛名番号か世帯番号、または氏名・フリガナ・生年月日・住所のうち二つ以上を入力してください。 /
    Give a person or household number, or at least two of name, furigana, birth date and address."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of somebody; None is not asked. Name and furigana from their beginning, any part of the address.

    Raises TooWide unless it is one number, or two of the others.
    """

    person_number: str | None = None
    household_number: str | None = None
    name: str | None = None
    furigana: str | None = None
    birth_on: date | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        """Nobody leafs through the register."""
        others = [self.name, self.furigana, self.birth_on, self.address]
        is_number = self.person_number is not None or self.household_number is not None
        if not is_number and sum(one is not None for one in others) < _FEWEST_CRITERIA:
            raise TooWide


async def find_residents(connection: asyncpg.Connection, municipality_code: str, sought: Sought) -> Sequence[Row]:
    """At most one more than `MOST_FOUND`, by furigana."""
    furigana = _in_katakana(sought.furigana)
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    found = await connection.fetch(
        _SQL["found"],
        municipality_code, sought.person_number, sought.household_number, sought.birth_on, sought.address,
        sought.name, *_bounds(sought.name), furigana, *_bounds(furigana), MOST_FOUND + 1,
    )  # fmt: skip
    return [dict(row.items()) for row in found]


def _in_katakana(typed: str | None) -> str | None:
    """In either width and either kana; what stands in the record is katakana."""
    if typed is None:
        return None
    folded = unicodedata.normalize("NFKC", typed)
    return "".join(chr(ord(one) + _TO_KATAKANA) if ord(one) in _HIRAGANA else one for one in folded)


def _bounds(typed: str | None) -> tuple[str | None, ...]:
    """Two ranges in which a text lies that begins as this one: in either width, in capitals."""
    folded = "" if typed is None else unicodedata.normalize("NFKC", typed).replace(" ", "")
    if not folded:
        return None, None, None, None
    first = folded[0].upper()[0]
    wide = chr(ord(first) + _WIDE) if ord(first) in _ASCII else first
    return first, first + _LAST, wide, wide + _LAST
