"""Registering who may ask in a city, and for what. The connection's transaction has the city set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "callers.sql")


class CallerTaken(KioskError):
    """この ID または証明書は別の内容で登録済みです。新しい --caller-id にするか、先に kiosk caller remove で外してください。 /
    This id or this certificate is registered otherwise. Take a new --caller-id, or take the old one out first: kiosk caller remove."""


class CallerUnknown(KioskError):
    """その ID の相手は登録されていません。 / No caller of this id is registered."""


class CityNotRegistered(KioskError):
    """この市区町村は登録されていません。先に kiosk city apply を実行してください。 /
    This city is not registered. Run kiosk city apply first."""


@dataclass(frozen=True, slots=True)
class RegisteredCaller:
    """One caller in one city: SHA-256 of its client certificate's DER, its channel, and the kinds it may ask for."""

    caller_id: str
    certificate_sha256: bytes
    channel: Literal["centre", "terminal"]
    kinds: tuple[str, ...]


async def add_caller(connection: asyncpg.Connection, municipality_code: str, caller: RegisteredCaller) -> bool:
    """Register a caller, as staff; False if it is registered so already. Raises CityNotRegistered, CallerTaken."""
    if not await connection.fetchval(_SQL["has_city"], municipality_code):
        raise CityNotRegistered
    values = (municipality_code, caller.caller_id, caller.certificate_sha256, caller.channel, list(caller.kinds))
    if await connection.fetchval(_SQL["add"], *values) is not None:
        return True
    if not await connection.fetchval(_SQL["same"], *values):
        raise CallerTaken
    return False


async def callers(connection: asyncpg.Connection, municipality_code: str) -> Sequence[RegisteredCaller]:
    """Everybody who may ask in this city, by id."""
    rows = await connection.fetch(_SQL["all"], municipality_code)
    return [
        RegisteredCaller(row["caller_id"], row["certificate_sha256"], row["channel"], tuple(row["kinds"]))
        for row in rows
    ]


async def remove_caller(connection: asyncpg.Connection, municipality_code: str, caller_id: str) -> None:
    """Take a caller out, as migrator or an administrator; from its next request on it is unknown. Raises CallerUnknown."""
    await connection.execute(_SQL["as_owner"])
    if await connection.fetchval(_SQL["remove"], municipality_code, caller_id) is None:
        raise CallerUnknown
