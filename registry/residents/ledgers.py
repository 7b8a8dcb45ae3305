"""閲覧台帳 (S1-5): lists of the four items that the law lets others inspect, and the record of who inspected them.

住民基本台帳法11条1項・11条の2第1項: 氏名、出生の年月日、男女の別、住所, and nothing else. Nobody under a protective measure is on a list,
nor whoever is no resident. Every function takes a connection of role `registry` in a transaction whose city is set.
"""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.errors import KioskError
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load
from civil.text import require_printable
from registry.residents.extracting import Leaving, keep, listable
from registry.residents.inquiry_log import Inquirer
from registry.residents.sampling import EVERYBODY, Listable, Scope, StratifiedBy, draw

_SQL: Final = load("registry.residents", "ledgers.sql")
_LONGEST_SEED: Final = 100


class InspectionBasis(StrEnum):
    """Under which provision a list is inspected."""

    PUBLIC_BODY = "法11条1項"
    """An organ of the state or of a local government."""
    RESEARCH = "法11条の2第1項1号"
    """Statistics, opinion polls and research of much public interest."""
    PUBLIC_GOOD = "法11条の2第1項2号"
    """What public bodies do for the welfare of the residents."""
    RESIDENCE = "法11条の2第1項3号"
    """Finding out who lives where, not for gain, as the mayor decided; it is not published (12項)."""

    @property
    def provision_id(self) -> str:
        """The row of the table of provisions."""
        return f"INSPECT-{self.name}"


PUBLISHED: Final = tuple(basis for basis in InspectionBasis if basis is not InspectionBasis.RESIDENCE)


class NobodyListed(KioskError):
    """その範囲に載せられる人がいません。範囲を確かめてください。町字は統計の towns.csv のとおりに書きます。 /
    There is nobody to list in that scope. Check it: towns are spelled as in towns.csv of the statistics."""


class TownUnknown(KioskError):
    """その町字に載せられる人がいません。統計の towns.csv のとおりに書いてください(都道府県から、丁目まで)。 /
    There is nobody to list in one of these towns. Spell it as towns.csv of the statistics does, from the prefecture on."""


class ListMoved(KioskError):
    """作成中に、載るはずの人の異動か支援措置が記録されました。何も作っていません。もう一度作成してください。 /
    While the list was made, an event of somebody on it was recorded. Nothing was made. Make it again."""


class UnknownList(KioskError):
    """その番号の閲覧台帳はありません。番号を確かめてください。 / There is no list with that number. Check it."""


