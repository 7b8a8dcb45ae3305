import asyncpg

from issuance_db.data_age import behind_register
from sync import Progress, Projection
from sync.batch import CityProjection
from tests.servers import Database
from tests.sync.conftest import NOW, IssuanceRecords
from tests.sync.registry_rows import CITY, Registry, registry

_MARK = "SELECT transaction_id::text::bigint FROM issuance.projection_position"


async def test_two_transactions_that_commit_in_reverse_order_are_both_applied(
    database: Database, city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    other = await registry(database)
    await projection.catch_up()
    first, second = city_registry.connection.transaction(), other.connection.transaction()
    await city_registry.family("40", "3001")
    await first.start()
    await city_registry.family("50", "1001")
    await second.start()
    await other.family("60", "2001")
    await second.commit()
    await projection.catch_up()
    assert set(await f6.read()) == {"2001", "3001"}
    await first.commit()
    await projection.catch_up()
    assert set(await f6.read()) == {"1001", "2001", "3001"}


async def test_a_rebuild_forgets_nothing_of_a_transaction_that_was_open(
    database: Database, city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    other = await registry(database)
    async with city_registry.connection.transaction():
        await city_registry.family("50", "1001")
        await other.family("60", "2001")
        await projection.rebuild()
    await projection.catch_up()
    assert set(await f6.read()) == {"1001", "2001"}


async def test_an_unrelated_open_transaction_delays_the_mark_and_no_change(
    database: Database, city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await projection.catch_up()
    unrelated = await database.connect()
    long_lasting = unrelated.transaction()
    await long_lasting.start()
    held_at = await unrelated.fetchval("SELECT pg_current_xact_id()::text::bigint")
    for number in ("1001", "1002", "1003"):
        await city_registry.family(number, number)
        assert await projection.catch_up() == Progress(changed=1)
        assert number in await f6.read()
        assert await admin.fetchval(_MARK) <= held_at
    assert await projection.catch_up() == Progress()
    await long_lasting.rollback()
    await projection.catch_up()
    assert await admin.fetchval(_MARK) > held_at


async def test_what_was_applied_above_the_mark_is_not_behind(
    database: Database, city_registry: Registry, projection: Projection
) -> None:
    await projection.catch_up()
    unrelated = await database.connect()
    watcher = await database.connect("front", CITY)
    async with unrelated.transaction():
        await unrelated.fetchval("SELECT pg_current_xact_id()")
        await city_registry.family("50", "1001", "1002")
        assert (await behind_register(watcher, CITY)).sequences == 2
        await projection.catch_up()
        await city_registry.person("1002", state="removed")
        assert (await behind_register(watcher, CITY)).sequences == 1
        await projection.catch_up()
        assert (await behind_register(watcher, CITY)).sequences == 0


async def test_sequences_are_exactly_those_of_the_registry(
    city_registry: Registry, projection: Projection, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001", "1002")
    await city_registry.family("60", "2001")
    for round_number in range(5):
        await city_registry.person("1001", name=f"足利　{round_number}")
        await city_registry.household("50", "1001")
        await city_registry.household("60", "2001")
        await projection.catch_up()
        wrong = await admin.fetch(
            "SELECT k.person_number FROM issuance.resident_key AS k "
            "JOIN registry.person AS p USING (municipality_code, person_number) "
            "JOIN registry.household AS h ON h.household_number = k.household_number "
            "WHERE (k.person_sequence, k.household_sequence) <> (p.last_sequence, h.last_sequence)"
        )
        assert wrong == []


async def test_a_sequence_never_falls(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001")
    await projection.catch_up()
    await admin.execute("UPDATE issuance.resident_key SET person_sequence = 9")
    await city_registry.person("1001", name="足利　改")
    await projection.catch_up()
    row = (await f6.read())["1001"]
    assert (row["person_sequence"], row["name"]) == (9, "足利　1001")


async def test_a_mark_from_another_server_is_not_believed(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001")
    await admin.execute(
        "INSERT INTO issuance.projection_position (municipality_code, consumer, transaction_id, outbox_id) "
        "VALUES ($1, 'issuance', '9999999999', 0)",
        CITY,
    )
    await projection.catch_up()
    await city_registry.family("60", "2001")
    await projection.catch_up()
    assert set(await f6.read()) == {"1001", "2001"}


async def test_one_session_remembers_what_it_saw_and_still_finds_what_commits_late(
    database: Database, city_registry: Registry, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    others = [await registry(database) for _ in range(3)]
    city = CityProjection(await database.connect("sync"), CITY, lambda: NOW)
    await city.catch_up()
    open_transactions = [other.connection.transaction() for other in others]
    for number, (other, transaction) in enumerate(zip(others, open_transactions, strict=True)):
        await transaction.start()
        await other.family(str(number), str(number))
    await city_registry.family("9", "9")
    assert await city.catch_up() == Progress(changed=1)
    held_at = await admin.fetchval(_MARK)
    for number in (2, 1, 0):
        await open_transactions[number].commit()
        assert await city.catch_up() == Progress(changed=1)
        assert str(number) in await f6.read()
        assert (await admin.fetchval(_MARK) > held_at) == (number == 0)
    assert await city.catch_up() == Progress()
