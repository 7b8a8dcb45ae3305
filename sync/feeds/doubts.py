"""Whom a comparison finds otherwise: nothing of that source is issued to them from the commit on, and the books say who, how and since which file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import asyncpg

from civil.sql import load
from reconcile import counted
from sync.feeds.fed_source import FedSource
from sync.feeds.locking import lock_for_change

_SQL: Final = load("sync.feeds", "feeds.sql")
FoundBy = Literal["list", "full", "said"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """How one number differs (missing, extra, different), in which items as far as they are known, and which file last told of it."""

    difference: str
    items: tuple[str, ...] = ()
    since_file: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """With what, of which state, and how many records or numbers each side has; `sha256` of the file, where there is one.

    `parts`: how many were compared one by one since all of it was, where this is all of it again.
    """

    found_by: FoundBy
    file_number: int
    as_of: datetime
    sha256: bytes | None
    at_source: int
    here: int
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """Whom a comparison found to differ that did not before, or not like that; how many of those before are told otherwise now, or no longer."""

    new: Sequence[str]
    otherwise: int
    cleared: int

    @property
    def is_anything(self) -> bool:
        """Whether what is found changed."""
        return bool(self.new or self.otherwise or self.cleared)


async def doubted(connection: asyncpg.Connection, city: str, source: FedSource, found_by: FoundBy) -> dict[str, Doubt]:
    """The numbers in doubt of that source, and how they differ."""
    rows = await connection.fetch(_SQL["doubts"], city, source.name, found_by)
    return {
        row["person_number"]: Doubt(row["difference"], tuple(row["items"] or ()), row["since_file"]) for row in rows
    }


async def bring_doubts(
    connection: asyncpg.Connection,
    city: str,
    source: FedSource,
    found: Mapping[str, Doubt],
    found_by: FoundBy,
    now: datetime,
    among: Collection[str] | None = None,
) -> Brought:
    """Bring the doubts, or those `among` these numbers, to what was found, in the transaction that is open.

    Whoever was doubted and still is keeps the time it began.
    """
    held = await doubted(connection, city, source, found_by)
    before = held if among is None else {number: held[number] for number in among if number in held}
    still = {number for number, was in before.items() if number in found and found[number].difference == was.difference}
    over, new = sorted(before.keys() - still), sorted(found.keys() - still)
    await lock_for_change(connection, city, source.subject, sorted({*over, *new}))
    of = city, source.name, found_by
    await connection.execute(_SQL["clear"], *of, over)
    await connection.executemany(_SQL["doubt"], [(*of, number, *_told(found[number]), now) for number in new])
    await connection.executemany(
        _SQL["still"], [(*of, number, *_told(found[number])[1:], now) for number in sorted(still)]
    )
    otherwise = sum(found[number] != before[number] for number in still)
    return Brought(new, otherwise, len(before.keys() - found.keys()))


async def keep_comparison(
    connection: asyncpg.Connection,
    city: str,
    source: str,
    compared: Compared,
    found: Mapping[str, Doubt],
    now: datetime,
    *,
    is_new: bool,
) -> None:
    """Keep it in the books, and open an alert where anything differs that did not before, in the transaction that is open."""
    told = (compared.file_number, compared.as_of, compared.sha256, compared.at_source, compared.here)
    number = await connection.fetchval(_SQL["comparison"], city, source, *told, compared.found_by, now, compared.parts)
    await connection.executemany(
        _SQL["difference"],
        [(city, number, place, who, *_told(one)) for place, (who, one) in enumerate(found.items(), 1)],
    )
    if is_new:
        detail = (
            f"{compared.file_number}番のファイル / file: 連携元 / at the source {compared.at_source}、当方 / here {compared.here}; "
            f"{counted(one.difference for one in found.values())}"
        )
        cause = "differed" if compared.found_by == "full" else "differs"
        await connection.execute(_SQL["alert"], city, f"feed/{source}_{cause}", detail)


def _told(doubt: Doubt) -> tuple[str, list[str] | None, int | None]:
    return doubt.difference, list(doubt.items) or None, doubt.since_file
