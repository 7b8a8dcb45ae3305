"""Whether a city serves a kind at an instant, and what it has set for it."""

from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from issuance_db import city
from issuance_db.city import CitySettings, Standing
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.refusal import Refusal, RefusalCode

CLOSED_RETRY_SECONDS: Final = 600


async def open_city(
    connection: asyncpg.Connection, municipality_code: str, kind: str, channel: str, instant: datetime, now: datetime
) -> tuple[CitySettings, datetime]:
    """The city on the instant's JST day, and when its service closes. ``instant`` and ``now`` are UTC.

    Raises ``Refusal``: for good (``not_available``) for a kind whose last day is over, else ``closed``.
    """
    standing = await city.standing(connection, municipality_code, kind, instant, now)
    require_not_retired(standing)
    settings = await city.city_on(connection, municipality_code, kind, channel, jst_date(instant))
    if settings is None or standing.closes_at is None or standing.is_stopped:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=CLOSED_RETRY_SECONDS)
    return settings, standing.closes_at


def require_not_retired(standing: Standing) -> None:
    """Raises ``Refusal`` for a kind whose last JST day is before that of the instant."""
    if standing.is_retired:
        raise refused("kind_retired", None)
