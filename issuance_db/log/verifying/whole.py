"""The whole verification of one city, in one snapshot of a live database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.verifying.findings import Finding, row_of
from issuance_db.log.verifying.outside import Outside, OutsideOfAnother
from issuance_db.log.verifying.rows import verify_rows
from issuance_db.log.verifying.steps import verify_steps
from issuance_db.log.verifying.tree import verify_tree

_SQL: Final = load("issuance_db.log.verifying", "verifying.sql")


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at and what was found. `outside` is the size of the longest checkpoint from outside, 0 without one."""

    rows: int
    leaves: int
    outside: int
    findings: Sequence[Finding]


async def verify(
    connection: asyncpg.Connection,
    municipality_code: str,
    outside: Outside,
    *,
    now: datetime,
    batch_limit: timedelta = timedelta(seconds=60),
) -> Verified:
    """Recompute everything. `connection` has a repeatable-read transaction open, as a role that may read history and issuance.

    A row that is no leaf `batch_limit` after it was entered (before `now`, UTC) is a finding. Raises OutsideOfAnother for
    checkpoints of another city's log.
    """
    if any(signed.checkpoint.origin.rpartition("/")[2] != municipality_code for signed in outside.checkpoints):
        raise OutsideOfAnother
    await connection.execute("SET LOCAL TimeZone = 'UTC'")
    await connection.execute("SET LOCAL bytea_output = 'hex'")
    await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", municipality_code)
    leaves, of_the_tree = await verify_tree(connection, municipality_code, outside)
    rows, of_the_rows = await verify_rows(connection, municipality_code)
    waiting = await connection.fetch(_SQL["unbatched"], municipality_code, now - batch_limit)
    unbatched = [Finding("unbatched", row_of(row["table_name"], row["row_key"], None)) for row in waiting]
    findings = [*of_the_rows, *of_the_tree, *await verify_steps(connection, municipality_code), *unbatched]
    longest = max((0, *(signed.checkpoint.size for signed in outside.checkpoints)))
    return Verified(rows, leaves, longest, findings)
