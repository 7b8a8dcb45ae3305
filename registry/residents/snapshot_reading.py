"""Reading a snapshot that `feed.export_snapshot` wrote, as a new consumer does."""

import json
from collections.abc import Iterable
from typing import Any

from civil.errors import KioskError
from registry.residents.event_json import record_from_plain
from registry.residents.feed import FollowedState, Position


class SnapshotBroken(KioskError):
    """スナップショットが途中で切れているか、内容が変わっています。もう一度作り直してください。 /
    The snapshot is cut off or was changed. Export it again."""


def read_snapshot(lines: Iterable[str]) -> tuple[FollowedState, Position]:
    """Return the state and the position to go on from; raises SnapshotBroken unless it is whole, to the letter."""
    state, position, digest = FollowedState(), None, None
    for line in lines:
        plain = _parsed(line)
        if "transaction_id" in plain:
            position = Position(plain["transaction_id"], plain["outbox_id"])
        elif "digest" in plain:
            digest = plain["digest"]
        elif plain.get("subject") == "person":
            state.persons[plain["number"]] = (plain["sequence"], record_from_plain(plain["record"]))
        else:
            state.households[plain["number"]] = (plain["sequence"], plain["head"])
    if position is None or digest != state.digest():
        raise SnapshotBroken
    return state, position


def _parsed(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        raise SnapshotBroken from None
