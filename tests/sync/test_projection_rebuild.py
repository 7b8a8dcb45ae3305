from random import Random
from typing import Any

import asyncpg
import pytest

from reconcile import Comparison
from sync import Projection, compare_with_registry
from sync.errors import CityNotSet
from tests.servers import Database
from tests.sync.conftest import IssuanceRecords
from tests.sync.registry_rows import CITY, Registry

EQUAL = Comparison((), (), ())
PERSONS = tuple(str(number) for number in range(1001, 1013))
HOUSEHOLDS = ("50", "60", "70")
CHANGES: tuple[dict[str, Any], ...] = (
    {"name": "足利　改"},
    {"name": "足利　再"},
    {"state": "removed"},
    {"state": "resident"},
    {"state": "planned_mover"},
    {"suppressed": True},
    {"suppressed": False},
    {"birth_on": None, "birth_text": "昭和10年月日不詳"},
)


async def _compared(database: Database) -> Comparison:
    connection = await database.connect("sync", CITY)
    async with connection.transaction():
        return await compare_with_registry(connection)


class _City:
    """Moves, removes, renames and suppresses at random; as in the registry, a head is a member, and every household touched moves."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self._registry = registry
        self._random = Random(seed)
        self._homes: dict[str, str] = {}
        self._removed: set[str] = set()

    async def live(self) -> None:
        async with self._registry.connection.transaction():
            for _ in range(self._random.randrange(1, 5)):
                await self._event()

    async def _event(self) -> None:
        number, household = self._random.choice(PERSONS), self._random.choice(HOUSEHOLDS)
        changes = self._random.choice(CHANGES)
        if changes.get("state") == "removed":
            self._removed.add(number)
        elif "state" in changes:
            self._removed.discard(number)
        elif self._random.random() < 0.5:
            household = self._homes.get(number, household)  # a change of the person alone
        await self._registry.person(number, household, **changes)
        before, self._homes[number] = self._homes.get(number), household
        if before != household or "state" in changes:
            for touched in {before, household} - {None}:
                await self._registry.household(str(touched), self._head(str(touched)))

    def _head(self, household: str) -> str | None:
        members = sorted(n for n, home in self._homes.items() if home == household and n not in self._removed)
        return self._random.choice(members) if members else None


@pytest.mark.parametrize(("seed", "at_once"), [(0, 200_000), (1, 200_000), (2, 1), (3, 4)])
async def test_after_any_history_f6_equals_the_registry_and_rebuilt_equals_live(
    database: Database, city_registry: Registry, projection: Projection, f6: IssuanceRecords, seed: int, at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whether everybody is applied at once or part by part."""
    monkeypatch.setattr("sync.batch._AT_ONCE", at_once)
    city = _City(city_registry, seed)
    for _ in range(30):
        await city.live()
        await projection.catch_up()
        assert await _compared(database) == EQUAL
    live = await f6.read()
    await projection.rebuild()
    assert await f6.read() == live
    assert await _compared(database) == EQUAL


async def test_s2_4_missing_extra_and_different_are_found_both_ways(
    database: Database, city_registry: Registry, projection: Projection, admin: asyncpg.Connection
) -> None:
    for number in PERSONS[:7]:
        await city_registry.family(number, number)
    await city_registry.person(PERSONS[4], suppressed=True)
    await city_registry.person(PERSONS[5], my_number_sealed=b"s", my_number_key_version=1, my_number_index=b"i")
    await projection.catch_up()
    assert await _compared(database) == EQUAL
    await admin.execute("DELETE FROM issuance.resident_record WHERE person_number = $1", PERSONS[0])
    await admin.execute(
        "INSERT INTO issuance.resident_record (municipality_code, person_number, name, sex, address) VALUES ($1, '9', 'x', 0, 'x')",
        CITY,
    )
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = $1", PERSONS[1])
    await admin.execute(
        "UPDATE issuance.resident_record_extension SET furigana = 'ベツ' WHERE person_number = $1", PERSONS[2]
    )
    await admin.execute("UPDATE issuance.resident_key SET household_sequence = 7 WHERE person_number = $1", PERSONS[3])
    await admin.execute("DELETE FROM issuance.suppression WHERE person_number = $1", PERSONS[4])
    await admin.execute(
        "UPDATE issuance.resident_record SET my_number_index = 'j' WHERE person_number = $1", PERSONS[5]
    )
    assert await _compared(database) == Comparison((PERSONS[0],), ("9",), PERSONS[1:6])
    await projection.rebuild()
    assert await _compared(database) == EQUAL


async def test_a_comparison_without_a_city_is_refused_rather_than_equal(database: Database) -> None:
    connection = await database.connect("sync")
    async with connection.transaction():
        with pytest.raises(CityNotSet):
            await compare_with_registry(connection)
