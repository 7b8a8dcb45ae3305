"""Reading a snapshot that `feed.export_snapshot` wrote, as a new consumer does."""

import hashlib
import json
from collections.abc import Iterable

from civil.errors import KioskError
from registry.residents.event_json import record_from_plain
from registry.residents.feed import FollowedState, Position


class SnapshotBroken(KioskError):
    """スナップショットが途中で切れているか、内容が変わっています。もう一度作り直してください。 /
    The snapshot is cut off or was changed. Export it again."""


def read_snapshot(lines: Iterable[str]) -> tuple[FollowedState, Position]:
    """Return the state and the position to go on from; raises SnapshotBroken unless it is whole, to the letter."""
    try:
        return _read(lines)
    except (KeyError, TypeError, ValueError):
        raise SnapshotBroken from None


def _read(lines: Iterable[str]) -> tuple[FollowedState, Position]:
    state, position, said, digest = FollowedState(), None, None, hashlib.sha256()
    for line in lines:
        plain = json.loads(line)
        if said is not None:
            raise SnapshotBroken
        if "digest" in plain:
            said = plain["digest"]
            continue
        digest.update(line.encode())
        if "transaction_id" in plain:
            position = Position(plain["transaction_id"], plain["outbox_id"])
        elif plain["subject"] == "person":
            state.persons[plain["number"]] = (plain["sequence"], record_from_plain(plain["record"]))
        else:
            state.households[plain["number"]] = (plain["sequence"], plain["head"])
    if position is None or said != digest.hexdigest():
        raise SnapshotBroken
    return state, position
