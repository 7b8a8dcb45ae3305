"""S2-2: several consumers of the register side by side, each at its own pace and with a lag of its own, end with the same state."""

import hashlib
import json
from dataclasses import dataclass, field

import asyncpg

from registry.residents import (
    FollowedState,
    Position,
    city_transaction,
    export_snapshot,
    feed_after,
    number_of,
    read_snapshot,
)
from registry.residents.event_json import record_to_plain
from tests.registry.office import CITY, Office, someone

PEOPLE = [number_of(serial) for serial in (1, 2, 3)]


@dataclass(slots=True)
class Consumer:
    """Reads over a connection of its own, `pace` entries at a time."""

    connection: asyncpg.Connection
    pace: int
    state: FollowedState = field(default_factory=FollowedState)
    position: Position = field(default_factory=Position)

    async def read(self) -> int:
        """Once; how many of the entries told something new."""
        async with city_transaction(self.connection, CITY):
            entries, self.position = await feed_after(self.connection, CITY, self.position, self.pace)
        return sum(self.state.apply(entry) for entry in entries)

    def lag(self, register: FollowedState) -> int:
        """How many sequence numbers of persons and households it is behind."""
        newest, known = _sequences(register), _sequences(self.state)
        return sum(sequence - known.get(who, 0) for who, sequence in newest.items())


def _sequences(state: FollowedState) -> dict[str, int]:
    persons = {f"person {number}": sequence for number, (sequence, _) in state.persons.items()}
    return persons | {f"household {number}": sequence for number, (sequence, _) in state.households.items()}


def _digest(state: FollowedState) -> str:
    persons = {number: (sequence, record_to_plain(record)) for number, (sequence, record) in state.persons.items()}
    return hashlib.sha256(json.dumps([persons, state.households], sort_keys=True).encode()).hexdigest()


async def _snapshot(office: Office) -> list[str]:
    async with office.connection.transaction(isolation="repeatable_read", readonly=True):
        await office.connection.execute("SELECT set_config('kiosk.municipality', $1, true)", CITY)
        return [line async for line in export_snapshot(office.connection, CITY)]


async def _renamed(office: Office, times: int) -> None:
    """One event after the other, of each person in turn."""
    for turn in range(times):
        await office.file("MI", {PEOPLE[turn % 3]: {"name": f"見本　{turn}"}})


async def test_s2_2_consumers_of_different_beginnings_and_paces_lag_each_by_their_own_and_end_equal(
    office: Office,
) -> None:
    await office.load(*(someone(serial, "世帯主" if serial == 1 else "子") for serial in (1, 2, 3)))
    slow = Consumer(await office.database.connect("registry"), 1)
    await _renamed(office, 3)
    # One event is under way, in a transaction as old as the snapshot's horizon, and commits after it.
    late = Office(office.database, await office.database.connect("registry"))
    under_way = late.connection.transaction()
    await under_way.start()
    await late.file("MI", {PEOPLE[2]: {"name": "見本　遅"}})
    quick = Consumer(await office.database.connect("registry"), 100, *read_snapshot(await _snapshot(office)))
    await under_way.commit()

    lags = []
    for _ in range(6):
        await _renamed(office, 1)
        await slow.read()
        register, _ = read_snapshot(await _snapshot(office))
        lags.append((slow.lag(register), quick.lag(register)))
        if len(lags) % 2 == 0:
            await quick.read()
    # Each event is two numbers: of the person and of the household. Nobody's reading moves the other's lag.
    first = lags[0][0]
    assert lags == [(first + time, quick_lag) for time, quick_lag in enumerate((4, 6, 2, 4, 2, 4))]

    register, _ = read_snapshot(await _snapshot(office))
    assert (slow.lag(register), quick.lag(register)) == (lags[-1][0], 0)
    assert _digest(slow.state) != _digest(quick.state) == _digest(register)
    for left in reversed(range(lags[-1][0])):
        assert (await slow.read(), slow.lag(register), quick.lag(register)) == (1, left, 0)
    assert (await slow.read(), await quick.read(), slow.lag(register)) == (0, 0, 0)
    assert _digest(slow.state) == _digest(quick.state) == _digest(register)
