"""A register that was kept before removed records had partitions: every row, pointer and right is there after the migration."""

from collections.abc import AsyncIterator
from importlib.resources import files

import asyncpg
import pytest

from issuance_db.migrate import migrate, read_migrations
from registry.residents import State, city_transaction, current_person, open_drafts
from tests.servers import Database, MigratedCluster
from tests.sync.registry_rows import CITY, Registry

_PACKAGES = ("issuance_db", "registry.residents")
_FIRST_WITH_PARTITIONS = 51
_FIRST_WITH_WAITING_DRAFTS = 67


@pytest.fixture
async def older(cluster: MigratedCluster, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database that has only the migrations from before the partitions, or before the one that is asked for."""
    database = Database("older_register", cluster.address, cluster.role_password)
    admin = await asyncpg.connect(cluster.address.dsn("postgres", cluster.address.superuser, cluster.address.password))
    try:
        await admin.execute("CREATE DATABASE older_register")
        superuser = await database.connect()
        await superuser.execute((files("issuance_db") / "bootstrap.sql").read_text(encoding="utf-8"))
        await _apply_until(superuser, getattr(request, "param", _FIRST_WITH_PARTITIONS))
        yield database
    finally:
        await database.close()
        await admin.execute("DROP DATABASE older_register WITH (FORCE)")
        await admin.close()


async def _apply_until(connection: asyncpg.Connection, number: int) -> None:
    for migration in read_migrations(_PACKAGES):
        if migration.number < number:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute("RESET ROLE")
                await connection.execute(
                    "INSERT INTO shared.schema_migration (number, phase, name, sha256) VALUES ($1, $2, $3, $4)",
                    migration.number, migration.phase, migration.name, migration.sha256,
                )  # fmt: skip


async def test_rows_from_before_find_their_partition_and_nothing_is_lost(older: Database) -> None:
    clerk = Registry(await older.connect("registry", CITY))
    await clerk.family("50", "1001", "1002")
    await clerk.person("1002", state="removed")
    await clerk.household("50", "1001")
    superuser = await older.connect()
    before = await superuser.fetch("SELECT * FROM registry.person_history ORDER BY person_number, history_number")

    await migrate(older.dsn(), _PACKAGES)

    superuser = await older.connect()
    after = await superuser.fetch("SELECT * FROM registry.person_history ORDER BY person_number, history_number")
    assert [{name: row[name] for name in dict(before[0])} for row in after] == [dict(row) for row in before]
    (year,) = {row["removed_in"] for row in after if row["state"] == "removed"}
    assert year > 2000
    assert {row["removed_in"] for row in after if row["state"] != "removed"} == {0}
    pointers = await superuser.fetch("SELECT person_number, last_sequence, removed_in FROM registry.person ORDER BY 1")
    assert [tuple(row) for row in pointers] == [("1001", 1, 0), ("1002", 2, year)]
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await superuser.execute("DELETE FROM registry.person_history")
    with pytest.raises(asyncpg.PostgresError, match="no gaps"):
        await superuser.execute("UPDATE registry.person SET last_sequence = 9")


async def test_the_register_goes_on_after_the_migration(older: Database) -> None:
    clerk = Registry(await older.connect("registry", CITY))
    await clerk.family("50", "1001", "1002")
    await clerk.person("1002", state="removed")
    await migrate(older.dsn(), _PACKAGES)
    connection = await older.connect("registry", CITY)
    await Registry(connection).person("1001", name="足利　改")
    async with city_transaction(connection, CITY):
        assert (await current_person(connection, CITY, "1002")).record.state is State.REMOVED
        assert (await current_person(connection, CITY, "1001")).record.name == "足利　改"
    forced = await connection.fetchval(
        "SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class "
        "WHERE relnamespace = 'registry'::regnamespace AND relkind IN ('r', 'p')"
    )
    assert forced is True


@pytest.mark.parametrize("older", [_FIRST_WITH_WAITING_DRAFTS], indirect=True)
async def test_a_draft_that_waited_still_waits_after_the_migration(older: Database) -> None:
    superuser = await older.connect()
    drafts = await superuser.fetch(
        "INSERT INTO registry.draft (municipality_code, kind, content, based_on, entered_by, entered_at, place) "
        "SELECT $1, 'DE', '{}', '{}', '職員０１', now(), '市民課' FROM generate_series(1, 3) RETURNING draft_id",
        CITY,
    )
    waiting, reviewed, ended = (row["draft_id"] for row in drafts)
    await superuser.executemany(
        "INSERT INTO registry.draft_step (municipality_code, draft_id, step, state, done_by, done_at, reason) "
        "VALUES ($1, $2, 1, $3, '職員０２', now(), '取下げ')",
        [(CITY, reviewed, "reviewed"), (CITY, ended, "withdrawn")],
    )
    await migrate(older.dsn(), _PACKAGES)
    connection = await older.connect("registry", CITY)
    async with city_transaction(connection, CITY):
        assert [one.draft_id for one in await open_drafts(connection, CITY)] == [waiting, reviewed]
