"""The place of an issuance in the published status list of its month: random, and never given twice."""

import secrets
from datetime import date
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

CAPACITY: Final = 1 << 18
"""Places of a list, whether they are taken or not: what is published says nothing of how many are."""

SECRET_BYTES: Final = 8
_SQL: Final = load("issuance_db", "seal_places.sql")
_DRAWN: Final = (4, 64, 64)
"""Indexes tried by each statement: one of 64 in a hundred million finds none in a list three quarters full."""


class StatusListFull(KioskError):
    """この月の状態リストに空きがありません。 / The status list of this month has no place left."""


def status_list_of(issue_date: date) -> str:
    """The list that tells of what is issued on this JST date: its month, as 2026-11."""
    return f"{issue_date:%Y-%m}"


async def take_place(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str, issue_date: date
) -> tuple[int, bytes]:
    """Index and secret for an intent that is proposed in this transaction. Raises StatusListFull."""
    secret = secrets.token_bytes(SECRET_BYTES)
    for number in _DRAWN:
        drawn = [secrets.randbelow(CAPACITY) for _ in range(number)]
        index = await connection.fetchval(
            _SQL["take"], municipality_code, status_list_of(issue_date), drawn, secret, issuance_number
        )
        if index is not None:
            return index, secret
    raise StatusListFull
