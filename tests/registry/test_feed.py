"""What others are fed: from any point, twice, in any overlap with a snapshot, a consumer ends with the same state."""

import re

import asyncpg
import pytest

from registry.residents import (
    FeedEntry,
    FollowedState,
    Position,
    SnapshotBroken,
    State,
    city_transaction,
    export_snapshot,
    feed_after,
    number_of,
    read_snapshot,
)
from registry.residents.event_json import record_to_plain
from tests.registry.office import CITY, HOME, Office, someone

ONE, TWO, THREE = (number_of(serial) for serial in (1, 2, 3))
OTHER = number_of(2)
_START = Position()


async def _lived(office: Office) -> None:
    """A family with a move, a death, a split, a pair, and a cancellation."""
    await office.load(someone(1, further={"telephone": "0284"}), someone(2, "妻"), someone(3, "子"))
    await office.file("HS", {THREE: {"household_number": OTHER, "relationship": "世帯主"}})
    await office.file("RF", {TWO: {}})
    died = await office.file("DE", {ONE: {}}, identity_check=None)
    await office.file("UN+", reverses=died.event_id)


async def _all(office: Office, position: Position = _START, limit: int = 1000) -> list[FeedEntry]:
    entries: list[FeedEntry] = []
    while True:
        async with city_transaction(office.connection, CITY):
            found, position = await feed_after(office.connection, CITY, position, limit)
        if not found:
            return entries
        entries += found


def _followed(entries: list[FeedEntry], state: FollowedState | None = None) -> FollowedState:
    state = FollowedState() if state is None else state
    for entry in entries:
        state.apply(entry)
    return state


async def _snapshot(office: Office, connection: asyncpg.Connection | None = None) -> list[str]:
    connection = connection or office.connection
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", CITY)
        return [line async for line in export_snapshot(connection, CITY)]


async def test_each_event_feeds_the_full_state_of_everybody_it_moved(office: Office) -> None:
    await _lived(office)
    entries = await _all(office)
    told = [(entry.kind, entry.number, entry.sequence) for entry in entries if entry.subject == "person"]
    assert told == [
        ("IL", ONE, 1), ("IL", TWO, 1), ("IL", THREE, 1), ("HS", THREE, 2), ("RF", TWO, 2), ("RF", TWO, 3), ("DE", ONE, 2),
        ("UN+", ONE, 3),
    ]  # fmt: skip
    assert [entry.record.state for entry in entries if entry.record and entry.number == ONE] == [
        State.RESIDENT, State.REMOVED, State.RESIDENT,
    ]  # fmt: skip
    assert entries[0].record == someone(1, further={"telephone": "0284"})
    heads = [(entry.number, entry.sequence, entry.head) for entry in entries if entry.subject == "household"]
    assert heads == [(HOME, 1, ONE), (HOME, 2, ONE), (OTHER, 1, THREE), (HOME, 3, ONE), (HOME, 4, None), (HOME, 5, ONE)]


async def test_a_replay_from_any_point_ends_in_the_same_state(office: Office) -> None:
    await _lived(office)
    entries = await _all(office)
    whole = _followed(entries)
    assert {number: sequence for number, (sequence, _) in whole.persons.items()} == {ONE: 3, TWO: 3, THREE: 2}
    assert whole.persons[ONE][1] == (await office.person(ONE)).record
    assert await _all(office, limit=1) == entries
    for start in range(len(entries)):
        again = _followed(entries[start:], _followed(entries[: start + 2]))
        assert again == whole
    assert _followed(list(reversed(entries))) == whole


async def test_a_new_consumer_begins_with_a_snapshot_and_goes_on(office: Office) -> None:
    await _lived(office)
    lines = await _snapshot(office)
    state, position = read_snapshot(lines)
    assert state == _followed(await _all(office))
    await office.file("MI", {TWO: {"name": "見本　改"}})
    rest = await _all(office, position)
    assert [(entry.number, entry.sequence) for entry in rest] == [(TWO, 4), (HOME, 6)]
    assert _followed(rest, state) == _followed(await _all(office))


async def test_an_event_that_commits_while_the_snapshot_is_taken_comes_after_it(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    other = Office(office.database, await office.database.connect("registry"))
    slow = other.connection.transaction()
    await slow.start()
    await other.file("MI", {TWO: {"name": "見本　遅"}})
    lines = await _snapshot(office)
    await slow.commit()
    state, position = read_snapshot(lines)
    assert state.persons[TWO][0] == 1
    assert _followed(await _all(office, position), state).persons[TWO][0] == 2


async def test_nothing_appears_behind_a_position(office: Office) -> None:
    """Two transactions commit in reverse order: the later number is not passed on before the earlier one."""
    await office.load(someone(1), someone(2, "世帯主", household_number=OTHER))
    other = Office(office.database, await office.database.connect("registry"))
    first = other.connection.transaction()
    await first.start()
    await other.file("MI", {ONE: {"name": "見本　先"}})
    await office.file("MI", {TWO: {"name": "見本　後"}})
    entries = await _all(office)
    assert [(entry.kind, entry.number) for entry in entries if entry.subject == "person"] == [("IL", ONE), ("IL", TWO)]
    await first.commit()
    assert [entry.number for entry in await _all(office) if entry.subject == "person" and entry.kind == "MI"] == [
        ONE,
        TWO,
    ]


async def test_what_an_earlier_transaction_records_later_comes_first_and_the_sequence_decides(office: Office) -> None:
    """Several events in one transaction: the second one is of somebody whom another transaction moved meanwhile."""
    await office.load(someone(1), someone(2, "世帯主", household_number=OTHER))
    _, position = read_snapshot(await _snapshot(office))
    early = Office(office.database, await office.database.connect("registry"))
    joined = early.connection.transaction()
    await joined.start()
    await early.file("MI", {ONE: {"name": "見本　先"}})
    await office.file("MI", {TWO: {"name": "見本　中"}})
    await early.file("MI", {TWO: {"name": "見本　後"}})
    await joined.commit()
    entries = await _all(office, position)
    assert [(entry.number, entry.sequence) for entry in entries if entry.record] == [(ONE, 2), (TWO, 3), (TWO, 2)]
    followed = _followed(entries)
    assert followed.persons[TWO][1].name == (await office.person(TWO)).record.name == "見本　後"


@pytest.mark.parametrize("spoil", ["cut", "changed", "nonsense", "renamed", "position", "city", "longer"])
async def test_a_broken_snapshot_is_refused(office: Office, spoil: str) -> None:
    await _lived(office)
    lines = await _snapshot(office)
    if spoil == "cut":
        lines = lines[:-2]
    elif spoil == "changed":
        lines = [line.replace("見本　2", "見本　9") for line in lines]
    elif spoil == "renamed":
        lines = [line.replace('"number"', '"nummer"') for line in lines]
    elif spoil == "position":
        lines[0] = re.sub(r'"transaction_id":(\d+)', lambda found: f'"transaction_id":{int(found[1]) + 1}', lines[0])
    elif spoil == "city":
        lines[0] = lines[0].replace(CITY, "092011")
    elif spoil == "longer":
        lines += lines[1:2]
    else:
        lines[1] = lines[1][:20]
    with pytest.raises(SnapshotBroken):
        read_snapshot(lines)


async def test_a_city_is_fed_its_own_people_only(office: Office) -> None:
    await office.load(someone(1))
    elsewhere = Office(office.database, await office.database.connect("registry"), "092011")
    async with city_transaction(elsewhere.connection, "092011"):
        assert await feed_after(elsewhere.connection, "092011", Position()) == ((), Position())
    assert "my_number" not in record_to_plain(someone(1))
