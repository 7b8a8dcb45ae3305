"""What a check of the books looks for, and what it says when it finds something. No personal data: numbers and request keys only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

import asyncpg

Invariant = Literal["I1", "I2", "I3", "I4", "I5", "I6", "I7"]
"""I1 one answer, one record; I2 the right persons; I3 numbers; I4 every step written; I5 everything ends;
I6 what the resident was told; I7 history is whole."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence twice."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which the books can be wrong. ``name`` is that of its statement, which returns one ``concern`` for each fault."""

    invariant: Invariant
    name: str
    wrong: Words
    fix: Words
    needs: tuple[str, ...] = ("city",)
    """Names of the `Look`'s parameters that the statement takes as $1, $2 …"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken, and the issuance numbers, request keys or subjects it is broken for."""

    rule: Rule
    concerns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How late an ending may be, and how often a session may be used (`kiosk_server.issuing.environment.Limits`)."""

    grace: timedelta = timedelta(minutes=1)
    session_uses: int = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one city (市町村コード) as it is at ``now`` (UTC), over one snapshot."""

    connection: asyncpg.Connection = field(repr=False)
    city: str
    now: datetime
    bounds: Bounds

    async def concerns(self, statements: Mapping[str, str], rule: Rule) -> tuple[str, ...]:
        """What the rule's statement names."""
        values = {
            "city": self.city,
            "now": self.now,
            "late": self.now - self.bounds.grace,
            "session_uses": self.bounds.session_uses,
        }
        rows = await self.connection.fetch(statements[rule.name], *(values[name] for name in rule.needs))
        return tuple(row["concern"] for row in rows)


RESTORE: Final = Words(
    "手で直さず、データベースへ手を入れた人や処理を調べ、無事なバックアップと比べてください。",
    "Do not repair it by hand: find out who or what wrote to the database, and compare with a backup that is whole.",
)
