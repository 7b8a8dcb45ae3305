"""The lock of the centre process is lost and regained while it serves."""

import asyncio

import pytest

from kiosk_server.web.client import CentreProblem
from tests.processes.nodes import Nodes
from tests.sync.registry_rows import CITY

_HOLDERS = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


async def test_a_node_that_lost_its_lock_answers_nobody_until_it_has_it_again(site: Nodes) -> None:
    admin = await site.database.connect()
    with site.up() as node:
        [holder] = [row["pid"] for row in await admin.fetch(_HOLDERS)]
        await admin.execute("ALTER ROLE front CONNECTION LIMIT 0")
        try:
            assert await admin.fetchval("SELECT pg_terminate_backend($1)", holder)
            wrong = await node.until_wrong("topology")
            assert "lock of the centre process is lost" in wrong["topology"]["reason_en"]
            assert "pooler" in wrong["topology"]["fix_en"]
            async with node.client() as client:
                with pytest.raises(CentreProblem) as refused:
                    await client.state(CITY, "20261125-1-00000001")
            assert refused.value.code == "busy"
            assert refused.value.retry_after in range(5, 11)
        finally:
            await admin.execute("ALTER ROLE front CONNECTION LIMIT -1")
        await node.until()
        assert [row["pid"] for row in await admin.fetch(_HOLDERS)] != [holder]


async def test_a_node_that_finds_its_place_taken_stays_unready_until_it_is_free(site: Nodes) -> None:
    admin = await site.database.connect()
    other = await site.database.connect("front")
    with site.up() as node:
        [holder] = [row["pid"] for row in await admin.fetch(_HOLDERS)]
        waiting = other.execute("SELECT pg_advisory_lock(shared.lock_key('', 'centre', ''))")
        taking = asyncio.create_task(waiting)
        for _ in range(1000):
            if await admin.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                break
            await asyncio.sleep(0.01)
        await admin.execute("SELECT pg_terminate_backend($1)", holder)
        await taking
        wrong = await node.until_wrong("topology")
        assert wrong["topology"]["ready"] is False
        await other.execute("SELECT pg_advisory_unlock_all()")
        await node.until()
