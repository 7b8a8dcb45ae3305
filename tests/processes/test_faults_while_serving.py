"""Faults that come while a centre process serves turn it unready, and it goes on by itself when they are gone."""

import pytest

from kiosk_server.web.client import CentreProblem
from tests.processes.nodes import Node, Nodes
from tests.sync.registry_rows import CITY

_OLDER_NODE = """
INSERT INTO shared.node (node_id, role_name, host, process, build_digest, build, settings, started_at, joined_at, last_seen_at)
SELECT gen_random_uuid(), 'front', 'elsewhere', 'centre', sha256('other'), build || '{"pdf/signing.py": "old"}', settings, started_at,
    joined_at - interval '1 hour', clock_timestamp() + interval '1 day'
FROM shared.node
"""


async def answer(node: Node) -> CentreProblem:
    """What a call gets; the number is nobody's."""
    async with node.client() as client:
        with pytest.raises(CentreProblem) as problem:
            await client.state(CITY, "20261125-1-00000001")
    return problem.value


async def test_a_node_that_finds_itself_of_another_edition_than_the_first_answers_nobody(site: Nodes) -> None:
    admin = await site.database.connect()
    with site.up() as node:
        assert (await answer(node)).code == "no_such_issuance"
        await admin.execute(_OLDER_NODE)
        wrong = await node.until_wrong("nodes")
        assert "elsewhere (centre)" in wrong["nodes"]["reason_en"]
        assert "pdf/signing.py" in wrong["nodes"]["reason_en"]
        refused = await answer(node)
        assert (refused.code, refused.status) == ("busy", 503)
        assert refused.retry_after in range(5, 11)
        assert (await node.readiness())[0] == 503
        await admin.execute("DELETE FROM shared.node WHERE host = 'elsewhere'")
        await node.until()
        assert (await answer(node)).code == "no_such_issuance"


async def test_a_database_that_cannot_be_reached_is_told_with_its_fix_until_it_is_back(site: Nodes) -> None:
    admin = await site.database.connect()
    with site.up() as node:
        await admin.execute("ALTER ROLE front CONNECTION LIMIT 0")
        try:
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'front'")
            wrong = await node.until_wrong("database", "clock", "nodes", "topology")
            assert all(check["fix_en"] for check in wrong.values())
            assert (await answer(node)).code == "busy"
        finally:
            await admin.execute("ALTER ROLE front CONNECTION LIMIT -1")
        await node.until()
        assert (await answer(node)).code == "no_such_issuance"


async def test_an_orderly_stop_leaves_no_place_behind_and_a_kill_one_that_falls_out(site: Nodes) -> None:
    admin = await site.database.connect()
    with site.up():
        assert await admin.fetchval("SELECT count(*) FROM shared.node") == 1
    assert await admin.fetchval("SELECT count(*) FROM shared.node") == 0
    with site.up() as killed:
        killed.process.kill()
        killed.process.wait()
    with site.up(DEADLINE_SECONDS="12") as other:
        assert await other.wrong() == {}


async def test_advice_is_told_and_stops_nothing(site: Nodes) -> None:
    with site.up(REDIS_URL="redis://127.0.0.1:1/0") as node:
        status, found = await node.readiness()
        assert status == 200
        [redis] = [check for check in found["checks"] if check["name"] == "redis"]
        assert redis["ready"]
        assert "KIOSK_REDIS_URL" in redis["fix_en"]
