"""What each login role may do, read from the database itself; ``docs/database.md`` carries this list and a test compares."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
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


def as_markdown(grants: Sequence[Grant]) -> str:
    """One table per role, as it stands in ``docs/database.md``."""
    sections = []
    for role in ROLES:
        rows = [f"| `{grant.object}` | {grant.privileges} |" for grant in grants if grant.role == role]
        table = ["| object | may |", "|---|---|", *rows] if rows else ["Nothing but to connect."]
        sections.append("\n".join([f"### {role}", "", *table]))
    return "\n\n".join(sections) + "\n"


async def _print(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        sys.stdout.write(as_markdown(await granted(connection)))
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(_print(sys.argv[1]))
