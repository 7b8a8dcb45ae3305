"""Several workers of one centre process: the same ports, one lock, and whoever dies is replaced without losing a request."""

import asyncio
import os
import re
import signal
import time

import aiohttp
import asyncpg
import pytest

from issuance_db.fsck import check
from kiosk_server.issuing.request import Certificate, IssuanceRequest, Kind, ResidentRecordOptions, Terminal
from kiosk_server.web.client import CentreClient, CentreProblem, CentreUnreachable
from tests.processes.nodes import Node, Nodes
from tests.sync.registry_rows import CITY

_HOLDERS = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
_PATIENCE_SECONDS = 60
CARDS = ("7001", "7002", "7003", "7004")


def pids(node: Node) -> list[int]:
    return [int(pid) for pid in re.findall(r"pid (\d+)", node.said["centre_workers"])]


def request(card: object, request_id: str) -> IssuanceRequest:
    terminal = Terminal("chain", "store", f"terminal {request_id}")
    return IssuanceRequest(request_id, CITY, terminal, card, Kind.RESIDENT_RECORD, "household", ResidentRecordOptions())  # type: ignore[arg-type]  # a card of the site


async def insisting(client: CentreClient, asked: IssuanceRequest) -> Certificate:
    """As a centre does: the same request again until there is an answer."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            return await client.issue(asked)
        except CentreUnreachable:
            await asyncio.sleep(0.2)
        except CentreProblem as refused:
            if refused.code not in {"busy", "timed_out"}:
                raise
            await asyncio.sleep(0.2)
    pytest.fail("no answer in time")


async def metrics(node: Node) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{node.said['ops_url']}/metrics") as answer:
        return await answer.text()


async def until_serving(node: Node, workers: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while f"kiosk_centre_workers {workers}.0" not in await metrics(node) or await node.wrong():
        assert time.monotonic() < until
        await asyncio.sleep(0.1)


async def test_both_workers_answer_on_one_port_and_are_seen_in_one_place(site: Nodes) -> None:
    (card,) = await site.household("7001")
    with site.up(CENTRE_PROCESSES=2) as node:
        admin = await site.database.connect()
        assert await admin.fetchval("SELECT count(*) FROM shared.node WHERE process = 'centre'") == 2
        assert len(await admin.fetch(_HOLDERS)) == 1
        for turn in range(12):
            async with node.client() as one, node.client() as another:
                asked = request(card, f"r{turn}")
                first = await insisting(one, asked)
                assert (await insisting(another, asked)).content == first.content
        told = await metrics(node)
        answered = re.findall(
            r'^kiosk_answers_total\{call="issuances",code="ok",worker="(\d)"\} (\d+)', told, re.MULTILINE
        )
        assert sum(int(number) for _, number in answered) == 24
        assert {worker for worker, _ in answered} == {"1", "2"}
        assert len(re.findall("^# TYPE kiosk_answers_total ", told, re.MULTILINE)) == 1
        _, ready = await node.readiness()
        assert ready["checks"][-1] == {"name": "workers", "ready": True, "serving": 2, "wanted": 2}
        assert await admin.fetchval("SELECT count(*) FROM history.issuance") == 12


async def test_mis_14_a_worker_killed_in_mid_request_loses_none_and_issues_none_twice(site: Nodes) -> None:
    cards = await site.household(*CARDS)
    with site.up(CENTRE_PROCESSES=2, DEADLINE_SECONDS=2) as node:
        async with node.client() as client:
            asking = [
                asyncio.create_task(insisting(client, request(cards[turn % len(cards)], f"r{turn}")))
                for turn in range(16)
            ]
            await asyncio.sleep(0.15)
            os.kill(pids(node)[0], signal.SIGKILL)
            certificates = await asyncio.gather(*asking)
            again = [await insisting(client, request(cards[turn % len(cards)], f"r{turn}")) for turn in range(16)]
        assert [one.content for one in again] == [one.content for one in certificates]
        assert len({one.issuance_number for one in certificates}) == len(certificates)
        await until_serving(node, 2)
        assert "kiosk_centre_worker_restarts_total 1.0" in await metrics(node)
        said = node.log.read_text(encoding="utf-8")
        assert re.search(r'"event": "worker_ended".*"worker": 1', said)
        assert "Traceback" not in said
    admin = await site.database.connect()
    assert await admin.fetchval("SELECT count(*) FROM history.issuance") == len(certificates)
    await _books_are_whole(await site.database.connect("fsck", CITY), len(certificates))


async def _books_are_whole(reader: asyncpg.Connection, issued: int) -> None:
    findings = await check(reader, CITY, await reader.fetchval("SELECT clock_timestamp()"))
    # Without the sweeper, what the killed worker had open stays open; nothing else may be wrong.
    assert {finding.rule.invariant for finding in findings} <= {"I5"}
    assert await reader.fetchval("SELECT count(*) FROM history.issuance") == issued


async def test_mis_11_workers_answer_nobody_while_their_leader_has_lost_the_lock(site: Nodes) -> None:
    admin = await site.database.connect()
    with site.up(CENTRE_PROCESSES=2) as node:
        [holder] = [row["pid"] for row in await admin.fetch(_HOLDERS)]
        await admin.execute("ALTER ROLE front CONNECTION LIMIT 0")
        try:
            assert await admin.fetchval("SELECT pg_terminate_backend($1)", holder)
            wrong = await node.until_wrong("topology")
            assert "lock of the centre process is lost" in wrong["topology"]["reason_en"]
            assert wrong["workers"]["serving"] == 0
            async with node.client() as client:
                with pytest.raises(CentreProblem) as refused:
                    await client.state(CITY, "20261125-1-00000001")
            assert refused.value.code == "busy"
        finally:
            await admin.execute("ALTER ROLE front CONNECTION LIMIT -1")
        await node.until()


async def test_mis_11_a_second_process_of_workers_beside_the_only_one_refuses(site: Nodes) -> None:
    with site.up(CENTRE_PROCESSES=2) as node:
        said = site.refused(CENTRE_PROCESSES=2)
        assert "KIOSK_TOPOLOGY=several" in said
        assert "Traceback" not in said
        assert await node.wrong() == {}


async def test_workers_end_with_their_leader_and_the_next_one_serves(site: Nodes) -> None:
    with site.up(CENTRE_PROCESSES=2) as first:
        workers = pids(first)
        first.process.kill()
        with site.up(CENTRE_PROCESSES=2) as second:
            assert await second.wrong() == {}
    until = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_there(pid) for pid in workers):
        assert time.monotonic() < until
        await asyncio.sleep(0.1)


async def test_a_stop_lets_answers_under_way_finish(site: Nodes) -> None:
    (card,) = await site.household("7001")
    admin = await site.database.connect()
    with site.up(CENTRE_PROCESSES=2) as node:
        async with node.client() as client:
            holding = admin.transaction()
            await holding.start()
            await admin.execute("SELECT shared.lock_for_write($1, ARRAY['101'], '{}')", CITY)
            asking = asyncio.create_task(client.issue(request(card, "r1")))
            waiting = await site.database.connect()
            while not await waiting.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            ):
                assert not asking.done()
                await asyncio.sleep(0.02)
            node.process.terminate()
            await asyncio.sleep(0.5)
            await holding.rollback()
            assert (await asking).content.startswith(b"%PDF")
        assert await asyncio.to_thread(node.process.wait, _PATIENCE_SECONDS) == 0
        assert not any(_is_there(pid) for pid in pids(node))


def test_a_worker_that_cannot_start_is_told_with_its_reason(site: Nodes) -> None:
    said = site.refused(CENTRE_PROCESSES=2, TLS_KEY="/nowhere")
    assert "/nowhere" in said
    assert "Traceback" not in said


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
