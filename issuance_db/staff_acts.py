"""What staff did, when and why. The row is written in the transaction that does it, and never changed."""

from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "staff_acts.sql")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as they say themselves, and why; ``reason`` holds no personal data."""

    name: str
    reason: str


async def record_act(
    connection: asyncpg.Connection,
    municipality_code: str,
    act: str,
    actor: Actor,
    *,
    concerns: str | None = None,
    person_number: str | None = None,
) -> None:
    """Write the act down. ``concerns`` is a stop id or an issuance number; ``person_number`` (宛名番号) is erased at retention."""
    await connection.execute(_SQL["act"], municipality_code, act, actor.name, actor.reason, concerns, person_number)
