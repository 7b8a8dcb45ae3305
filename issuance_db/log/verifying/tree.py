"""The tree made anew from its leaves, against stored nodes, stored checkpoints, and checkpoints from outside."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.frontier import Frontier
from issuance_db.log.nodes import STORED_LEVELS
from issuance_db.log.note import NoteMalformed, SignedCheckpoint
from issuance_db.log.tree import Subtree, leaf_hash
from issuance_db.log.verifying.findings import Finding, Row, row_of
from issuance_db.log.verifying.outside import Outside, is_signed

_SQL: Final = load("issuance_db.log.verifying", "verifying.sql")
_MOST_NAMED: Final = 200
LEAF: Final = "leaf"


@dataclass(slots=True)
class Rebuilt:
    """The tree as it grows, and what it must be: the stored nodes and checkpoints, and the roots that signatures vouch for."""

    nodes: dict[tuple[int, int], bytes]
    stored: Mapping[int, SignedCheckpoint]
    vouched: Mapping[int, AbstractSet[bytes]]
    last_signed: int
    witnessed: Sequence[bytes]
    frontier: Frontier = field(default_factory=Frontier)
    since_good: list[Row] = field(default_factory=list)
    good_size: int = 0
    is_contradicted: bool = False
    has_gap: bool = False
    rewritten: int = 0

    def add(self, row: asyncpg.Record) -> Iterator[Finding]:
        """Add one leaf, beside its entry, and compare. Past a gap only leaves and entries can still be compared."""
        number = row["leaf_number"]
        named = row_of(row["table_name"] or LEAF, row["row_key"], number)
        self.since_good.append(named)
        if number != self.frontier.size and not self.has_gap:
            self.has_gap = True
            yield Finding("leaf_missing", named, f"葉 / leaves {self.frontier.size} - {number - 1}")
        if row["commitment"] is None:
            yield Finding("entry_removed", named)
        elif leaf_hash(row["commitment"]) != row["leaf_hash"]:
            yield Finding("entry_changed", named)
        if number >= self.last_signed:
            yield Finding("leaf_unsigned", named)
        if number < len(self.witnessed) and self.witnessed[number] != row["leaf_hash"]:
            self.rewritten += 1
            if self.rewritten <= _MOST_NAMED:
                yield Finding("leaf_rewritten", named)
        completed = [*self.frontier.add(row["leaf_hash"])]
        if not self.has_gap:
            yield from self._nodes(completed)
            yield from self._checkpoint()
            yield from self._vouched()

    def end(self, longest: int) -> Iterator[Finding]:
        """What is left over, and what is missing up to the longest checkpoint."""
        if self.has_gap:
            return
        for place in self.nodes:
            yield Finding("node_changed", Row("node", str(list(place))))
        if longest > self.frontier.size:
            yield Finding("tree_shorter", Row(LEAF), f"葉 / leaves {self.frontier.size} - {longest - 1}")

    def _nodes(self, completed: Sequence[tuple[Subtree, bytes]]) -> Iterator[Finding]:
        for subtree, node in completed:
            if subtree.level and not subtree.level % STORED_LEVELS:
                place = (subtree.level, subtree.index)
                if self.nodes.pop(place, None) != node:
                    yield Finding("node_changed", Row("node", str(list(place))))

    def _checkpoint(self) -> Iterator[Finding]:
        kept = self.stored.get(self.frontier.size)
        if kept is not None and kept.checkpoint.root != self.frontier.root:
            yield Finding("checkpoint_changed", Row("checkpoint", f"[{self.frontier.size}]"))

    def _vouched(self) -> Iterator[Finding]:
        """The first contradiction names the leaves since the last agreement; after it nothing can agree."""
        roots = self.vouched.get(self.frontier.size)
        if roots is None or self.is_contradicted:
            return
        if roots == {self.frontier.root}:
            self.since_good, self.good_size = [], self.frontier.size
            return
        self.is_contradicted = True
        span = f"葉 / leaves {self.good_size} - {self.frontier.size - 1}"
        # With the witness's leaves the rewritten ones have been named.
        for row in [Row(LEAF)] if self.rewritten else self.since_good[:_MOST_NAMED]:
            yield Finding("tree_rewritten", row, span)


async def verify_tree(
    connection: asyncpg.Connection, municipality_code: str, outside: Outside
) -> tuple[int, list[Finding]]:
    """How many leaves there are, and what is wrong with the tree. Runs in the caller's snapshot."""
    stored, findings = await _stored_checkpoints(connection, municipality_code, outside)
    vouched: dict[int, set[bytes]] = defaultdict(set)
    for signed in (*outside.checkpoints, *(signed for signed in stored.values() if _is_vouched(signed, outside))):
        vouched[signed.checkpoint.size].add(signed.checkpoint.root)
    nodes = await connection.fetch(_SQL["nodes"], municipality_code)
    tree = Rebuilt(
        {(row["level"], row["node_index"]): row["hash"] for row in nodes},
        stored,
        vouched,
        max((0, *stored)),
        outside.leaves,
    )
    async for row in connection.cursor(_SQL["leaves"], municipality_code, prefetch=2_000):
        findings += tree.add(row)
    findings += tree.end(max((tree.last_signed, *(signed.checkpoint.size for signed in outside.checkpoints))))
    return tree.frontier.size, findings


def _is_vouched(signed: SignedCheckpoint, outside: Outside) -> bool:
    return any(is_signed(signed, key) for key in outside.log_keys)


async def _stored_checkpoints(
    connection: asyncpg.Connection, municipality_code: str, outside: Outside
) -> tuple[dict[int, SignedCheckpoint], list[Finding]]:
    stored, findings = {}, []
    for row in await connection.fetch(_SQL["checkpoints"], municipality_code):
        where = Row("checkpoint", f"[{row['tree_size']}]")
        try:
            signed = SignedCheckpoint.parse(row["note"])
        except NoteMalformed:
            findings.append(Finding("checkpoint_unsigned", where))
            continue
        if outside.log_keys and not _is_vouched(signed, outside):
            findings.append(Finding("checkpoint_unsigned", where))
        if (signed.checkpoint.size, signed.checkpoint.root) != (row["tree_size"], row["root"]):
            findings.append(Finding("checkpoint_changed", where))
        stored[signed.checkpoint.size] = signed
    return stored, findings
