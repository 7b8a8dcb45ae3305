"""How old a source may become and how much a file of it may change: set by staff, and kept with who and why."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from issuance_db.staff_acts import Actor, record_act
from kiosk_server.sources.names import WEEKDAY_CODES
from sync.feeds.status import AgeLimit, SourceNotBegun, SourceStatus, set_age_limit, set_shares, source_status

MOST_HOURS: Final = 24 * 31
NO_REST: Final = "none"


async def store_limit(
    connection: asyncpg.Connection, municipality_code: str, source: str, limit: AgeLimit, actor: Actor
) -> None:
    """As `staff`, with the act. Raises SourceNotBegun."""
    await set_age_limit(connection, municipality_code, source, limit)
    concerns = " ".join((source, str(limit.working // timedelta(hours=1)), *rest_words(limit)))
    await record_act(connection, municipality_code, "set_feed_limit", actor, concerns=concerns)


async def tried_limit(
    connection: asyncpg.Connection, municipality_code: str, source: str, limit: AgeLimit, now: datetime
) -> SourceStatus:
    """How the source would be with a limit, which is taken back before this returns. Raises SourceNotBegun."""
    await connection.execute("SAVEPOINT tried")
    try:
        await set_age_limit(connection, municipality_code, source, limit)
        return await one_source(connection, municipality_code, source, now)
    finally:
        await connection.execute("ROLLBACK TO SAVEPOINT tried")


async def one_source(
    connection: asyncpg.Connection, municipality_code: str, source: str, now: datetime
) -> SourceStatus:
    """How it is. Raises SourceNotBegun."""
    found = await source_status(connection, municipality_code, now)
    one = next((one for one in found if one.source == source), None)
    if one is None:
        raise SourceNotBegun
    return one


async def store_shares(
    connection: asyncpg.Connection,
    municipality_code: str,
    source: str,
    shares: tuple[int | None, int | None],
    actor: Actor,
) -> None:
    """What may go and what may change, in percent (None leaves it), as `staff`, with the act. Raises SourceNotBegun."""
    lost, changed = shares
    await set_shares(connection, municipality_code, source, lost, changed)
    await record_act(connection, municipality_code, "set_feed_share", actor, concerns=f"{source} {lost} {changed}")


def rest_words(limit: AgeLimit) -> tuple[str, ...]:
    """The days of rest that are said, as the command takes them; `none` takes them back."""
    if limit.rest_weekdays is None or limit.rest_days is None:
        return ()
    days = (*(WEEKDAY_CODES[day - 1] for day in limit.rest_weekdays), *map(str, limit.rest_days))
    return days or (NO_REST,)
