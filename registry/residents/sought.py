"""What a search of the register asks (S1-2), and how it is put to the keys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from civil.check_digits import my_number_ok
from civil.errors import KioskError
from civil.sex import Sex
from keys.keyed_hash import keyed_hash
from registry.residents.errors import WrongCheckDigit
from registry.residents.my_number import RegistryKeys, blind_index
from registry.residents.person_record import ITEM_NAMES
from registry.residents.typed_dates import typed_days

_DATED: Final = frozenset({"resident_since", "address_since", "foreign_resident_since", "removed"})
_PREFIXES: Final[Mapping[str, str]] = {
    "name": "name", "furigana": "kana", "address": "address", "building": "building", "first_registrant": "first_registrant",
}  # fmt: skip
"""Items that are searched for by their beginning, with the name of their key."""
_WHOLE: Final[Mapping[str, str]] = {
    "household_number": "household", "resident_code": "resident_code", "residence_card_number": "residence_card_number",
    "telephone": "telephone",
}  # fmt: skip
NARROWING: Final = (*_PREFIXES, *_WHOLE, "person_number", "birth", "my_number")
"""A search names one of these at least."""
Condition = tuple[str, str, str | None]
"""An item, what its key begins with, or between which two it lies."""


class TooWide(KioskError):
    """氏名・フリガナ・生年月日・住所・方書・筆頭者・電話番号・番号のどれか一つは入力してください。性別や国籍だけでは探せません。 /
    Give at least one of name, furigana, birth date, address, building, first registrant, telephone and the numbers; sex or nationality alone is too wide."""


class UnknownItem(KioskError):
    """その項目では探せません。項目を選び直してください。 / The register cannot be searched by that item. Choose another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is known of somebody; None is not asked, and of all that is asked everything must be true of one row.

    Names, furigana and places are found by their beginning: names of any sort (氏名, 通称, 旧氏) in any variant of a character,
    furigana without voicing marks, small kana and prolonged sounds unless `exact_kana`. `birth` as clerks type it, a month or
    year alone too (`typed_dates`); a birth date that is not known for sure is found by every day it can mean. `others` are any
    other items by their names in `ITEM_NAMES`, as they are written (days as YYYY-MM-DD). `home` is what addresses in the city
    begin with, so that it need not be typed. `past` looks at every row of the history, `removed` at removed persons too.
    Raises TooWide, UnknownItem, DateNotUnderstood.
    """

    person_number: str | None = None
    household_number: str | None = None
    resident_code: str | None = None
    my_number: str | None = field(default=None, repr=False)
    name: str | None = None
    furigana: str | None = None
    birth: str | None = None
    sex: Sex | None = None
    is_foreign: bool | None = None
    address: str | None = None
    building: str | None = None
    first_registrant: str | None = None
    residence_card_number: str | None = None
    telephone: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    exact_kana: bool = False
    past: bool = True
    removed: bool = True
    home: str = ""

    def __post_init__(self) -> None:
        """Nobody leafs through the register."""
        if not any(getattr(self, item) for item in NARROWING):
            raise TooWide
        if not self.others.keys() <= ITEM_NAMES.keys() - {"my_number", "birth"}:
            raise UnknownItem
        if self.birth:
            typed_days(self.birth)

    @property
    def items(self) -> tuple[str, ...]:
        """The items that are asked, by their names."""
        asked = (*NARROWING, "sex", "is_foreign")
        return (*(item for item in asked if getattr(self, item) not in {None, ""}), *self.others)


def arguments(sought: Sought, keys: RegistryKeys | None) -> tuple[object, ...]:
    """The values $2 to $14 of the statement `found`. Raises WrongCheckDigit."""
    conditions = [*_conditions(sought, keys)]
    days = typed_days(sought.birth) if sought.birth else (None, None)
    # A My Number that cannot be looked for, for want of keys, finds nobody.
    alone = {"person": sought.person_number, "my_number": sought.my_number}
    items = {item for item, _, _ in conditions} | {item for item, typed in alone.items() if typed}
    return (
        [item for item, _, _ in conditions], [low for _, low, _ in conditions], [high for _, _, high in conditions],
        len(items), *days, sought.person_number or None, sought.sex, sought.is_foreign,
        sought.furigana if sought.exact_kana else None, _others(sought), sought.past, sought.removed,
    )  # fmt: skip


def _conditions(sought: Sought, keys: RegistryKeys | None) -> Iterator[Condition]:
    for item, key in _PREFIXES.items():
        if typed := getattr(sought, item):
            yield key, typed, None
    for item, key in _WHOLE.items():
        if typed := getattr(sought, item):
            yield key, typed, typed
    if sought.address and sought.home:
        # Two ways of typing one place, of which either will do.
        yield "address", sought.home + sought.address, None
    if sought.birth:
        first, last = typed_days(sought.birth)
        yield "birth", first.isoformat(), last.isoformat()
    if sought.my_number and keys is not None:
        for index in _indexes(keys, sought.my_number):
            yield "my_number", index.hex(), index.hex()


def _indexes(keys: RegistryKeys, my_number: str) -> Iterator[bytes]:
    if not my_number_ok(my_number):
        raise WrongCheckDigit("my_number", "個人番号")
    yield blind_index(keys, my_number)
    for earlier in keys.earlier_index_keys:
        yield keyed_hash(earlier, my_number.encode())


def _others(sought: Sought) -> str | None:
    named = {f"{item}_on" if item in _DATED else item: value for item, value in sought.others.items()}
    return json.dumps(named, ensure_ascii=False) if named else None
