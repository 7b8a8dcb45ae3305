"""The service calendar: weeks by date, and days unlike their week. Nodes look at it with each issuance, so a change holds at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "service_calendar.sql")
Window = tuple[time, time]
Days = Mapping[tuple[str, date], Sequence[Window]]
"""The windows of a kind on a JST day; a day that is not there is closed."""


class NothingToWithdraw(KioskError):
    """取り下げられるものがありません。もう取り下げたか、終わっています。画面を開き直してください。 /
    There is nothing to withdraw: it was withdrawn, or is over. Open the page anew."""


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """From a JST day on, each ISO weekday with its window (JST); one that is not there is closed."""

    kinds: Sequence[str]
    first_on: date
    windows: Mapping[int, Window]


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """From and until which JST day (inclusive), open in one window or closed."""

    kinds: Sequence[str]
    first_on: date
    last_on: date
    window: Window | None


async def served_kinds(connection: asyncpg.Connection, municipality_code: str) -> Sequence[str]:
    """Kinds that the city serves at some hour of the week."""
    return [row["kind"] for row in await connection.fetch(_SQL["kinds"], municipality_code)]


async def windows_on(
    connection: asyncpg.Connection, municipality_code: str, kinds: Sequence[str], first: date, days: int
) -> Days:
    """What an issuance of each of these JST days would find."""
    found: dict[tuple[str, date], list[Window]] = {}
    for row in await connection.fetch(_SQL["on_days"], municipality_code, list(kinds), first, days):
        found.setdefault((row["kind"], row["on_day"]), []).append((row["opens_at"], row["closes_at"]))
    return found


async def tried(
    connection: asyncpg.Connection, municipality_code: str, change: WeekPlan | SpecialDays, days: int
) -> Days:
    """What would be found from its first day on with a change, which is taken back before this returns."""
    await connection.execute("SAVEPOINT tried")
    try:
        await _store(connection, municipality_code, change)
        return await windows_on(connection, municipality_code, change.kinds, change.first_on, days)
    finally:
        await connection.execute("ROLLBACK TO SAVEPOINT tried")


async def add_plan(connection: asyncpg.Connection, municipality_code: str, plan: WeekPlan, actor: Actor) -> None:
    """Store a week from its day on."""
    await _store(connection, municipality_code, plan)
    await record_act(connection, municipality_code, "setting_stored", actor, concerns=f"hours {plan.first_on}")


async def add_special(connection: asyncpg.Connection, municipality_code: str, days: SpecialDays, actor: Actor) -> None:
    """Store days unlike their week."""
    await _store(connection, municipality_code, days)
    concerns = f"special_hours {days.first_on}/{days.last_on}"
    await record_act(connection, municipality_code, "setting_stored", actor, concerns=concerns)


async def _store(connection: asyncpg.Connection, municipality_code: str, change: WeekPlan | SpecialDays) -> None:
    place = municipality_code, list(change.kinds), change.first_on
    if isinstance(change, SpecialDays):
        times = change.window or (None, None)
        await connection.execute(_SQL["add_special"], *place, change.last_on, *times)
        return
    number = await connection.fetchval(_SQL["add_plan"], *place)
    rows = [(municipality_code, number, weekday, *window) for weekday, window in change.windows.items()]
    await connection.executemany(_SQL["add_window"], rows)


async def list_calendar(
    connection: asyncpg.Connection, municipality_code: str, most: int
) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]:
    """Weeks and special days that were stored, the newest first, those withdrawn too."""
    plans = await connection.fetch(_SQL["plans"], municipality_code, most)
    specials = await connection.fetch(_SQL["specials"], municipality_code, most)
    return [dict(row.items()) for row in plans], [dict(row.items()) for row in specials]


async def withdraw_plan(
    connection: asyncpg.Connection, municipality_code: str, number: int, actor: Actor, now: datetime
) -> None:
    """Take a week back; what was before it holds again. Raises NothingToWithdraw."""
    first_on = await connection.fetchval(_SQL["withdraw_plan"], municipality_code, number, now)
    await _withdrawn(connection, municipality_code, actor, f"hours {first_on}", is_there=first_on is not None)


async def withdraw_special(
    connection: asyncpg.Connection, municipality_code: str, number: int, actor: Actor, now: datetime, today: date
) -> None:
    """Take special days back that are not over on this JST date. Raises NothingToWithdraw."""
    first_on = await connection.fetchval(_SQL["withdraw_special"], municipality_code, number, now, today)
    await _withdrawn(connection, municipality_code, actor, f"special_hours {first_on}", is_there=first_on is not None)


async def _withdrawn(
    connection: asyncpg.Connection, municipality_code: str, actor: Actor, concerns: str, *, is_there: bool
) -> None:
    if not is_there:
        raise NothingToWithdraw
    await record_act(connection, municipality_code, "setting_withdrawn", actor, concerns=concerns)