class NotYetInspected(KioskError):
    """閲覧年月日が先の日です。閲覧が済んでから記録してください。 / The day of the inspection is to come. Record it when it is over."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What is told of a person, and nothing else: dates and sex as they are printed."""

    name: str
    birth: str
    sex: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it is asked for: everybody of the scope, or so many `persons` in the shares of the strata `by`."""

    recipient: str
    basis: InspectionBasis
    seed: str
    scope: Scope = EVERYBODY
    persons: int | None = None
    by: Collection[StratifiedBy] = ()

    def as_json(self) -> str:
        """For the record."""
        scope = self.scope
        return json.dumps({
            "towns": sorted(scope.towns), "sex": scope.sex, "youngest": scope.youngest, "oldest": scope.oldest,
            "is_foreign": scope.is_foreign, "persons": self.persons, "by": sorted(self.by),
        }, ensure_ascii=False)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """A list that was made: its number, and its lines in an order that tells nothing. The digest stands for the lines."""

    extract_id: int
    lines: tuple[LedgerLine, ...]
    content_sha256: bytes


@dataclass(frozen=True, slots=True)
class Inspection:
    """閲覧の状況 as it is published: who (a body with its representative), what for, when, and whose lines."""

    basis: InspectionBasis
    inspector: str
    representative: str | None
    purpose: str
    inspected_on: date
    scope: str


@dataclass(frozen=True, slots=True)
class InspectionVisit:
    """One inspection of a list, with the person who came and the document by which staff knew them."""

    extract_id: int
    inspector: str
    representative: str | None
    purpose: str
    inspected_on: date
    scope: str
    seen_by: str
    identity_document: str


@dataclass(frozen=True, slots=True)
class MadeList:
    """A list or a provision that was made: who made it, why, under what, for whom, and how many stand on it."""

    extract_id: int
    made_at: datetime
    staff: str
    reason: str
    basis: str
    recipient: str
    persons: int


async def newest_lists(connection: asyncpg.Connection, municipality_code: str, most: int) -> tuple[MadeList, ...]:
    """The lists and provisions made last, newest first."""
    rows = await connection.fetch(_SQL["newest_extracts"], municipality_code, most)
    return tuple(MadeList(**row) for row in rows)


async def make_ledger(
    connection: asyncpg.Connection,
    municipality_code: str,
    asked: Asked,
    maker: Inquirer,
    now: datetime,
    left_out: Collection[str] = (),
) -> Ledger:
    """Make a list and write down who made it for whom and why, and who is on it, before anybody has it.

    `left_out` are persons whom another room protects. Raises NobodyListed, TownUnknown, ListMoved, UnacceptableText.
    """
    recipient = require_printable("recipient", asked.recipient.strip(), 200)
    seed = require_printable("seed", asked.seed, _LONGEST_SEED)
    residents = await listable(connection, municipality_code, jst_date(now), with_protected=False)
    drawn = await asyncio.to_thread(_drawn, residents, asked, seed, left_out)
    # A statement of its own, so that it sees what was committed since.
    rows = await connection.fetch(_SQL["four_items"], municipality_code, list(drawn))
    if len(rows) != len(drawn):
        raise ListMoved
    lines, told = await asyncio.to_thread(_lines, rows)
    leaving = Leaving(asked.basis.provision_id, asked.basis, recipient, asked.as_json(), seed, drawn, told)
    number, digest = await keep(connection, municipality_code, leaving, maker, now)
    return Ledger(number, lines, digest)


async def record_inspection(
    connection: asyncpg.Connection, municipality_code: str, visit: InspectionVisit, recorder: Inquirer, now: datetime
) -> int:
    """Write down that somebody inspected a list; returns the number. Raises UnknownList, NotYetInspected, UnacceptableText."""
    if await connection.fetchval(_SQL["basis_of_extract"], municipality_code, visit.extract_id) is None:
        raise UnknownList
    if visit.inspected_on > jst_date(now):
        raise NotYetInspected
    told = [
        None if text is None else require_printable(field, text, most)
        for field, text, most in (
            ("inspector", visit.inspector, 200), ("representative", visit.representative, 200),
            ("purpose", visit.purpose, 400), ("scope", visit.scope, 400), ("seen_by", visit.seen_by, 100),
            ("identity", visit.identity_document, 100),
        )
    ]  # fmt: skip
    number: int = await connection.fetchval(
        _SQL["insert_inspection"], municipality_code, visit.extract_id, visit.inspected_on, *told, recorder.staff,
        recorder.purpose, now,
    )  # fmt: skip
    return number


async def inspections(
    connection: asyncpg.Connection, municipality_code: str, since: date, until: date
) -> tuple[Inspection, ...]:
    """The inspections to publish of the days from `since` to before `until` (法11条3項, 11条の2第12項: at least once a year)."""
    rows = await connection.fetch(_SQL["inspections"], municipality_code, since, until, list(PUBLISHED))
    return tuple(Inspection(**{**row, "basis": InspectionBasis(row["basis"])}) for row in rows)


def _drawn(residents: Sequence[Listable], asked: Asked, seed: str, left_out: Collection[str]) -> tuple[str, ...]:
    people = [one for one in residents if one.person_number not in left_out]
    if not asked.scope.towns <= {one.town for one in people}:
        raise TownUnknown
    drawn = draw(people, asked.scope, seed, asked.persons, asked.by)
    if not drawn:
        raise NobodyListed
    return drawn


def _lines(rows: Sequence[asyncpg.Record]) -> tuple[tuple[LedgerLine, ...], Sequence[Sequence[str]]]:
    lines = tuple(_line(row) for row in rows)
    return lines, [astuple(line) for line in lines]


def _line(row: asyncpg.Record) -> LedgerLine:
    # The same calendar for everybody: which one is used tells who is a foreigner, and that is no item of this list.
    birth = RecordedDate(row["birth_on"], row["birth_text"]).printed_seireki()
    return LedgerLine(row["name"], birth, Sex(row["sex"]).printed, row["address"])
