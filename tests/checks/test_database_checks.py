from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from keys.file_provider import create_keys
from keys.key_file import KEY_FILE
from kiosk_server.checks import database, schema
from kiosk_server.checks.surroundings import Surroundings
from tests.checks.conftest import MovableClock
from tests.checks.told import wrong
from tests.processes.nodes import Nodes

Look = Callable[[Surroundings], Awaitable[str]]


@pytest.mark.parametrize(
    "look",
    [database.postgres, database.durability, database.clock, schema.schema, schema.use],
    ids=lambda look: look.__name__,
)
async def test_a_city_that_is_set_up_passes(around: Surroundings, look: Look) -> None:
    assert await look(around)


@pytest.mark.parametrize(
    ("change", "says", "fix"),
    [
        ("INSERT INTO shared.schema_migration VALUES (9999, 'pre', 'later', '00')", "newer", "Update the program"),
        ("UPDATE shared.schema_migration SET sha256 = '00' WHERE number = 1", "edited", "install the program again"),
        ("DELETE FROM shared.schema_migration WHERE number = 4", "older", "kiosk db migrate"),
    ],
)
async def test_a_schema_that_is_not_ours_is_refused(
    around: Surroundings, site: Nodes, change: str, says: str, fix: str
) -> None:
    admin = await site.database.connect()
    await admin.execute(change)
    fault = await wrong(schema.schema, around)
    assert says in fault.reason_en
    assert fix in fault.fix_en


async def test_a_database_without_marker_is_refused(around: Surroundings, site: Nodes) -> None:
    admin = await site.database.connect()
    await admin.execute("DELETE FROM shared.installation")
    assert "demo or production" in (await wrong(schema.use, around)).reason_en


async def test_keys_for_another_use_are_refused(around: Surroundings, site: Nodes) -> None:
    admin = await site.database.connect()
    await admin.execute("UPDATE shared.installation SET marker = 'production'")
    fault = await wrong(schema.use, around)
    assert "cannot be used in production" in fault.reason_en
    assert "kiosk keys create" in fault.fix_en
    await admin.execute("UPDATE shared.installation SET marker = 'demo'")
    (site.directory.keys / KEY_FILE).unlink()
    create_keys(site.directory.keys, b"a passphrase of production", marker="production")
    assert "Production keys" in (await wrong(schema.use, around)).reason_en


async def test_a_key_file_that_others_may_read_is_refused(around: Surroundings, site: Nodes) -> None:
    (site.directory.keys / KEY_FILE).chmod(0o644)
    fault = await wrong(schema.use, around)
    assert "open to other users" in fault.reason_en
    assert "0600" in fault.fix_en


async def test_production_refuses_a_database_that_forgets_what_it_acknowledged(
    around: Surroundings, site: Nodes
) -> None:
    assert "fsync" in await database.durability(around)
    admin = await site.database.connect()
    await admin.execute("UPDATE shared.installation SET marker = 'production'")
    fault = await wrong(database.durability, around)
    assert "fsync, full_page_writes, synchronous_commit is off" in fault.reason_en
    assert "postgresql.conf" in fault.fix_en


@pytest.mark.parametrize("seconds", [-3600, -3, 3, 86_400])
async def test_a_clock_apart_from_the_database_is_refused(
    around: Surroundings, clock: MovableClock, seconds: float
) -> None:
    clock.by = timedelta(seconds=seconds)
    fault = await wrong(database.clock, around)
    assert "apart from the database" in fault.reason_en
    assert "NTP" in fault.fix_en
    clock.by = timedelta(seconds=1)
    assert await database.clock(around)
