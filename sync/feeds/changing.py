"""From what a file says to what we hold: looked at against the limits, under the locks that permits take, then written."""

from datetime import datetime
from typing import Final, Literal

import asyncpg

from civil.sql import load
from sync.feeds.doubts import bring_doubts, doubted
from sync.feeds.errors import FileRefused
from sync.feeds.fed_source import FedSource
from sync.feeds.locking import MANY, lock_for_change
from sync.feeds.receipts import Told
from sync.feeds.receiving import Received
from sync.feeds.said import differing, remember_said

_SQL: Final = load("sync.feeds", "feeds.sql")
_FEW: Final = 20
"""So many records may always go or change: shares say nothing about a handful."""

_WORDS: Final = {
    "lost": ("なくなる件数", "would go"),
    "changed": ("変わる件数", "would change"),
}


async def change(
    connection: asyncpg.Connection,
    city: str,
    source: FedSource,
    received: Received,
    told: Told,
    *,
    is_full: bool,
    now: datetime,
) -> int:
    """Apply what was received, in the transaction that is open; how many records of ours it changed. Raises FileRefused."""
    speaks_of_aside = received.aside > 0 or await connection.fetchval(_SQL["has_aside"], city, source.name)
    if speaks_of_aside:
        await _withdraw(connection, city, source, is_full=is_full)
    await connection.execute(source.statements["affected"], city, is_full)
    affected = await _require_within_limits(connection, city, source, received)
    await connection.execute(_SQL["beside"], city, source.name)
    await _lock(connection, city, source)
    fault = await connection.fetchrow(source.statements["faults"], city, is_full)
    if fault is not None:
        raise FileRefused(fault["line"], fault["item"], source.reasons[fault["reason"]])
    for statement, takes in source.steps:
        beside = {"full": (is_full,), "now": (now,), "full_now": (is_full, now), None: ()}[takes]
        await connection.execute(source.statements[statement], city, *beside)
    if speaks_of_aside:
        await connection.execute(_SQL["end_aside"], city, source.name, is_full)
        await connection.execute(_SQL["set_aside"], city, source.name, told.layout, told.file_number, now)
    if "settle" in source.statements:
        await connection.execute(source.statements["settle"], city, now)
    await remember_said(connection, city, source, told.file_number, is_full=is_full)
    await _look_again(connection, city, source, now)
    return affected


async def _look_again(connection: asyncpg.Connection, city: str, source: FedSource, now: datetime) -> None:
    """Whoever differed from what the source had said may do so no longer."""
    if doubts := await doubted(connection, city, source, "said"):
        found = await differing(connection, city, source, list(doubts))
        await bring_doubts(connection, city, source, found, "said", now)


async def _withdraw(connection: asyncpg.Connection, city: str, source: FedSource, *, is_full: bool) -> None:
    await connection.execute(source.statements["keys"])
    doubled = await connection.fetchrow(_SQL["aside_and_sound"])
    if doubled is not None:
        raise FileRefused(doubled["line"], doubled["item"], "同じものが2回あります。 / The same is there twice.")
    if not is_full and "withdraw" in source.statements:
        await connection.execute(source.statements["withdraw"], city)


async def _require_within_limits(
    connection: asyncpg.Connection, city: str, source: FedSource, received: Received
) -> int:
    """Shares of what we hold; of what cannot be read, of the file where it has more. How many records of ours are affected."""
    shares = await connection.fetchrow(_SQL["shares"], city, source.name)
    held = await connection.fetchval(source.statements["count"], city)
    assert shares is not None  # noqa: S101 - a SELECT without FROM always gives a row
    # A file with many times as many records is no reason to let go of ours.
    _require_share("lost", shares["removed"], held, shares["most_lost_percent"])
    await _require_readable(connection, received.aside, max(held, received.records), shares["most_lost_percent"])
    _require_share("changed", shares["changed"], held, shares["most_changed_percent"])
    affected: int = shares["affected"]
    return affected


def _require_share(what: Literal["lost", "changed"], count: int, whole: int, most_percent: int) -> None:
    if _is_within(count, whole, most_percent):
        return
    japanese, english = _WORDS[what]
    raise FileRefused(
        1,
        "share",
        f"{japanese}が{whole}件中{count}件で、上限{most_percent}%を超えます。正しければ kiosk feed share で上限を変えてください。 / "
        f"{count} of {whole} {english}, more than {most_percent}%. If that is right, set another limit with `kiosk feed share`.",
    )


def _is_within(count: int, whole: int, most_percent: int) -> bool:
    return count <= _FEW or count * 100 <= whole * most_percent


async def _require_readable(connection: asyncpg.Connection, count: int, whole: int, most_percent: int) -> None:
    """Whoever gets the refusal is told the first of the lines: most often the table or its encoding is not that of the file."""
    if _is_within(count, whole, most_percent):
        return
    first = await connection.fetchrow(_SQL["first_aside"])
    assert first is not None  # noqa: S101 - more than a few are there
    japanese, _, english = first["reason"].partition(" / ")
    raise FileRefused(
        first["line"],
        first["item"],
        f"読めない行が{whole}件中{count}件で、上限{most_percent}%を超えます。最初のもの: {japanese} 表(kiosk feed layout)か文字コードがファイルと合うか確かめてください。 / "
        f"{count} of {whole} cannot be read, more than {most_percent}%. The first: {english} See whether the table (kiosk feed layout) and its encoding are those of the file.",
    )


async def _lock(connection: asyncpg.Connection, city: str, source: FedSource) -> None:
    rows = await connection.fetch(_SQL["changed_numbers"], MANY + 1)
    await lock_for_change(connection, city, source.subject, [row["number"] for row in rows])
