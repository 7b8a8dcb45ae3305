"""One setting that is to come, set or withdrawn by somebody of the staff, with the act. Whoever calls has compared it with what is stored."""

from datetime import date
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.city_settings import CityChanges, change_city
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "coming_settings.sql")


class StoredMeanwhile(KioskError):
    """同じ日からの変更が、ちょうど別の人により登録されました。画面を開き直して確かめてください。 /
    Somebody else has just stored a change from that day. Open the page anew and look at it."""


class NotToCome(KioskError):
    """取り下げられるのは、これから始まる変更だけです。もう始まっているか、登録がありません。 /
    Only a change that is still to come can be withdrawn. This one has begun, or is not there."""


async def set_coming(
    connection: asyncpg.Connection, municipality_code: str, changes: CityChanges, actor: Actor, *, concerns: str
) -> None:
    """Write the change and the act. ``concerns`` names it, such as ``fee tax_income centre 2027-04-01``. Raises StoredMeanwhile."""
    try:
        await change_city(connection, municipality_code, changes)
    except asyncpg.UniqueViolationError:
        raise StoredMeanwhile from None
    await record_act(connection, municipality_code, "setting_stored", actor, concerns=concerns)


async def withdraw_fee(
    connection: asyncpg.Connection, municipality_code: str, place: tuple[str, str, date], today: date, actor: Actor
) -> None:
    """Take back a fee of (kind, channel, first JST date) that is still to come. Raises NotToCome."""
    if await connection.fetchval(_SQL["withdraw_fee"], municipality_code, *place, today) is None:
        raise NotToCome
    await record_act(
        connection, municipality_code, "setting_withdrawn", actor, concerns=f"fee {place[0]} {place[1]} {place[2]}"
    )


async def withdraw_mayor(
    connection: asyncpg.Connection, municipality_code: str, start: date, today: date, actor: Actor
) -> None:
    """Take back a mayor whose first JST date is still to come. Raises NotToCome."""
    if await connection.fetchval(_SQL["withdraw_mayor"], municipality_code, start, today) is None:
        raise NotToCome
    await record_act(connection, municipality_code, "setting_withdrawn", actor, concerns=f"mayor {start}")


async def withdraw_seal(
    connection: asyncpg.Connection, municipality_code: str, start: date, today: date, actor: Actor
) -> None:
    """Take back an official seal whose first JST date is still to come. Raises NotToCome."""
    if await connection.fetchval(_SQL["withdraw_seal"], municipality_code, start, today) is None:
        raise NotToCome
    await record_act(connection, municipality_code, "setting_withdrawn", actor, concerns=f"official_seal {start}")


async def withdraw_retirement(
    connection: asyncpg.Connection, municipality_code: str, kind: str, today: date, actor: Actor
) -> None:
    """Keep a kind whose last JST day is not over. Raises NotToCome."""
    last_day = await connection.fetchval(_SQL["withdraw_retirement"], municipality_code, kind, today)
    if last_day is None:
        raise NotToCome
    await record_act(
        connection, municipality_code, "setting_withdrawn", actor, concerns=f"retirement {kind} {last_day}"
    )


async def withdraw_tax_year(
    connection: asyncpg.Connection, municipality_code: str, place: tuple[str, int], today: date, actor: Actor
) -> None:
    """Take back a tax year of (kind, year) that is offered from today (JST) on or later; the one before it goes on. Raises NotToCome."""
    kind, year = place
    start = await connection.fetchval(_SQL["withdraw_tax_year"], municipality_code, kind, year, today)
    if start is None:
        raise NotToCome
    await connection.execute(_SQL["go_on_with_tax_year"], municipality_code, kind, start)
    await record_act(connection, municipality_code, "setting_withdrawn", actor, concerns=f"tax_year {kind} {year}")
