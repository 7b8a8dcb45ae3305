"""The live processes of every node on this database: each enters itself, renews its row, and reads the others'."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from civil.sql import load

_SQL: Final = load("issuance_db", "nodes.sql")


@dataclass(frozen=True, slots=True)
class NewNode:
    """What a process says of itself. `build` and `settings` map each part to its digest, version or value."""

    node_id: UUID
    host: str
    process: str
    build_digest: bytes
    build: Mapping[str, str]
    settings: Mapping[str, str]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class LiveNode:
    """A process that was seen lately."""

    node_id: UUID
    host: str
    process: str
    build_digest: bytes
    settings: Mapping[str, str]
    last_seen_at: datetime


async def be_seen(connection: asyncpg.Connection, node: NewNode, gone_after: timedelta) -> None:
    """Say that the process is still here; one that is new, or was not seen for `gone_after`, enters as the last of all."""
    # Without the lock of entering: a process that is stopped in the middle of it must not keep the others from their beat.
    if await connection.fetchval(_SQL["renew"], node.node_id, gone_after) is None:
        await _enter(connection, node)


async def say_settings(connection: asyncpg.Connection, node: NewNode) -> None:
    """Say what became otherwise while the process runs; nothing happens for one that has not entered."""
    await connection.execute(_SQL["say_settings"], node.node_id, json.dumps(dict(node.settings)))


async def _enter(connection: asyncpg.Connection, node: NewNode) -> None:
    async with connection.transaction():
        await connection.execute(_SQL["lock"])
        if await connection.fetchval(_SQL["come_back"], node.node_id) is not None:
            return
        await connection.execute(_SQL["forget"])
        await connection.execute(
            _SQL["join"],
            node.node_id,
            node.host,
            node.process,
            node.build_digest,
            json.dumps(dict(node.build)),
            json.dumps(dict(node.settings)),
            node.started_at,
        )


async def live_nodes(connection: asyncpg.Connection, gone_after: timedelta) -> Sequence[LiveNode]:
    """Every process seen within `gone_after` by the clock of the database, the one live for longest first."""
    rows = await connection.fetch(_SQL["live"], gone_after)
    return [
        LiveNode(
            node_id=row["node_id"],
            host=row["host"],
            process=row["process"],
            build_digest=row["build_digest"],
            settings=json.loads(row["settings"]),
            last_seen_at=row["last_seen_at"],
        )
        for row in rows
    ]


async def build_of(connection: asyncpg.Connection, node_id: UUID) -> Mapping[str, str]:
    """The parts of a node's build; empty when it has gone."""
    found = await connection.fetchval(_SQL["build"], node_id)
    return {} if found is None else dict(json.loads(found))


async def leave(connection: asyncpg.Connection, node_id: UUID) -> None:
    """Take out a process that ends."""
    await connection.execute(_SQL["leave"], node_id)
