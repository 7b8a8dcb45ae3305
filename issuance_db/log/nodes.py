"""Hashes of subtrees from what is stored: every leaf, and every eighth level above."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.tree import Leaves, Subtree, node_hash, root_of

_SQL: Final = load("issuance_db.log", "log.sql")
STORED_LEVELS: Final = 8
"""Levels 8, 16 … are stored; any other node is made of at most 128 stored ones."""


async def subtree_hashes(
    connection: asyncpg.Connection, municipality_code: str, subtrees: Sequence[Subtree]
) -> list[bytes]:
    """The hash of each of these complete subtrees. Raises LookupError where the stored tree lacks one."""
    return [await _hash_of(connection, municipality_code, subtree) for subtree in subtrees]


async def roots(connection: asyncpg.Connection, municipality_code: str, path: Sequence[Leaves]) -> list[bytes]:
    """The roots over these runs of leaves: a proof, when they are its path. Raises LookupError."""
    return [root_of(await subtree_hashes(connection, municipality_code, list(leaves.subtrees()))) for leaves in path]


async def _hash_of(connection: asyncpg.Connection, municipality_code: str, subtree: Subtree) -> bytes:
    above = subtree.level % STORED_LEVELS
    level, first, count = subtree.level - above, subtree.index << above, 1 << above
    if level == 0:
        rows = await connection.fetch(_SQL["leaves"], municipality_code, first, first + count)
    else:
        rows = await connection.fetch(_SQL["nodes"], municipality_code, level, first, first + count)
    hashes: list[bytes] = [row[0] for row in rows]
    if len(hashes) != count:
        raise LookupError("the stored tree has a gap")
    while len(hashes) > 1:
        hashes = [node_hash(hashes[place], hashes[place + 1]) for place in range(0, len(hashes), 2)]
    return hashes[0]
