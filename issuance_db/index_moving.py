"""PINs, counters and what was charged, moved from older hashes of their credential to the one for what is new. Role staff only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.pins import CredentialIndex, hold

_SQL: Final = load("issuance_db", "index_moving.sql")

CertificateColumns = tuple[str, str]
"""Key id of the issuer and serial."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows were moved."""

    pins: int = 0
    tries: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        """Both."""
        return Moved(self.pins + other.pins, self.tries + other.tries)


async def certificates_after(
    connection: asyncpg.Connection, last: CertificateColumns, most: int
) -> Sequence[CertificateColumns]:
    """The next registered user certificates after `last` in the order of their keys, in the city of this transaction."""
    rows = await connection.fetch(_SQL["certificates_after"], *last, most)
    return [(row["issuer_key_id"], row["serial"]) for row in rows]


async def user_ids_after(connection: asyncpg.Connection, last: str, most: int) -> Sequence[str]:
    """As `certificates_after`, of 利用者ID."""
    return [row["user_id"] for row in await connection.fetch(_SQL["user_ids_after"], last, most)]


async def move(connection: asyncpg.Connection, indexes: Sequence[CredentialIndex]) -> Moved:
    """Move what lies under another hash than `entered`, as staff, in one transaction; tries of these credentials wait for it."""
    await hold(connection, indexes)
    standing = [one for index in indexes for one in index.every]
    entered = [index.entered for index in indexes for _ in index.every]
    # The counter before the PIN, as staff at the counter take them: two that meet do not wait for each other.
    tries = await connection.fetch(_SQL["move_tries"], standing, entered)
    return Moved(len(await connection.fetch(_SQL["move_pins"], standing, entered)), len(tries))
