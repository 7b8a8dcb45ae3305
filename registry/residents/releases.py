"""支援措置の一時解除: a responsible officer lets papers of a protected person be made for some minutes (標準仕様書 抑止の一時解除).

It ends by the clock, whether or not any process runs; nothing else of the measure changes, and nothing of it is told to others.
Every function takes a connection of role `registry` in a transaction whose city is set.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from civil.text import require_printable
from registry.residents.inquiry_log import Inquirer
from registry.residents.locking import lock_persons

_SQL: Final = load("registry.residents", "releases.sql")
MOST_MINUTES: Final = 60
_BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)


class ReleaseTooLong(KioskError):
    """一時解除は1分から60分までにしてください。 / A temporary release lasts one to sixty minutes."""


class NothingReleased(KioskError):
    """この人に、いま続いている一時解除はありません。 / Nothing is released for this person now."""


@dataclass(frozen=True, slots=True)
class TemporaryRelease:
    """For whom, from when until when (UTC), who did it and why; who ended it before its time."""

    person_number: str
    released_at: datetime
    until: datetime
    staff: str
    reason: str
    ended_at: datetime | None
    ended_by: str | None

    def stands(self, at: datetime) -> bool:
        """Whether papers may be made at an instant."""
        return self.released_at <= at < min(self.until, self.ended_at or self.until)


async def release_temporarily(
    connection: asyncpg.Connection, municipality_code: str, persons: Collection[str], minutes: int, officer: Inquirer, now: datetime
) -> datetime:  # fmt: skip
    """Let papers of these persons (宛名番号) be made by others for so many minutes; returns until when. Raises ReleaseTooLong, UnacceptableText."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise ReleaseTooLong
    reason, until = require_printable("reason", officer.purpose, 400), now + timedelta(minutes=minutes)
    await connection.execute(
        _SQL["insert_release"], municipality_code, sorted(persons), now, until, officer.staff, reason
    )
    return until


async def end_temporary_release(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, officer: Inquirer, now: datetime
) -> None:
    """End what stands for a person, before its time; a paper that is being made is waited for. Raises NothingReleased."""
    await lock_persons(connection, municipality_code, [person_number])
    ended = await connection.fetch(_SQL["end_releases"], municipality_code, person_number, now, officer.staff)
    if not ended:
        raise NothingReleased


async def temporary_releases(
    connection: asyncpg.Connection, municipality_code: str, persons: Collection[str], since: datetime = _BEGINNING
) -> tuple[TemporaryRelease, ...]:
    """The releases of these persons that were not over before an instant, newest first."""
    rows = await connection.fetch(_SQL["releases"], municipality_code, list(persons), since)
    return tuple(TemporaryRelease(**row) for row in rows)
