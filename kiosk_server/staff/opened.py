"""The resident whose page is open. Their number stands in the session's kept search; an address names that search alone."""

import secrets
from collections.abc import Mapping
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_sessions import find_search, keep_search
from kiosk_server.staff.visit import Visit

PATH: Final = "/residents/{opened}"
_KEPT_AS: Final = "resident"


class NotOpen(KioskError):
    """この住民の画面は閉じています。もう一度探してください。 / The page of this resident is closed. Search again."""


async def open_resident(visit: Visit, connection: asyncpg.Connection, person_number: str) -> web.Response:
    """Send the browser to the page of a person (宛名番号)."""
    return visit.to(f"/residents/{await keep(visit, connection, {_KEPT_AS: person_number})}")


async def opened_resident(visit: Visit, connection: asyncpg.Connection) -> str:
    """宛名番号 of the page's resident. Raises NotOpen."""
    fields = await find_search(connection, visit.city, visit.request.match_info["opened"], visit.token.digest)
    if fields is None or _KEPT_AS not in fields:
        raise NotOpen
    return fields[_KEPT_AS]


def back(visit: Visit, said: str) -> web.Response:
    """To the resident's page after an act."""
    return visit.to(f"/residents/{visit.request.match_info['opened']}", said)


async def keep(visit: Visit, connection: asyncpg.Connection, fields: Mapping[str, str]) -> str:
    """Keep what is searched for; returns the name that an address may carry."""
    search_id = secrets.token_urlsafe(12)
    await keep_search(connection, visit.city, search_id, visit.token.digest, fields)
    return search_id
