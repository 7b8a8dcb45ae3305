"""What must hold of a register at any time, whatever happened in it, read from the database as it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.residents import (
    FeedEntry,
    FollowedState,
    Position,
    city_transaction,
    export_snapshot,
    feed_after,
    read_snapshot,
)
from sync import Projection, compare_with_registry
from tests.registry.office import NOW, Office

_NOTHING = FeedEntry("household", "", 0, 0, "")
# Superusers read the tables: the view over both tiers belongs to an owner who sees nothing without a city.
_ROWS = "(SELECT * FROM registry.person_history UNION ALL SELECT * FROM registry.person_history_second_tier)"
_GAPS = f"""
    SELECT number FROM (
        SELECT 'p' || person_number AS number, count(*) AS rows, max(history_number)::bigint AS newest FROM {_ROWS} AS r
        WHERE municipality_code = $1 GROUP BY person_number
        UNION ALL SELECT 'h' || household_number, count(*), max(sequence) FROM registry.household_history
        WHERE municipality_code = $1 GROUP BY household_number
    ) AS s WHERE rows <> newest
    UNION ALL SELECT p.person_number FROM registry.person AS p
    WHERE p.municipality_code = $1 AND p.last_sequence <> (
        SELECT max(h.history_number) FROM {_ROWS} AS h
        WHERE h.municipality_code = p.municipality_code AND h.person_number = p.person_number
    )
    UNION ALL SELECT o.subject || o.number FROM registry.outbox AS o WHERE o.municipality_code = $1
    GROUP BY o.subject, o.number HAVING count(DISTINCT o.sequence) <> max(o.sequence)
"""
_HEADS = """
    SELECT u.household_number, u.head_person_number AS head, m.heads, m.members
    FROM registry.household AS u
    LEFT JOIN LATERAL (
        SELECT array_agg(h.person_number) FILTER (WHERE h.relationship = '世帯主') AS heads, count(*) AS members
        FROM registry.person AS p
        JOIN registry.person_history AS h ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number
            AND h.history_number = p.last_sequence AND h.removed_in = p.removed_in
        WHERE p.municipality_code = u.municipality_code AND p.household_number = u.household_number AND p.in_register
    ) AS m ON true
    WHERE u.municipality_code = $1 AND (
        coalesce(cardinality(m.heads), 0) > 1 OR u.head_person_number IS DISTINCT FROM m.heads[1]
    )
"""
_MOVEMENT = f"""
    SELECT coalesce(sum((now_in AND NOT was_in)::int), 0) AS entered, coalesce(sum((was_in AND NOT now_in)::int), 0) AS removed
    FROM (
        SELECT h.state <> 'removed' AS now_in, h.event_id,
            coalesce(lag(h.state) OVER (PARTITION BY h.person_number ORDER BY h.history_number) <> 'removed', false) AS was_in
        FROM {_ROWS} AS h
        WHERE h.municipality_code = $1
    ) AS s
    WHERE event_id > $2
"""


async def population(office: Office) -> int:
    """How many are in the register, planned movers included."""
    (row,) = await office.rows(
        "SELECT count(*) AS people FROM registry.person WHERE municipality_code = $1 AND in_register", office.city
    )
    return int(row["people"])


async def newest_event(office: Office) -> int:
    """The number of the newest event; 0 of none."""
    (row,) = await office.rows(
        "SELECT coalesce(max(event_id), 0) AS newest FROM registry.event WHERE municipality_code = $1", office.city
    )
    return int(row["newest"])


async def movement(office: Office, since_event: int) -> Counter[str]:
    """How many rows entered and how many removed somebody since an event: pairs count on both sides."""
    (row,) = await office.rows(_MOVEMENT, office.city, since_event)
    return Counter(row)


async def require_sound(office: Office) -> None:
    """No gap in any sequence, one row for each living person, and one head or a named absence in each household."""
    assert await office.rows(_GAPS, office.city) == []
    assert await office.rows(_HEADS, office.city) == []


@dataclass(slots=True)
class Follower:
    """A consumer of the feed, and how far it has read."""

    state: FollowedState = field(default_factory=FollowedState)
    position: Position = field(default_factory=Position)

    async def catch_up(self, office: Office) -> None:
        """Take everything there is."""
        entries: Sequence[FeedEntry] = [_NOTHING]
        while entries:
            async with city_transaction(office.connection, office.city):
                entries, self.position = await feed_after(office.connection, office.city, self.position)
            for entry in entries:
                self.state.apply(entry)


async def snapshot(office: Office) -> FollowedState:
    """A consumer that began with a snapshot of now."""
    async with office.connection.transaction(isolation="repeatable_read", readonly=True):
        await office.connection.execute("SELECT set_config('kiosk.municipality', $1, true)", office.city)
        lines = [line async for line in export_snapshot(office.connection, office.city)]
    return read_snapshot(lines)[0]


async def require_fed_alike(office: Office, follower: Follower | None = None, *, rebuild: bool) -> None:
    """Whoever was fed all along and from a snapshot holds the same; so does F6, and one built from nothing with `rebuild`.

    With no follower a new one is fed everything from the beginning.
    """
    follower = follower or Follower()
    await follower.catch_up(office)
    assert follower.state == await snapshot(office)
    projection = Projection(office.database.dsn("sync"), [office.city], lambda: NOW)
    await projection.catch_up()
    sync = await office.database.connect("sync", office.city)
    try:
        async with sync.transaction():
            difference = await compare_with_registry(sync)
        assert (difference.missing, difference.extra, difference.different) == ((), (), ())
        if rebuild:
            before = await _issuance_records(office)
            await projection.rebuild()
            assert await _issuance_records(office) == before
    finally:
        await sync.close()


async def _issuance_records(office: Office) -> list[dict[str, Any]]:
    return await office.rows(
        "SELECT md5(string_agg(r::text, '|' ORDER BY r.person_number)) AS digest, count(*) AS records "
        "FROM issuance.resident_record AS r WHERE r.municipality_code = $1",
        office.city,
    )
