"""What the register and 発行用住民票 say in the end, whichever numbers were lost on the way: two runs of one town are held against each other by it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from tests.servers import Database

_TABLES: Final = (
    "registry.person_history", "registry.person_history_second_tier", "registry.person", "registry.household_history",
    "registry.household", "registry.event", "registry.follow_up", "registry.outbox", "registry.draft", "registry.draft_step", "registry.draft_waiting",
    "registry.resident_code_given", "registry.search_key", "registry.uncertain_birth",
    "issuance.resident_record", "issuance.resident_record_extension", "issuance.resident_key", "issuance.suppression",
    "issuance.person_held_back",
)  # fmt: skip
_OF_ITS_RUN: Final = frozenset({
    "my_number_sealed", "outbox_id", "transaction_id", "written_at", "fetched_at", "given_at", "projected_at", "since", "content", "based_on",
})  # fmt: skip
"""Sealed anew each time, the time of the clock, or a second telling of what another table says in numbers."""
_PLACES: Final = {
    "person": "SELECT person_number FROM registry.person ORDER BY 1",
    "household": "SELECT household_number FROM registry.household ORDER BY 1",
    "event": "SELECT event_id FROM registry.event ORDER BY 1",
    "draft": "SELECT draft_id FROM registry.draft ORDER BY 1",
    "code": "SELECT resident_code FROM registry.resident_code_given",  # their places tell nothing
}


async def state_digests(database: Database) -> dict[str, str]:
    """By table, the SHA-256 of what it says: numbers by their places among those that exist, codes drawn by chance as drawn."""
    connection = await asyncpg.connect(database.dsn())
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            places = {
                what: {row[0]: place for place, row in enumerate(await connection.fetch(sql))}
                for what, sql in _PLACES.items()
            }
            return {table: await _digest(connection, table, places) for table in _TABLES}
    finally:
        await connection.close()


async def _digest(connection: asyncpg.Connection, table: str, places: Mapping[str, Mapping[Any, int]]) -> str:
    rows = [json.loads(row[0]) for row in await connection.fetch(f"SELECT to_jsonb(t)::text FROM {table} AS t")]
    told = sorted(json.dumps(_told(row, places), ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _told(row: Mapping[str, Any], places: Mapping[str, Mapping[Any, int]]) -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "person_number": "person", "head_person_number": "person", "household_number": "household", "event_id": "event",
        "reverses_event_id": "event", "draft_id": "draft", "number": row.get("subject"), "key": row.get("item"),
    }  # fmt: skip
    told = {column: value for column, value in row.items() if column not in _OF_ITS_RUN}
    for column, kind in kinds.items():
        if column in told and kind in places:
            told[column] = places[kind].get(told[column])
    return {
        column: "drawn" if isinstance(value, str) and value in places["code"] else value
        for column, value in told.items()
    }
