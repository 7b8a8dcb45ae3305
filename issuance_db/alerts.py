"""Alerts stay open until one person explains what became of the delivery and another confirms it; a later good retry closes nothing.

Adachi 2023: the first, wrong paper was forgotten because the second try was right.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "alerts.sql")
_SAME_PERSON: Final = "KS008"


class NoSuchAlert(KioskError):
    """その番号の警報はないか、もう閉じています。 / There is no such alert, or it is closed."""


class NothingToConfirm(KioskError):
    """説明がまだないか、もう確認済みです。 / It has no explanation yet, or is confirmed already."""


class ExplainedAnew(KioskError):
    """そのあとに新しい説明が加わりました。警報を開き直し、新しい説明を読んでから確認してください。 /
    A new explanation was added since. Open the alert anew and read it before you confirm."""


class SamePerson(KioskError):
    """説明した人とは別の人が確認してください。 / Somebody other than who explained it must confirm."""


async def list_alerts(
    connection: asyncpg.Connection, municipality_code: str, *, closed_too: bool = False
) -> Sequence[Mapping[str, Any]]:
    """Alerts of the city, oldest first, by the names that ``kiosk alert list`` prints."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["list"], municipality_code, closed_too)]


async def show_alert(connection: asyncpg.Connection, municipality_code: str, alert_id: int) -> Mapping[str, Any]:
    """One alert with what was sent and reported under its number, and ``explanations``. Raises NoSuchAlert."""
    row = await connection.fetchrow(_SQL["show"], municipality_code, alert_id)
    if row is None:
        raise NoSuchAlert
    said = await connection.fetch(_SQL["explanations"], municipality_code, alert_id)
    return {**dict(row.items()), "explanations": [dict(one.items()) for one in said]}


async def take_alert(connection: asyncpg.Connection, municipality_code: str, alert_id: int, actor: Actor) -> None:
    """Say who sees to it from now on, instead of whoever did; that closes nothing. Raises NoSuchAlert."""
    alert = await show_alert(connection, municipality_code, alert_id)
    if not alert["is_open"]:
        raise NoSuchAlert
    await record_act(connection, municipality_code, "alert_taken", actor, concerns=str(alert_id))


async def explain_alert(
    connection: asyncpg.Connection, municipality_code: str, alert_id: int, by: str, explanation: str
) -> None:
    """Say what became of the delivery; the alert stays open. Raises NoSuchAlert."""
    if await connection.fetchval(_SQL["explain"], municipality_code, alert_id, by, explanation) is None:
        raise NoSuchAlert


async def confirm_alert(
    connection: asyncpg.Connection, municipality_code: str, alert_id: int, by: str, *, explanation_id: int | None = None
) -> None:
    """Close an alert by confirming its last explanation, as a second person; ``explanation_id`` is the one that was read.

    Raises SamePerson, NothingToConfirm, and ExplainedAnew where another explanation came after the one that was read.
    """
    try:
        confirmed = await connection.fetchval(_SQL["confirm"], municipality_code, alert_id, by, explanation_id)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == _SAME_PERSON:
            raise SamePerson from None
        raise
    if confirmed is None:
        raise await _why_not(connection, municipality_code, alert_id, explanation_id)


async def _why_not(
    connection: asyncpg.Connection, municipality_code: str, alert_id: int, explanation_id: int | None
) -> KioskError:
    alert = await show_alert(connection, municipality_code, alert_id)
    said = [one["explanation_id"] for one in alert["explanations"]]
    is_outdated = alert["is_open"] and explanation_id in said[:-1]
    return ExplainedAnew() if is_outdated else NothingToConfirm()


async def open_alerts(connection: asyncpg.Connection, municipality_code: str) -> int:
    """How many are open."""
    count: int = await connection.fetchval(_SQL["count_open"], municipality_code)
    return count
