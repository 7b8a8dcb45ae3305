"""How old the data of a source is, and how old it may become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act
from sync.feeds.ageing import LISTED_LIMIT
from sync.feeds.said_comparing import COMPARED

_SQL: Final = load("sync.feeds", "status.sql")


class SourceNotBegun(KioskError):
    """その連携元のファイルをまだ適用していません。先に全件ファイルを適用してください。 /
    No file of that source was applied yet. Apply a full file first."""


class NotInDoubt(KioskError):
    """この番号は、連携元の一覧との照合では止まっていません。「記録の差異」か kiosk feed doubts で確かめてください。 /
    No list stops this number. “Differences” in the console, or `kiosk feed doubts`, shows who is in doubt."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """`fed_at` (UTC): what the source knew until then is in our tables. `age_limit` is `working_limit` and the days of rest since
    then, on which the source writes no files: `rest_weekdays` (1 is Monday) and `rest_days` (JST). `doubted`: persons it differs about; `aside`: records that
    could not be read. The limits of shares are percent. `said_since`: since which full file what we hold can be compared with what its files said,
    `compared_at` when it was; `listed_at`: when it last told of everybody. Of the last file that said something new: its receipt's result,
    the item at fault, its number and when it came; `last_number` is that of the last one applied (None: it was not by a file).
    """

    source: str
    fed_at: datetime
    age_limit: timedelta
    working_limit: timedelta
    rest_weekdays: Sequence[int]
    rest_days: Sequence[date]
    age: timedelta
    doubted: int
    aside: int
    most_lost_percent: int
    most_changed_percent: int
    said_since: datetime | None
    listed_at: datetime
    compared_at: datetime | None
    last_result: str | None
    last_fault: str | None
    last_file: int | None
    last_at: datetime | None
    last_number: int | None

    @property
    def is_unlisted(self) -> bool:
        """Whether it has told only of who changed for so long that a message lost on its way may have gone unseen."""
        return self.said_since is not None and self.fed_at + self.age - self.listed_at >= LISTED_LIMIT

    @property
    def is_too_old(self) -> bool:
        """Whether its kinds are stopped."""
        return self.age >= self.age_limit


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """How old a source may become on the days on which it writes files, and which it does not (as in SourceStatus; None leaves them)."""

    working: timedelta
    rest_weekdays: Sequence[int] | None = None
    rest_days: Sequence[date] | None = None


async def source_status(
    connection: asyncpg.Connection, municipality_code: str, now: datetime
) -> Sequence[SourceStatus]:
    """Every source that has begun."""
    rows = await connection.fetch(_SQL["sources"], municipality_code)
    return [SourceStatus(age=now - row["fed_at"], **dict(row.items())) for row in rows]


async def set_shares(
    connection: asyncpg.Connection, municipality_code: str, source: str, lost: int | None, changed: int | None
) -> None:
    """Say how much (percent) a file may take away and change, as `staff`; None leaves it. Raises SourceNotBegun."""
    if await connection.execute(_SQL["set_shares"], municipality_code, source, lost, changed) != "UPDATE 1":
        raise SourceNotBegun


async def list_aside(connection: asyncpg.Connection, municipality_code: str) -> Sequence[asyncpg.Record]:
    """Every record that is set aside now: source, layout, file_number, line, item, reason, record_key, since."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(_SQL["aside"], municipality_code)
    return rows


async def list_source_doubts(connection: asyncpg.Connection, municipality_code: str) -> Sequence[dict[str, Any]]:
    """Whom comparisons put in doubt: source, number, found_by, difference, items (names, never values), since_file, since."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["doubts"], municipality_code)]


async def list_receipts(
    connection: asyncpg.Connection,
    municipality_code: str,
    source: str | None,
    result: str | None,
    before: int | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """What became of files, newest first, of a source and with a result (applied, waiting, refused; None: any), before a receipt: receipt_id,
    source, layout, file_number, as_of, received_at, records, changed, aside, result; line, item and reason of a fault (fault_…); of a file that
    had to wait `waits_for` (None: a full file) and `is_over`."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        _SQL["receipts"], municipality_code, source, result, before, limit
    )
    return rows


async def last_compared(connection: asyncpg.Connection, municipality_code: str) -> Sequence[dict[str, Any]]:
    """Of each source: when it was compared with what its files said (`way` said) and with a list of its own (list), all of it (`whole_at`) and
    a part (`part_at`; None: never); how many records it (`theirs`) and we (`ours`) had when it was all of it, and how many numbers differ now."""
    rows = await connection.fetch(_SQL["compared"], municipality_code, list(COMPARED))
    return [dict(row.items()) for row in rows]


async def release_doubt(
    connection: asyncpg.Connection, municipality_code: str, source: str, number: str, actor: Actor
) -> None:
    """Let somebody go whom a list of the source stopped, as `staff`, after a look, and write that down. Raises NotInDoubt."""
    if await connection.fetchval(_SQL["release"], municipality_code, source, number) is None:
        raise NotInDoubt
    await record_act(
        connection, municipality_code, "source_doubt_released", actor, concerns=source, person_number=number
    )


async def renumber(connection: asyncpg.Connection, municipality_code: str, source: str, actor: Actor) -> None:
    """Say that the numbers of a source's files begin anew, as `staff`, and write that down: a full file of any number, later than what we
    have, has to come first. Raises SourceNotBegun."""
    if await connection.execute(_SQL["renumber"], municipality_code, source) != "UPDATE 1":
        raise SourceNotBegun
    await record_act(connection, municipality_code, "feed_numbers_begin_anew", actor, concerns=source)


async def set_age_limit(connection: asyncpg.Connection, municipality_code: str, source: str, limit: AgeLimit) -> None:
    """Say how old a source may become, as `staff`. Raises SourceNotBegun."""
    told = limit.working, limit.rest_weekdays, limit.rest_days
    if await connection.execute(_SQL["set_limit"], municipality_code, source, *told) != "UPDATE 1":
        raise SourceNotBegun
