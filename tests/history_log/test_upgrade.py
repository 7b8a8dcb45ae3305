"""A database that had history before it had a log: what was there is entered, of every city, and verifies."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files

import asyncpg
import pytest

from civil.clock import utc_now
from issuance_db.log.batching import CityBatcher
from issuance_db.log.note import LOG_SIGNATURE, SignerKey
from issuance_db.log.verifying import Outside, verify
from issuance_db.migrate import _apply, migrate, read_migrations
from tests.history_log.books import CITY, NOON, OTHER_CITY
from tests.servers import MIGRATED_PACKAGES, Database, MigratedCluster

NAME = "test_before_the_log"
BEFORE_THE_LOG = 7
ALERT = "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, 'test', '')"
READ = (
    "INSERT INTO history.my_number_read (municipality_code, person_number, purpose, allowed) "
    "VALUES ($1, '101', 'certificate', false)"
)


@pytest.fixture
async def old(cluster: MigratedCluster) -> AsyncIterator[Database]:
    """A database as it was before the log, with history of two cities."""
    await cluster._administer(f"CREATE DATABASE {NAME}")
    database = Database(NAME, cluster.address, cluster.role_password)
    admin = await database.connect()
    await admin.execute((files("issuance_db") / "bootstrap.sql").read_text(encoding="utf-8"))
    for migration in read_migrations(MIGRATED_PACKAGES):
        if migration.number <= BEFORE_THE_LOG:
            await _apply(admin, migration)
    for city in (CITY, OTHER_CITY):
        await admin.execute(ALERT, city)
        await admin.execute(READ, city)
    yield database
    await database.close()
    await cluster._administer(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.mark.parametrize("administrator", ["postgres", "migrator"])
async def test_i7_history_from_before_the_log_is_entered_and_verifies(old: Database, administrator: str) -> None:
    await migrate(old.dsn(administrator), MIGRATED_PACKAGES)
    for city in (CITY, OTHER_CITY):
        signer = SignerKey(f"kiosk-log/{city}", LOG_SIGNATURE, bytes(32))
        batch = await CityBatcher(await old.connect("logger"), city, signer, lambda: NOON).batch()
        assert batch.added == 2
        verified = await verified_now(await old.connect("fsck"), city, signer)
        assert verified == (2, [])


async def verified_now(reader: asyncpg.Connection, city: str, signer: SignerKey) -> tuple[int, list[object]]:
    async with reader.transaction(isolation="repeatable_read", readonly=True):
        found = await verify(reader, city, Outside((), (signer.verifier,)), now=utc_now() + timedelta(hours=1))
    return found.rows, list(found.findings)
