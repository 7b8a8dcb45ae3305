"""MIS-07, MIS-08: however files are lost, repeated and delayed, we hold exactly what the source held at the last file applied."""

import random
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.servers import Database
from tests.sync.seal_source import Seal, SealSource, png
from tests.sync.test_seal_feed import Register, held

STEPS = 60
PERSONS = [f"{number:010}" for number in range(101, 107)]
State = dict[str, tuple[str, str, bytes]]


class World:
    """A source that goes on, a line that loses and repeats, and what the source held after each file."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.source = SealSource()
        self.registrations = 0
        self.files: dict[int, bytes] = {}
        self.states: dict[int, tuple[State, datetime]] = {}

    def next_file(self) -> int:
        """The source changes somebody, or nobody, and writes a file."""
        person = self.chance.choice(PERSONS)
        changes: list[Callable[[], bytes]] = [lambda: self.source.difference([])]
        if person in self.source.seals:
            changes += [
                lambda: self.source.delete(person),
                lambda: self.source.change(person, address=f"足利市{self.chance.randrange(99)}番地"),
                lambda: self.source.reregister(person, self._number(), png(self.chance.randrange(256))),
            ]
        else:
            changes += [lambda: self.source.register(Seal(person, self._number()))] * 3
        content = self.chance.choice(changes)()
        number = self.source.number
        self.files[number] = content
        self.states[number] = (held(self.source), self.source.as_of)
        return number

    def _number(self) -> str:
        self.registrations += 1
        return f"A-{self.registrations}"


@pytest.mark.parametrize("seed", range(6))
async def test_we_hold_what_the_source_held_at_the_last_file_applied(database: Database, seed: int) -> None:
    world = World(random.Random(seed))
    register = Register(await database.connect("sync"), await database.connect())
    applied, taken = 0, set[int]()
    await register.take(world.source.full())
    world.states[0] = ({}, world.source.as_of)
    for _ in range(STEPS):
        newest = world.next_file()
        for number in _delivered(world.chance, applied, newest):
            receipt = await register.take(world.files[number])
            behind = "repeated" if number in taken else "overtaken"
            assert receipt.result == (
                "applied" if number == applied + 1 else behind if number <= applied else "waiting"
            )
            if receipt.result == "applied":
                applied = number
                taken.add(number)
        if world.chance.random() < 0.1:
            await register.take(world.source.full())
            applied = newest
        assert (await register.holds(), await register.fed_at()) == world.states[applied]
    await register.take(world.source.full())
    assert await register.holds() == held(world.source)


def _delivered(chance: random.Random, applied: int, newest: int) -> list[int]:
    """Nothing, the newest alone, some of them twice, or everything that is missing in order."""
    match chance.randrange(4):
        case 0:
            return []
        case 1:
            return [newest]
        case 2:
            return chance.choices(range(1, newest + 1), k=2)
        case _:
            return list(range(applied + 1, newest + 1))
