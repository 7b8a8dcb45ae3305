"""What every list that leaves the register has in common: who may be on it, and that it is kept before anybody has it.

Of a whole city that is seconds of work; it is done beside the event loop, which answers others meanwhile.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

import asyncpg

from civil.age import age_on
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load
from registry.residents.inquiry_log import Inquirer
from registry.residents.sampling import Listable

_SQL: Final = load("registry.residents", "ledgers.sql")


@dataclass(frozen=True, slots=True)
class Leaving:
    """A list that leaves: under which row of the table of provisions, to whom, as it was asked for (JSON), and its lines."""

    provision_id: str
    basis: str
    recipient: str
    asked: str
    seed: str | None
    persons: Sequence[str]
    lines: Sequence[Sequence[str]]


async def listable(
    connection: asyncpg.Connection, municipality_code: str, on: date, *, with_protected: bool
) -> list[Listable]:
    """The residents, planned movers included, as they are on a JST date."""
    rows = await connection.fetch(_SQL["may_be_listed"], municipality_code, with_protected)
    return await asyncio.to_thread(_listable, rows, on)


def _listable(rows: Sequence[asyncpg.Record], on: date) -> list[Listable]:
    return [
        Listable(
            row["person_number"], Sex(row["sex"]), age_on(RecordedDate(row["birth_on"], row["birth_text"]), on),
            row["town"], row["is_foreign"],
        )
        for row in rows
    ]  # fmt: skip


async def keep(
    connection: asyncpg.Connection, municipality_code: str, leaving: Leaving, maker: Inquirer, now: datetime
) -> tuple[int, bytes]:
    """Write down who made it for whom and why, and who is on it; returns its number, and the digest that stands for the lines."""
    digest = await asyncio.to_thread(_digest, leaving.lines)
    number: int = await connection.fetchval(
        _SQL["insert_extract"], municipality_code, now, maker.staff, maker.purpose, leaving.basis, leaving.recipient,
        leaving.asked, leaving.seed, len(leaving.lines), digest, leaving.provision_id,
    )  # fmt: skip
    await connection.execute(_SQL["insert_extract_persons"], municipality_code, number, list(leaving.persons))
    return number, digest


def _digest(lines: Sequence[Sequence[str]]) -> bytes:
    return sha256(json.dumps(lines, ensure_ascii=False).encode()).digest()
