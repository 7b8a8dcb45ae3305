"""What the log knows of its witness: the checkpoint to show next, with its proof, and what was accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.nodes import roots
from issuance_db.log.note import Signature, SignedCheckpoint
from issuance_db.log.tree import consistency_path

_SQL: Final = load("issuance_db.log", "log.sql")


@dataclass(frozen=True, slots=True)
class Lag:
    """Since when (UTC) the oldest row waits for the batcher, and the oldest checkpoint for the witness; None: nothing waits."""

    unbatched_since: datetime | None
    unwitnessed_since: datetime | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """How far a witness has accepted, and when (UTC) it last did."""

    size: int
    at: datetime | None


async def lag(connection: asyncpg.Connection) -> Lag:
    """How far batcher and witness are behind, in the city of the transaction."""
    row = await connection.fetchrow(_SQL["lag"])
    return Lag(None, None) if row is None else Lag(**dict(row.items()))


async def lag_of(connection: asyncpg.Connection, municipality_code: str) -> Lag:
    """How far batcher and witness are behind in this city, in a transaction of its own."""
    async with connection.transaction(readonly=True):
        await connection.execute(_SQL["enter_city"], municipality_code)
        return await lag(connection)


async def latest_checkpoint(connection: asyncpg.Connection, municipality_code: str) -> SignedCheckpoint | None:
    """The last checkpoint, or None for a log without leaves."""
    row = await connection.fetchrow(_SQL["latest"], municipality_code)
    return None if row is None else SignedCheckpoint.parse(row["note"])


async def accepted_by(connection: asyncpg.Connection, municipality_code: str, witness: str) -> Accepted:
    """How far this witness is, by what it has given us."""
    row = await connection.fetchrow(_SQL["accepted"], municipality_code, witness)
    return Accepted(0, None) if row is None else Accepted(row["tree_size"], row["accepted_at"])


async def consistency_proof(
    connection: asyncpg.Connection, municipality_code: str, old_size: int, size: int
) -> Sequence[bytes]:
    """That the tree of `size` leaves begins with that of `old_size`. Raises LookupError where the stored tree has a gap."""
    if old_size == 0:
        return ()
    return await roots(connection, municipality_code, consistency_path(old_size, size))


@dataclass(frozen=True, slots=True)
class LeavesPart:
    """Leaf hashes up to the next checkpoint, with it."""

    leaves: Sequence[bytes]
    signed: SignedCheckpoint


async def leaves_after(connection: asyncpg.Connection, municipality_code: str, size: int) -> LeavesPart | None:
    """The leaves of the first batch that ends after the tree of `size` leaves, or None where there is none."""
    row = await connection.fetchrow(_SQL["next_checkpoint"], municipality_code, size)
    if row is None:
        return None
    rows = await connection.fetch(_SQL["leaves"], municipality_code, size, row["tree_size"])
    return LeavesPart([leaf["leaf_hash"] for leaf in rows], SignedCheckpoint.parse(row["note"]))


async def add_cosignature(
    connection: asyncpg.Connection, municipality_code: str, size: int, signature: Signature
) -> None:
    """Keep what a witness gave for a checkpoint."""
    await connection.execute(_SQL["add_cosignature"], municipality_code, size, signature.name, str(signature))


async def open_alert_once(connection: asyncpg.Connection, municipality_code: str, cause: str, detail: str) -> None:
    """Open an alert, unless one of this cause was opened since a witness last accepted anything."""
    await connection.execute(_SQL["open_alert_once"], municipality_code, cause, detail)


async def cosignatures(
    connection: asyncpg.Connection, municipality_code: str, limit: int = 10
) -> Sequence[tuple[str, int, datetime]]:
    """The latest cosignatures: witness, tree size, when it came (UTC)."""
    rows = await connection.fetch(_SQL["cosignatures"], municipality_code, limit)
    return [(row["witness"], row["tree_size"], row["accepted_at"]) for row in rows]
