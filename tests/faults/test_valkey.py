"""Valkey holds no truth: flushed, slow or gone, it makes nobody get anything else (design, part 4)."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from cardauth import UserCertificate
from issuance_db.fsck import check
from kiosk_server.embedded.valkey import EmbeddedValkey
from kiosk_server.issuing.request import Certificate, IssuanceRequest, Kind, ResidentRecordOptions
from kiosk_server.web.client import CentreProblem
from tests.issuing.city import TERMINAL
from tests.processes.conftest import site
from tests.processes.nodes import Node, Nodes
from tests.sync.registry_rows import CITY
from tests.system.part import paused
from tests.system.reading import read

__all__ = ["site"]

NAMES = ("足利　101", "足利　102", "足利　103")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """One that may be killed."""
    with EmbeddedValkey(tmp_path / "valkey") as server:
        yield server


@asynccontextmanager
async def told(valkey: EmbeddedValkey) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey.url) as redis:
        yield redis


async def issued(node: Node, card: UserCertificate, request_id: str) -> Certificate:
    """A right certificate of the household."""
    request = IssuanceRequest(
        request_id, CITY, TERMINAL, card, Kind.RESIDENT_RECORD, "household", ResidentRecordOptions()
    )
    async with node.client(tries=10) as client:
        certificate = await client.issue(request)
    assert read(certificate.content).names == NAMES
    return certificate


async def locked_out(node: Node, card: UserCertificate) -> None:
    """Three wrong tries, and then the right PIN: refused, whatever Valkey remembers."""
    pins = (*("9990", "9991", "9992"), card.pin)
    for place, pin in enumerate(pins):
        with pytest.raises(CentreProblem, match="not_identified"):
            await issued(node, UserCertificate(card.issuer_key_id, card.serial, pin), f"guess-{place}")


async def test_valkey_flushed_slow_and_gone_issues_nothing_twice_and_forgets_no_lockout(
    site: Nodes, valkey: EmbeddedValkey
) -> None:
    card, other, _ = await site.household("7001", "7002", "7003")
    with site.up(REDIS_URL=valkey.url) as node:
        first = await issued(node, card, "first")
        await locked_out(node, other)
        async with told(valkey) as redis:
            assert await redis.keys() != []
            process_id = (await redis.info("server"))["process_id"]
            await redis.flushall()
        assert await issued(node, card, "first") == first
        with paused(process_id):
            second = await issued(node, card, "second")
        os.kill(process_id, signal.SIGKILL)
        third = await issued(node, card, "third")
        assert await issued(node, card, "second") == second
        with pytest.raises(CentreProblem, match="not_identified"):
            await issued(node, other, "locked still")
    assert len({one.issuance_number for one in (first, second, third)}) == 3
    admin = await site.database.connect()
    assert await admin.fetchval("SELECT count(*) FROM history.issuance") == 3
    assert list(await check(await site.database.connect("fsck"), CITY, datetime.now(UTC))) == []
