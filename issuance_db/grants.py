"""What each login role may do, read from the database itself; ``docs/grants`` carries it, and a test compares.

`python -m issuance_db.grants URL docs/grants` writes those pages.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.roles import ROLES

_SQL: Final = load("issuance_db", "grants.sql")
SCHEMAS: Final = ("shared", "registry", "jukinet", "midserver", "atena", "issuance", "history")


@dataclass(frozen=True, slots=True)
class Grant:
    """One object and what one role may do with it. Role ``-`` would be everybody."""

    role: str
    object: str
    privileges: str


async def granted(connection: asyncpg.Connection) -> Sequence[Grant]:
    """Every privilege of every login role, by role and object."""
    rows = await connection.fetch(_SQL["granted"], list(SCHEMAS), list(ROLES))
    return [Grant(row["role"], row["object"], row["privileges"]) for row in rows]


def as_markdown(role: str, grants: Sequence[Grant]) -> str:
    """The page of one role, as it stands in ``docs/grants``."""
    rows = [f"| `{grant.object}` | {grant.privileges} |" for grant in grants if grant.role == role]
    table = ["| object | may |", "|---|---|", *rows] if rows else ["Nothing but to connect."]
    return "\n".join([f"# {role}", "", *table]) + "\n"


async def _write(dsn: str, directory: Path) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        grants = await granted(connection)
    finally:
        await connection.close()
    for role in ROLES:
        (directory / f"{role}.md").write_text(as_markdown(role, grants), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write(sys.argv[1], Path(sys.argv[2])))
