"""Who may see which item, and the record of every inquiry (PIA R-30, R-51): who asked, why, by what, and whom they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from registry.residents.items_by_topic import DOMICILE_PARTS, RESIDENCE
from registry.residents.person_record import PersonRecord, with_items

_SQL: Final = load("registry.residents", "inquiry.sql")
_LONGEST_PURPOSE: Final = 400
What = Literal["search", "person", "household", "my_number"]


class Sight(StrEnum):
    """Items that not everybody at the counter sees (項目ごとの表示権限)."""

    KOSEKI = "koseki"
    MY_NUMBER = "my_number"
    RESIDENT_CODE = "resident_code"
    RESIDENCE = "residence"


_ITEMS: Final = {
    Sight.KOSEKI: DOMICILE_PARTS | {"domicile", "first_registrant"},
    Sight.MY_NUMBER: frozenset({"my_number"}),
    Sight.RESIDENT_CODE: frozenset({"resident_code"}),
    Sight.RESIDENCE: RESIDENCE - {"nationality", "nationality_code"},
}
EMPTY: Final = {"resident_code": ""}


class NoRight(KioskError):
    """その項目を見る権限がありません。照会したことは記録されました。責任者に依頼してください。 /
    You have no right to that item. That you asked is recorded. Ask a supervisor."""


class PurposeMissing(KioskError):
    """照会の目的がありません。目的を入力してください(400字まで)。 / The purpose of the inquiry is missing. Enter it, in up to 400 characters."""


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Who looks, what for, and which guarded items they may see. `staff` is one person's account."""

    staff: str
    purpose: str
    sights: frozenset[Sight] = frozenset()
    terminal: str | None = None

    def __post_init__(self) -> None:
        """Raise PurposeMissing where nobody says what for."""
        if not self.staff.strip() or not 0 < len(self.purpose.strip()) <= _LONGEST_PURPOSE:
            raise PurposeMissing

    @property
    def hidden(self) -> frozenset[str]:
        """The items that are kept from them."""
        return frozenset().union(*(_ITEMS[sight] for sight in Sight if sight not in self.sights))

    def seen(self, record: PersonRecord) -> PersonRecord:
        """The record without what is kept from them."""
        return with_items(record, {item: EMPTY.get(item) for item in self.hidden})


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody was shown a person."""

    asked_at: datetime
    staff: str
    purpose: str
    terminal: str | None
    what: What
    my_number_seen: bool


async def record_inquiry(
    connection: asyncpg.Connection,
    city: str,
    inquirer: Inquirer,
    what: What,
    items: Sequence[str],
    seen: Sequence[str],
    now: datetime,
    *,
    refused: bool = False,
) -> None:
    """Write it down, in the transaction that reads."""
    inquiry_id = await connection.fetchval(
        _SQL["insert_inquiry"], city, now, inquirer.staff, inquirer.purpose.strip(), inquirer.terminal, what, list(items), refused
    )  # fmt: skip
    if seen:
        await connection.execute(_SQL["insert_seen"], city, inquiry_id, list(seen), what == "my_number")


async def who_looked(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> tuple[Look, ...]:
    """Who was shown this person, newest first (R-80); takes a connection of a transaction whose city is set."""
    rows = await connection.fetch(_SQL["who_looked"], municipality_code, person_number)
    return tuple(Look(**row) for row in rows)
