"""Whether a city serves a kind at an instant, and what it has set for it."""

from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from issuance_db import city
from issuance_db.city import CitySettings
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.refusal import Refusal, RefusalCode

CLOSED_RETRY_SECONDS: Final = 600


async def open_city(
    connection: asyncpg.Connection, municipality_code: str, kind: str, channel: str, instant: datetime, now: datetime
) -> tuple[CitySettings, datetime]:
    """The city on the instant's JST day, and when its service closes. ``instant`` and ``now`` are UTC.

    Raises ``Refusal``: for good (``not_available``) for a kind whose last day is over, else ``closed``.
    """
    on = jst_date(instant)
    await require_not_retired(connection, municipality_code, kind, instant)
    settings = await city.city_on(connection, municipality_code, kind, channel, on)
    closes_at = await city.closing_time(connection, municipality_code, kind, instant, now)
    if settings is None or closes_at is None:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=CLOSED_RETRY_SECONDS)
    return settings, closes_at


async def require_not_retired(
    connection: asyncpg.Connection, municipality_code: str, kind: str, instant: datetime
) -> None:
    """Raises ``Refusal`` for a kind whose last JST day is before that of the instant."""
    if await city.is_retired(connection, municipality_code, kind, jst_date(instant)):
        raise refused("kind_retired", None)
