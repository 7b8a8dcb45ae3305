"""I7: the log keeps up with a busy service, and everything the service wrote verifies."""

import asyncio
from datetime import timedelta

import asyncpg

from civil.clock import utc_now
from issuance_db.log.proving import prove_issuance
from issuance_db.log.verifying import Outside, verify
from issuance_db.log.witnessed import lag_of
from tests.system.running import CITY, Service

REQUESTS = 60


async def test_i7_what_a_busy_service_writes_is_in_the_log_and_verifies(service: Service) -> None:
    samples = service.samples[:REQUESTS]
    async with service.client(tries=REQUESTS) as client:
        certificates = await asyncio.gather(
            *(client.issue(sample.request(f"log-{sample.serial}")) for sample in samples)
        )
    reader = await asyncpg.connect(service.database_url)
    try:
        await _batched(reader)
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            found = await verify(reader, CITY, Outside(), now=utc_now() + timedelta(hours=1))
            assert found.findings == []
            assert found.leaves >= REQUESTS * len(("accepted", "proposed", "permitted", "answered", "issuance"))
            for certificate in certificates:
                assert (await prove_issuance(reader, CITY, certificate.issuance_number)).holds()
    finally:
        await reader.close()


async def _batched(reader: asyncpg.Connection) -> None:
    async with asyncio.timeout(60):
        while (await lag_of(reader, CITY)).unbatched_since is not None:  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.1)
