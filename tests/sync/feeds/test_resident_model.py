"""MIS-08: whatever files say, in whatever order, whoever may be issued stands here as at the source, with their whole household."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.servers import Database
from tests.sync.feeds.test_resident_feed import Register
from tests.sync.resident_source import Resident

PERSONS = [str(number) for number in range(101, 113)]
HOUSEHOLDS = ["900", "901", "902", "903"]
STEPS = 60
Row = tuple[str, Resident]


@dataclass(slots=True)
class World:
    """The register elsewhere, and what it wrote down of whom it cannot write."""

    chance: random.Random
    holds: dict[str, Resident] = field(default_factory=dict)

    def change(self) -> list[Row]:
        """Some are born, move, are renamed or leave; heads are as they fall."""
        rows: dict[str, Row] = {}
        for person in self.chance.sample(PERSONS, self.chance.randrange(1, 4)):
            if person in self.holds and self.chance.random() < 0.3:
                rows[person] = "9", self.holds.pop(person)
                continue
            order = self.chance.choice((1, 2, 2))
            one = Resident(person, self.chance.choice(HOUSEHOLDS), order).changed(
                name=f"足利　{self.chance.randrange(1000)}", head_name="足利　世帯主"
            )
            self.holds[person] = one
            rows[person] = "1", one
        return list(rows.values())

    def households(self) -> dict[str, set[tuple[str, object]]]:
        made: dict[str, set[tuple[str, object]]] = {}
        for person, one in self.holds.items():
            made.setdefault(one.household, set()).add((person, dict(one.other)["name"]))
        return made


async def households_here(register: Register) -> dict[str, set[tuple[str, object]]]:
    """Households of whom nobody is held back, with everybody in them."""
    rows = await register.admin.fetch(
        "SELECT k.household_number, k.person_number, r.name, EXISTS (SELECT FROM issuance.person_held_back AS b "
        "WHERE b.person_number = k.person_number) AS held FROM issuance.resident_key AS k "
        "JOIN issuance.resident_record AS r USING (municipality_code, person_number)"
    )
    held = {row["household_number"] for row in rows if row["held"]}
    assert all(row["held"] for row in rows if row["household_number"] in held), "a household is held back whole"
    made: dict[str, set[tuple[str, object]]] = {}
    for row in rows:
        if row["household_number"] not in held:
            made.setdefault(row["household_number"], set()).add((row["person_number"], row["name"]))
    return made


@pytest.mark.parametrize("seed", range(8))
async def test_mis_08_who_may_be_issued_stands_here_as_at_the_source(database: Database, seed: int) -> None:
    register = Register(await database.connect("sync"), await database.connect())
    source, world, issuable = register.source, World(random.Random(seed)), 0
    source.begins -= timedelta(days=10)
    world.change()
    await register.take_actions("1", [("1", one) for one in world.holds.values()])
    for _ in range(STEPS):
        source.number += 1
        is_full = world.chance.random() < 0.15
        rows = world.change()
        if is_full:
            rows = [("1", one) for one in world.holds.values()]
        told = [
            (action, one.changed(name="足利　〓") if world.chance.random() < 0.2 and action == "1" else one)
            for action, one in rows
        ]
        await register.take_actions("1" if is_full else "2", told)
        here, there = await households_here(register), world.households()
        for household, members in here.items():
            assert members == there.get(household), (seed, source.number, household)
        issuable += len(here)
    assert issuable > STEPS / 2, "not everybody is held back all the time"
    source.number += 1
    await register.take_actions("1", [("1", one) for one in world.holds.values()])
    held = {person for person, item in (await register.held()).items() if item != "head_name"}
    assert (held, set(await register.residents())) == (set(), set(world.holds))
