"""A permit waits for what a file changes: for each number of a few, for the city where they are many."""

import pytest

from sync.feeds.locking import lock_for_change
from tests.servers import Database
from tests.sync.registry_rows import CITY

NUMBERS = ["101", "102"]
IS_FREE = "SELECT pg_try_advisory_xact_lock_shared(shared.lock_key($1, $2, $3))"


@pytest.mark.parametrize(("many", "city_is_free", "number_is_free"), [(2, True, False), (1, False, True)])
async def test_many_numbers_are_changed_under_the_lock_of_the_city_and_a_few_under_their_own(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    many: int,
    city_is_free: bool,  # noqa: FBT001 - parametrised
    number_is_free: bool,  # noqa: FBT001 - parametrised
) -> None:
    monkeypatch.setattr("sync.feeds.locking.MANY", many)
    sync, permit = await database.connect("sync", CITY), await database.connect("sync", CITY)
    async with sync.transaction():
        await lock_for_change(sync, CITY, "person", NUMBERS)
        assert await permit.fetchval(IS_FREE, CITY, "city", "") is city_is_free
        assert [await permit.fetchval(IS_FREE, CITY, "person", one) for one in NUMBERS] == [number_is_free] * 2
