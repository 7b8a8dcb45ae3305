"""What changed the population between two days, in figures: 記載 and 消除 by cause, sort of person and place (異動件数, S1-4)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

import asyncpg

from civil.calendar import jst_midnight
from civil.prefectures import PREFECTURE_PATTERN
from civil.sex import Sex
from civil.sql import load
from registry.residents.counting_people import Population

_SQL: Final = load("registry.residents", "statistics.sql")


class Cause(Enum):
    """Why somebody is among the residents, or no longer. Japanese, as tables print it."""

    DOMESTIC = "国内転入・転出"
    ABROAD = "国外転入・転出"
    ORIGIN_UNKNOWN = "移動前住所地不詳"
    NATURAL = "出生・死亡"
    EX_OFFICIO = "職権記載・消除"
    NATIONALITY = "帰化・国籍喪失等"
    MISSING = "失踪"
    CANCELLED = "異動の取消し"
    LOADED = "初期移行"
    CORRECTED = "修正"


_CAUSES: Final[Mapping[str, Cause]] = {
    "IN1": Cause.DOMESTIC, "IN2": Cause.DOMESTIC, "IN4": Cause.DOMESTIC, "OU9": Cause.DOMESTIC, "TN": Cause.DOMESTIC,
    "IN3": Cause.ABROAD, "BI": Cause.NATURAL, "DE": Cause.NATURAL, "OI": Cause.EX_OFFICIO, "OD": Cause.EX_OFFICIO,
    "NA": Cause.NATIONALITY, "NL": Cause.NATIONALITY, "OM": Cause.MISSING, "UN+": Cause.CANCELLED,
    "UN-": Cause.CANCELLED, "UN~": Cause.CANCELLED, "IL": Cause.LOADED,
}  # fmt: skip
Place = tuple[str | None, str | None]
Sort = tuple[bool, Sex]
"""Whether foreign, and the sex."""


@dataclass(frozen=True, slots=True)
class Moved:
    """So many entries (記載) or removals (消除). `place` is the prefecture they came from or went to, None where there is none.

    `municipality` is as F1 records it beside the address (転入市町村名, 転決市町村名 or 転予市町村名), without the prefecture.
    """

    is_entry: bool
    cause: Cause
    is_foreign: bool
    sex: Sex
    place: str | None
    persons: int
    municipality: str | None = None


async def movements(
    connection: asyncpg.Connection, municipality_code: str, since: date, until: date
) -> tuple[Moved, ...]:
    """Count what was recorded from the beginning of one JST date to the beginning of another; takes a transaction whose city is set.

    Somebody who becomes another sort of resident (naturalised, or a sex corrected) is a removal of one and an entry of the
    other. A renewed record (改製) or a move within the city is neither.
    """
    rows = await connection.fetch(
        _SQL["movements"], municipality_code, jst_midnight(since), jst_midnight(until), PREFECTURE_PATTERN
    )
    counted: Counter[tuple[bool, Cause, bool, Sex, Place]] = Counter()
    for row in rows:
        cause = _cause(row)
        if row["was_in"]:
            place = _place(row, cause, "destination", "to_municipality")
            counted[False, cause, row["was_foreign"], Sex(row["was_sex"]), place] += row["persons"]
        if row["is_in"]:
            place = _place(row, cause, "origin", "from_municipality")
            counted[True, cause, row["is_foreign"], Sex(row["sex"]), place] += row["persons"]
    return tuple(
        Moved(is_entry, cause, is_foreign, sex, place, persons, municipality)
        for (is_entry, cause, is_foreign, sex, (place, municipality)), persons in counted.items()
    )


def _cause(row: asyncpg.Record) -> Cause:
    cause = _CAUSES.get(row["kind"], Cause.CORRECTED)
    if cause is not Cause.DOMESTIC:
        return cause
    if row["is_in"]:
        return Cause.ORIGIN_UNKNOWN if row["is_from_nowhere"] else cause
    return Cause.ABROAD if row["kind"] == "OU9" and row["is_abroad"] else cause


def _place(row: asyncpg.Record, cause: Cause, prefecture: str, municipality: str) -> Place:
    if cause is not Cause.DOMESTIC:
        return None, None
    place, named = row[prefecture], row[municipality]
    return place, named and named.removeprefix(place or "")


def imbalance(before: Population, moved: tuple[Moved, ...], after: Population) -> Mapping[Sort, int]:
    """Return by how much the identity 人口 + 記載 − 消除 = 人口 fails, for each sort of person where it does; empty where it holds."""
    left: Counter[Sort] = Counter()
    for population, sign in ((before, 1), (after, -1)):
        for one in population.counted:
            left[one.is_foreign, one.sex] += sign * one.persons
    for one_moved in moved:
        left[one_moved.is_foreign, one_moved.sex] += one_moved.persons if one_moved.is_entry else -one_moved.persons
    return {sort: persons for sort, persons in left.items() if persons}


def natural_increase(moved: tuple[Moved, ...]) -> int:
    """自然増減: births less deaths."""
    return _net(moved, {Cause.NATURAL})


def social_increase(moved: tuple[Moved, ...]) -> int:
    """社会増減: (A)国内転入 − (B)国内転出 + (C)国外転入 − (D)国外転出 + (E)移動前住所地不詳 − (F)職権消除等."""
    removed = [one for one in moved if one.cause in {Cause.EX_OFFICIO, Cause.MISSING} and not one.is_entry]
    return _net(moved, {Cause.DOMESTIC, Cause.ABROAD, Cause.ORIGIN_UNKNOWN}) - sum(one.persons for one in removed)


def _net(moved: tuple[Moved, ...], causes: set[Cause]) -> int:
    return sum(one.persons if one.is_entry else -one.persons for one in moved if one.cause in causes)
