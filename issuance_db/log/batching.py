"""The batcher of one city: makes every new history row a leaf, and signs a checkpoint over the tree, in one transaction.

Issuing never waits for it: it reads what has committed. It works by transaction ids and not by row numbers, because rows
commit out of order: what its snapshot did not show is found by the next batch, whatever its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.clock import Clock
from civil.errors import KioskError
from civil.sql import load
from issuance_db.log.frontier import Frontier, subtrees_of
from issuance_db.log.nodes import STORED_LEVELS, subtree_hashes
from issuance_db.log.note import Checkpoint, CheckpointSigner, SignedCheckpoint
from issuance_db.log.tree import Subtree, leaf_hash

_SQL: Final = load("issuance_db.log", "log.sql")
MOST_ROWS: Final = 5_000


class LogDamaged(KioskError):
    """履歴ログの保存データが最後のチェックポイントと一致しません。追記を止めました。kiosk log verify で確かめてください。 /
    The stored log is not the one of its last checkpoint, so nothing is added to it. Run: kiosk log verify."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: how many leaves it added, and whether more are waiting."""

    added: int
    is_full: bool


class CityBatcher:
    """Batches one city over one connection, which must be its own. `signer.name` is the log's origin."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        municipality_code: str,
        signer: CheckpointSigner,
        clock: Clock,
        most_rows: int = MOST_ROWS,
    ) -> None:
        self._connection = connection
        self._city = municipality_code
        self._signer = signer
        self._clock = clock
        self._most_rows = most_rows
        self._frontier = Frontier()

    async def try_to_lead(self) -> bool:
        """Become the one batcher of the city, for as long as the connection lasts; False while another one is."""
        return bool(await self._connection.fetchval(_SQL["try_to_lead"], self._city))

    async def batch(self) -> Batch:
        """Add what has committed. Raises LogDamaged, asyncpg's errors; then nothing was added.

        Two at once collide at the leaf numbers: one of them raises UniqueViolationError.
        """
        async with self._connection.transaction(isolation="repeatable_read"):
            await self._connection.execute(_SQL["enter_city"], self._city)
            # Plans made while the log was short would read all of it for each row, until statistics arrive minutes later.
            await self._connection.execute("DISCARD PLANS")
            position = await self._connection.fetchrow(_SQL["position"], self._city)
            assert position is not None  # noqa: S101 - a SELECT without FROM always gives a row
            rows = await self._connection.fetch(_SQL["fresh"], self._city, position["batched_below"], self._most_rows)
            if not rows:
                return Batch(0, is_full=False)
            # A copy: the memory follows only what was committed.
            frontier = await self._frontier_at(position["tree_size"], position["root"])
            is_full = len(rows) == self._most_rows
            # What a full batch left out has no lower transaction id than its last row.
            ends = [position["horizon"], rows[-1]["transaction_id"]] if is_full else [position["horizon"]]
            horizon = min(int(end) for end in ends)
            await self._add(frontier, rows, str(horizon))
        self._frontier = frontier
        return Batch(len(rows), is_full)

    async def _frontier_at(self, size: int, root: bytes | None) -> Frontier:
        if self._frontier.size == size:
            frontier = Frontier(size, list(self._frontier.hashes))
        else:
            try:
                frontier = Frontier(size, await subtree_hashes(self._connection, self._city, subtrees_of(size)))
            except LookupError:
                raise LogDamaged from None
        if size and frontier.root != root:
            raise LogDamaged
        return frontier

    async def _add(self, frontier: Frontier, rows: Sequence[asyncpg.Record], horizon: str) -> None:
        first, hashes = frontier.size, [leaf_hash(row["commitment"]) for row in rows]
        stored: list[tuple[Subtree, bytes]] = []
        for leaf in hashes:
            stored += [
                (subtree, node)
                for subtree, node in frontier.add(leaf)
                if subtree.level and not subtree.level % STORED_LEVELS
            ]
        transactions, entries = [row["transaction_id"] for row in rows], [row["entry_id"] for row in rows]
        await self._connection.execute(_SQL["add_leaves"], self._city, first, transactions, entries, hashes)
        if stored:
            levels, places = [subtree.level for subtree, _ in stored], [subtree.index for subtree, _ in stored]
            await self._connection.execute(_SQL["add_nodes"], self._city, levels, places, [node for _, node in stored])
        checkpoint = Checkpoint(self._signer.name, frontier.size, frontier.root)
        note = SignedCheckpoint(checkpoint, self._signer.signatures(checkpoint.text, self._clock()))
        await self._connection.execute(
            _SQL["add_checkpoint"], self._city, frontier.size, frontier.root, horizon, str(note)
        )
