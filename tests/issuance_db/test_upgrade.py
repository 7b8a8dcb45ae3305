"""A database that was fed before its sources said when they last told of everybody goes on, with the sources of every city."""

from importlib.resources import files

from issuance_db.migrate import _apply, migrate, read_migrations
from tests.history_log.books import CITY, OTHER_CITY
from tests.servers import MIGRATED_PACKAGES, Database, MigratedCluster

NAME = "test_before_sources_said"
BEFORE = 142


async def test_sources_of_every_city_that_were_fed_before_go_on(cluster: MigratedCluster) -> None:
    await cluster._administer(f"CREATE DATABASE {NAME}")
    database = Database(NAME, cluster.address, cluster.role_password)
    admin = await database.connect()
    await admin.execute((files("issuance_db") / "bootstrap.sql").read_text(encoding="utf-8"))
    for migration in read_migrations(MIGRATED_PACKAGES):
        if migration.number <= BEFORE:
            await _apply(admin, migration)
    for city in (CITY, OTHER_CITY):
        await admin.execute(
            "INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit) "
            "VALUES ($1, 'tax', '2026-11-01', '7 days')",
            city,
        )
    await migrate(database.dsn("migrator"), MIGRATED_PACKAGES)
    listed = await admin.fetch("SELECT municipality_code FROM issuance.source WHERE listed_at = fed_at")
    assert {row["municipality_code"] for row in listed} == {CITY, OTHER_CITY}
    await database.close()
    await cluster._administer(f"DROP DATABASE {NAME} WITH (FORCE)")
