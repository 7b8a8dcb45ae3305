"""This process among the live ones of every node: all of one edition, or whoever came later does not serve."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from issuance_db.nodes import LiveNode, NewNode, be_seen, build_of, leave, live_nodes, say_settings
from kiosk_server.checks.edition import Edition, build_parts, settings_parts
from kiosk_server.checks.keys_of_nodes import differing_keys, key_parts, without_keys
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

BEAT_SECONDS: Final = 2.0
GONE_AFTER: Final = timedelta(seconds=4 * BEAT_SECONDS)
"""Who was not seen for four beats, by the clock of the database, counts as gone."""
PATIENCE_SECONDS: Final = GONE_AFTER.total_seconds() + BEAT_SECONDS
_SHOWN_PARTS: Final = 6
_FIX: Final = (
    "全ノードに同じ版と設定を入れ、全プロセスを止めてから起動してください。",
    "Install the same version with the same settings on every node, and stop every process before the first starts again.",
)

_SAME_KEYS: Final = (
    "全ノードの鍵ファイルを同じにしてください。取り込めば自動で再開します。",
    "Give every node the same key file. Service resumes by itself once it is taken up.",
)

MoreSettings = Callable[[], Awaitable[Mapping[str, str]]]
"""What else processes of this kind must have alike."""


async def _nothing_more() -> Mapping[str, str]:
    return {}


class Membership:
    """One process's place among the live ones. `visits` only compares, and enters nothing: for `kiosk doctor`."""

    def __init__(self, more: MoreSettings = _nothing_more, *, visits: bool = False) -> None:
        self._more = more
        self._visits = visits
        self._edition: Edition | None = None
        self._node: NewNode | None = None
        self._first: tuple[UUID, datetime] | None = None

    async def look(self, surroundings: Surroundings) -> str:
        """Renew our place and compare ourselves with who has been live for longest. Raises Wrong."""
        connection = await surroundings.database()
        edition = await self._own_edition(surroundings)
        keys = key_parts(surroundings.key_file)
        if not self._visits:
            await self._be_seen(connection, edition, keys, surroundings)
        live = await live_nodes(connection, GONE_AFTER)
        if live and not self._is_ours(live[0].node_id):
            await self._require_same(connection, edition, live[0])
        for node in live:
            if differing := sorted(differing_keys(keys, node.settings, surroundings.clock())):
                raise Wrong(_lacks(node, differing))
        return f"{len(live)} プロセス / processes, {edition.build_digest.hex()[:12]}"

    async def leave(self, surroundings: Surroundings) -> None:
        """Take our place out; a database that is gone keeps it until it is stale."""
        if self._node is not None:
            await leave(await surroundings.database(), self._node.node_id)

    async def _own_edition(self, surroundings: Surroundings) -> Edition:
        # Read once: what we are is what we were started from, whatever lies on the disk afterwards.
        if self._edition is None:
            build = await asyncio.to_thread(build_parts)
            settings = settings_parts(surroundings.settings)
            self._edition = Edition(build, {**settings, **await self._more()})
        return self._edition

    async def _be_seen(
        self,
        connection: asyncpg.Connection,
        edition: Edition,
        keys: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        said = {**edition.settings, **keys}
        if self._node is None:
            self._node = NewNode(
                uuid4(), socket.gethostname(), surroundings.process, edition.build_digest, edition.build, said,
                surroundings.clock(),
            )  # fmt: skip
        elif self._node.settings != said:
            self._node = replace(self._node, settings=said)
            await say_settings(connection, self._node)
        await be_seen(connection, self._node, GONE_AFTER)

    async def _require_same(self, connection: asyncpg.Connection, ours: Edition, first: LiveNode) -> None:
        differing = await _differences(connection, ours, first)
        if differing:
            # What was killed is never seen again, and falls out; what has been seen since our first look serves.
            known, self._first = self._first, (first.node_id, first.last_seen_at)
            is_alive = known is not None and known[0] == first.node_id and known[1] < first.last_seen_at
            raise Wrong(_differs(first, differing), lasts=is_alive)

    def _is_ours(self, node_id: UUID) -> bool:
        return self._node is not None and self._node.node_id == node_id


async def _differences(connection: asyncpg.Connection, ours: Edition, theirs: LiveNode) -> list[str]:
    said = without_keys(theirs.settings)
    shared = sorted(ours.settings.keys() & said.keys())
    differing = [name for name in shared if ours.settings[name] != said[name]]
    if ours.build_digest != theirs.build_digest:
        build = await build_of(connection, theirs.node_id)
        differing += [
            name for name in sorted(ours.build.keys() | build.keys()) if ours.build.get(name) != build.get(name)
        ]
    return differing


def _differs(first: LiveNode, differing: list[str]) -> Fault:
    where = f"{first.host} ({first.process})"
    return Fault(
        f"先に動いている {where} と版または設定が違います: {_listed(differing, ' 他 {} 件')}。",
        f"Not of the same edition as {where}, which has been live for longer; different are: "
        f"{_listed(differing, ' and {} more')}.",
        *_FIX,
    )


def _lacks(other: LiveNode, lacking: list[str]) -> Fault:
    where = f"{other.host} ({other.process})"
    return Fault(
        f"{where} にある有効な鍵がないか、別の鍵があります: {_listed(lacking, ' 他 {} 件')}。",
        f"Lacks keys in force that {where} has, or has others in their place: {_listed(lacking, ' and {} more')}.",
        *_SAME_KEYS,
    )


def _listed(names: list[str], and_more: str) -> str:
    more = len(names) - _SHOWN_PARTS
    return ", ".join(names[:_SHOWN_PARTS]) + (and_more.format(more) if more > 0 else "")
