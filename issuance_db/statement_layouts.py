"""What is set for each centre: how its tables are laid out, and what it keeps of each certificate."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "statement_layouts.sql")


class HandlingFeeRefused(KioskError):
    """その日の手数料は登録済みか、締めた月が変わってしまいます。別の日にするか、先に締めを解いてください。 /
    There is one from that day already, or it would change a month that is closed. Choose another day, or reopen the month first."""


async def newest_layout(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str
) -> Mapping[str, Mapping[str, str]] | None:
    """`columns` and `words` as they were set last, or None."""
    written = await connection.fetchval(_SQL["newest"], municipality_code, caller_id)
    return None if written is None else json.loads(written)


async def add_layout(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, layout: Mapping[str, Mapping[str, str]]
) -> None:
    """Set another layout; earlier ones stay."""
    written = json.dumps({name: dict(part) for name, part in layout.items()}, ensure_ascii=False)
    await connection.execute(_SQL["add"], municipality_code, caller_id, written)


async def handling_fees(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str
) -> Sequence[Mapping[str, Any]]:
    """`effective_from` (JST) and `yen` for each certificate printed, the newest first."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["handling_fees"], municipality_code, caller_id)]


async def add_handling_fee(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, effective_from: date, yen: int
) -> None:
    """Set it from a JST day on. Raises HandlingFeeRefused."""
    if (await connection.fetchval(_SQL["add_handling_fee"], municipality_code, caller_id, effective_from, yen)) is None:
        raise HandlingFeeRefused
