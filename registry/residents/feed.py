"""What others are fed: the full state of a person or household at each event, from any point, or everything as of now.

A consumer keeps its `Position` with what it has applied, and the sequence of each person and household. It applies an entry whose
sequence is higher than the one it has and drops the others, so that entries may come twice and a snapshot may overlap.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import asyncpg

from civil.sql import load
from registry.residents.event_json import record_to_plain
from registry.residents.person_record import PersonRecord
from registry.residents.rows import history_row

_SQL: Final = load("registry.residents", "queries.sql")
_ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a consumer has read: a transaction and a row of the outbox in it. The beginning is all zeros."""

    transaction_id: int = 0
    outbox_id: int = 0


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One person or household as an event left it. `record` is a person's; `head` is a household's, None for none (世帯主不在)."""

    subject: Literal["person", "household"]
    number: str
    sequence: int
    event_id: int
    kind: str
    record: PersonRecord | None = None
    head: str | None = None


async def feed_after(
    connection: asyncpg.Connection, municipality_code: str, position: Position, limit: int = 1_000
) -> tuple[Sequence[FeedEntry], Position]:
    """Return the next entries and the position after them; the same position where there is nothing new.

    Takes a connection of a transaction whose city is set. Each entry comes once for each position passed, in the order of the
    transactions that wrote them: one person's sequences rise, but where a transaction that had begun to write before another
    one recorded an event of that person after it (several events in one transaction). The sequence decides, not the order.
    """
    rows = await connection.fetch(
        _SQL["feed_after"], municipality_code, str(position.transaction_id), position.outbox_id, limit
    )
    if not rows:
        return (), position
    return [_entry(dict(row)) for row in rows], Position(int(rows[-1]["transaction_id"]), rows[-1]["outbox_id"])


def _entry(row: dict[str, Any]) -> FeedEntry:
    told = {
        name: row.pop(name) for name in ("subject", "number", "sequence", "told_event_id", "kind", "head_person_number")
    }
    del row["transaction_id"], row["outbox_id"]
    return FeedEntry(
        told["subject"], told["number"], told["sequence"], told["told_event_id"], told["kind"],
        history_row(row).record if told["subject"] == "person" else None, told["head_person_number"],
    )  # fmt: skip


@dataclass(slots=True)
class FollowedState:
    """What a consumer knows after what it has applied: the simplest that is right, and what others are compared with."""

    persons: dict[str, tuple[int, PersonRecord]] = field(default_factory=dict)
    households: dict[str, tuple[int, str | None]] = field(default_factory=dict)

    def apply(self, entry: FeedEntry) -> bool:
        """Apply an entry; False where it was known already."""
        if entry.record is not None:
            return _advance(self.persons, entry.number, (entry.sequence, entry.record))
        return _advance(self.households, entry.number, (entry.sequence, entry.head))


def _advance(known: dict[str, Any], number: str, state: tuple[int, object]) -> bool:
    if number in known and known[number][0] >= state[0]:
        return False
    known[number] = state
    return True


def _person_line(number: str, sequence: int, record: PersonRecord) -> str:
    return _line({"subject": "person", "number": number, "sequence": sequence, "record": record_to_plain(record)})


def _household_line(number: str, sequence: int, head: str | None) -> str:
    return _line({"subject": "household", "number": number, "sequence": sequence, "head": head})


def _line(plain: Mapping[str, object]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


async def export_snapshot(connection: asyncpg.Connection, municipality_code: str) -> AsyncIterator[str]:
    """Everything as of now for a new consumer, as lines of JSON: first the position to go on from, then persons, households, and
    the SHA-256 of all lines before.

    Takes a connection of a REPEATABLE READ transaction whose city is set. My Numbers are as they are kept: sealed. What
    commits meanwhile comes after the position, whatever the snapshot showed of it.
    """
    horizon = int(await connection.fetchval(_SQL["horizon"]))
    digest = hashlib.sha256()
    line = _line({"municipality_code": municipality_code, "transaction_id": horizon - 1, "outbox_id": 2**63 - 1})
    digest.update(line.encode())
    yield line
    async for row in connection.cursor(_SQL["all_persons"], municipality_code, prefetch=_ROWS_AT_ONCE):
        found = history_row(dict(row))
        line = _person_line(found.record.person_number, found.history_number, found.record)
        digest.update(line.encode())
        yield line
    async for row in connection.cursor(_SQL["all_households"], municipality_code, prefetch=_ROWS_AT_ONCE):
        line = _household_line(row["household_number"], row["last_sequence"], row["head_person_number"])
        digest.update(line.encode())
        yield line
    yield _line({"digest": digest.hexdigest()})
