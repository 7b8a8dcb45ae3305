import asyncpg
import pytest

from issuance_db.data_age import behind_register
from sync import Progress, Projection
from tests.servers import Database
from tests.sync.conftest import IssuanceRecords
from tests.sync.registry_rows import CITY, Registry

_HELD = "SELECT person_number, cause, item FROM issuance.person_held_back"


@pytest.fixture
async def _refusing_one_name(admin: asyncpg.Connection) -> None:
    await admin.execute("ALTER TABLE issuance.resident_record ADD CONSTRAINT no_poison CHECK (name <> '毒')")


@pytest.mark.usefixtures("_refusing_one_name")
async def test_a_poison_row_holds_back_its_person_only(
    database: Database, city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await projection.catch_up()
    numbers = [str(number) for number in range(1001, 1018)]
    async with city_registry.connection.transaction():
        await city_registry.family("50", *numbers)
        await city_registry.person("1008", name="毒")
    assert await projection.catch_up() == Progress(changed=16, held_back=1)
    assert set(await f6.read()) == set(numbers) - {"1008"}
    assert [tuple(row) for row in await admin.fetch(_HELD)] == [("1008", "projection", "no_poison")]
    assert (await behind_register(await database.connect("sync", CITY), CITY)).sequences == 0


@pytest.mark.usefixtures("_refusing_one_name")
async def test_a_person_held_back_keeps_the_old_row_which_is_not_fresh_and_is_released_by_a_good_one(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001", "1002")
    await projection.catch_up()
    await city_registry.person("1001", name="毒")
    await projection.catch_up()
    rows = await f6.read()
    assert (rows["1001"]["name"], rows["1001"]["person_sequence"]) == ("足利　1001", 1)
    assert rows["1002"]["head_name"] == "毒"
    await city_registry.person("1001", name="足利　良")
    await projection.catch_up()
    assert (await f6.read())["1001"]["person_sequence"] == 3
    assert await admin.fetch(_HELD) == []


async def test_a_household_event_tries_again_whom_it_had_never_seen_in_f6(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await admin.execute("ALTER TABLE issuance.resident_record ADD CONSTRAINT no_head CHECK (head_name IS NOT NULL)")
    async with city_registry.connection.transaction():
        await city_registry.household("50", None)
        await city_registry.person("1001", "50")
    await projection.catch_up()
    assert await f6.read() == {}
    await city_registry.household("50", "1001")
    await projection.catch_up()
    assert set(await f6.read()) == {"1001"}
    assert await admin.fetch(_HELD) == []


@pytest.mark.usefixtures("_refusing_one_name")
async def test_a_rebuild_sets_the_poison_row_aside_too(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001", "1002", "1003")
    await city_registry.person("1002", name="毒")
    assert await projection.rebuild() == Progress(changed=2, held_back=1)
    assert set(await f6.read()) == {"1001", "1003"}
    assert [row["person_number"] for row in await admin.fetch(_HELD)] == ["1002"]
