"""Whose turn it is at a terminal, so that nothing of the person before can be used by the next (Munakata 2023)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.pins import CredentialIndex
from issuance_db.requests import Terminal

_SQL: Final = load("issuance_db", "terminal_turns.sql")


@dataclass(frozen=True, slots=True)
class Turn:
    """A credential, by its keyed hashes, at one terminal of one caller."""

    caller_id: str
    terminal: Terminal
    index: CredentialIndex


async def begin_turn(connection: asyncpg.Connection, turn: Turn, now: datetime) -> None:
    """The person identified at `now` (UTC) has the turn; what was sealed for the one before is over."""
    await connection.execute(_SQL["begin"], *_columns(turn), turn.index.entered, now)


async def has_turn(connection: asyncpg.Connection, turn: Turn) -> bool:
    """Whether nobody else was identified at this terminal since."""
    found: bool = await connection.fetchval(_SQL["is_of"], *_columns(turn), list(turn.index.every))
    return found


async def was_passed_on(connection: asyncpg.Connection, turn: Turn, since: datetime) -> bool:
    """Whether somebody else was identified at this terminal after `since` (UTC)."""
    found: bool = await connection.fetchval(_SQL["passed_on"], *_columns(turn), list(turn.index.every), since)
    return found


def _columns(turn: Turn) -> tuple[str, str, str, str]:
    terminal = turn.terminal
    return turn.caller_id, terminal.operator, terminal.store, terminal.terminal
