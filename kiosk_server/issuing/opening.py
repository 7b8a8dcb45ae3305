"""Whether a city serves a kind at an instant, here and to these persons, and what it has set for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from issuance_db import city
from issuance_db.city import CitySettings, Concerned, Standing
from issuance_db.requests import Terminal as StoredTerminal
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Terminal

CLOSED_RETRY_SECONDS: Final = 600


def concerned(kind: str, terminal: Terminal, person_numbers: Iterable[str]) -> Concerned:
    """What a stop may be of, as storage names it; ``person_numbers`` are all whom the certificate shows, and who asks."""
    at = StoredTerminal(terminal.operator, terminal.store, terminal.terminal)
    return Concerned(kind, at, frozenset(person_numbers))


async def open_city(
    connection: asyncpg.Connection,
    municipality_code: str,
    about: Concerned,
    channel: str,
    instant: datetime,
    now: datetime,
) -> tuple[CitySettings, datetime]:
    """The city on the instant's JST day, and when its service closes. ``instant`` and ``now`` are UTC.

    Raises ``Refusal``: for good (``not_available``) for a kind whose last day is over and for somebody stopped, ``not_fresh`` where the
    residents come in files and are past their age limit, else ``closed``.
    """
    standing = await city.standing(connection, municipality_code, about, instant, now)
    require_not_retired(standing)
    settings = await city.city_on(connection, municipality_code, about.kind, channel, jst_date(instant))
    if settings is None or standing.closes_at is None:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=CLOSED_RETRY_SECONDS)
    if standing.is_stopped:
        raise Refusal(RefusalCode.CLOSED, "kind_stopped", retry_after=CLOSED_RETRY_SECONDS)
    # Last: while nobody is served, somebody stopped hears what everybody hears.
    require_nobody_stopped(standing)
    require_young_residents(standing, now)
    return settings, standing.closes_at


def require_not_retired(standing: Standing) -> None:
    """Raises ``Refusal`` for a kind whose last JST day is before that of the instant."""
    if standing.is_retired:
        raise refused("kind_retired", None)


def require_nobody_stopped(standing: Standing) -> None:
    """Raises ``Refusal`` where a stop is of somebody concerned, or of their household; as neutral as a suppression."""
    if standing.stopped_person is not None:
        raise refused("person_stopped", standing.stopped_person)


def require_young_residents(standing: Standing, now: datetime) -> None:
    """Raises ``Refusal`` (``not_fresh``) where the residents come in files and are past their age limit ``now`` (UTC)."""
    if standing.residents is not None and not standing.residents.is_young(now):
        raise Refusal(RefusalCode.NOT_FRESH, "source_past_age_limit", retry_after=CLOSED_RETRY_SECONDS)
