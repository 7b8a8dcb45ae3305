"""MIS-04: nobody gets another's certificate, however many ask at the same time."""

import asyncio
import random
import resource
from collections.abc import Iterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from kiosk_server.issuing.request import Certificate
from kiosk_server.processes.open_files import allow_most_open_files
from kiosk_server.web.client import CentreClient
from tests.system.printed import wrong_names
from tests.system.running import CITY, Sample, Service

REQUESTS = 2_000
CLIENTS = 20
"""Each opens 100 connections, so that all requests are on their way at once."""
ANSWERED = """
SELECT r.request_id, i.issuance_number, c.serial
FROM issuance.request AS r
JOIN history.issuance AS i ON i.caller_id = r.caller_id AND i.request_id = r.request_id AND i.issuance_number = r.issuance_number
JOIN history.issuance_subject AS s ON s.issuance_number = i.issuance_number
JOIN issuance.credential AS c ON c.person_number = s.person_number
WHERE r.call = 'issuances' AND r.state = 'answered' AND r.request_id LIKE 'two-thousand-%' AND s.asked_by
"""


@pytest.fixture
def many_connections() -> Iterator[None]:
    """As many open connections as the system allows: a login starts with fewer than this test's callers."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_most_open_files()
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_connections")
@pytest.mark.timeout(300)
async def test_mis_04_two_thousand_at_once_get_two_thousand_right_certificates(service: Service) -> None:
    samples = service.samples[:REQUESTS]
    assert len({sample.serial for sample in samples}) == REQUESTS
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(service.client(tries=REQUESTS, sleep=scattered)) for _ in range(CLIENTS)
        ]
        asking = (_ask(clients[n % CLIENTS], sample) for n, sample in enumerate(samples))
        certificates = await asyncio.gather(*asking)

    everybody = {name for sample in samples for name in sample.household}
    wrong = [
        complaint
        for sample, certificate in zip(samples, certificates, strict=True)
        for complaint in wrong_names(certificate.content, sample, everybody)
    ]
    assert wrong == []
    assert len({certificate.issuance_number for certificate in certificates}) == REQUESTS
    numbers = {
        _request_id(sample): certificate.issuance_number
        for sample, certificate in zip(samples, certificates, strict=True)
    }
    assert await _answered(service) == numbers


async def scattered(retry_after: float) -> None:
    """Wait as long as the server asks for, and a little more: callers who were refused together do not return together."""
    await asyncio.sleep(retry_after * random.uniform(1, 2))


async def _ask(client: CentreClient, sample: Sample) -> Certificate:
    return await client.issue(sample.request(_request_id(sample)))


def _request_id(sample: Sample) -> str:
    return f"two-thousand-{sample.serial}"


async def _answered(service: Service) -> dict[str, str]:
    """The books: number by request, where who asked is the holder of that request's card."""
    connection = await asyncpg.connect(service.database_url)
    try:
        assert await connection.fetchval("SELECT shared.city()") == CITY
        rows = await connection.fetch(ANSWERED)
    finally:
        await connection.close()
    return {
        row["request_id"]: row["issuance_number"] for row in rows if row["request_id"].endswith(f"-{row['serial']}")
    }
