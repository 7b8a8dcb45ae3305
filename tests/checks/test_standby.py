"""A standby answers, and would even give out locks: nothing may be issued on what it says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from kiosk_server.checks import database
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Wrong
from kiosk_server.embedded.postgres import EmbeddedPostgres, PostgresAddress
from kiosk_server.processes.centre_lock import CentreLock
from kiosk_server.settings import read_settings
from tests.checks.told import wrong
from tests.processes.nodes import Nodes
from tests.servers import FAST_SETTINGS


@pytest.fixture
def standby(tmp_path: Path, site: Nodes) -> Iterator[PostgresAddress]:
    settings = {**FAST_SETTINGS, "shared_buffers": "16MB"}
    with EmbeddedPostgres(tmp_path / "pg", settings=settings) as primary:
        asyncio.run(_let_in(primary.address, site.database.role_password))
    # From here on it follows a primary that never sends anything.
    (tmp_path / "pg" / "cluster" / "standby.signal").touch()
    with EmbeddedPostgres(tmp_path / "pg", settings=settings) as server:
        yield server.address


async def _let_in(address: PostgresAddress, password: str) -> None:
    connection = await asyncpg.connect(address.dsn("postgres", address.superuser, address.password))
    try:
        await connection.execute(f"CREATE ROLE front LOGIN PASSWORD '{password}'")
    finally:
        await connection.close()


async def test_a_standby_is_refused_by_the_check_and_gives_no_lock_of_the_centre(
    site: Nodes, standby: PostgresAddress
) -> None:
    url = f"postgresql://{standby.host}:{standby.port}/postgres?sslmode=disable"
    async with Surroundings(read_settings(site.settings(DATABASE_URL=url)), "centre", "front") as around:
        fault = await wrong(database.postgres, around)
        assert "not the primary" in fault.reason_en
        assert "KIOSK_DATABASE_URL" in fault.fix_en
        with pytest.raises(Wrong) as refused:
            await CentreLock("single", lambda: None).look(around)
        assert refused.value.fault is database.NOT_PRIMARY
