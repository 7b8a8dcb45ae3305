"""MIS-09: the link from the registers stops, and what is issued grows old without anybody seeing it.

Niigata, Saitama and Kumamoto, 2020 to 2023: the defect was in the link between the register and the issuing server.
For up to two and a half years the server went on issuing from what it had; nothing in its records said how old that was.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from kiosk_server.web.client import CentreProblem
from tests.incidents.people import People
from tests.incidents.seal_register import for_seal, seal_office
from tests.system.asking import Asking, until
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.running import Sample

LIMIT = timedelta(hours=26)
_IS_PAST = "SELECT clock_timestamp() >= fed_at + age_limit FROM issuance.source WHERE source = 'seal'"
_AGE = "SELECT age, as_of FROM history.issuance_source WHERE issuance_number = $1 AND source = $2"


@pytest.fixture
async def asking(installation: Installation) -> AsyncIterator[Asking]:
    async with Asking(installation) as made:
        yield made


@pytest.fixture
async def seal_source(books: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The seal source with a limit of 26 hours for this test; afterwards as it was."""
    before = await books.fetchrow("SELECT fed_at, working_limit FROM issuance.source WHERE source = 'seal'")
    assert before is not None
    await books.execute("UPDATE issuance.source SET working_limit = $1 WHERE source = 'seal'", LIMIT)
    yield books
    await books.execute(
        "UPDATE issuance.source SET working_limit = $1, fed_at = greatest(fed_at, $2) WHERE source = 'seal'",
        before["working_limit"],
        before["fed_at"],
    )


async def test_mis_09_the_kind_stops_by_itself_past_its_limit_and_starts_with_the_next_file(
    installation: Installation, asking: Asking, people: People, seal_source: asyncpg.Connection, tmp_path: Path
) -> None:
    resident = people.one()
    await _last_fed(seal_source, LIMIT - timedelta(minutes=1))
    delivery = await asking.issue(installation.centres[0], for_seal(asking.new(resident)), tries=3)
    row = await seal_source.fetchrow(_AGE, delivery.certificate.issuance_number, "seal")
    assert row is not None
    assert LIMIT - timedelta(minutes=1) <= row["age"] < LIMIT
    # Nobody does anything: the moment passes, and every process refuses.
    await _last_fed(seal_source, LIMIT - timedelta(seconds=2))
    await until(lambda: seal_source.fetchval(_IS_PAST))
    assert await _all_refuse(asking, resident)
    # Kinds that are made from other sources go on.
    other = await asking.issue(installation.centres[1], asking.new(resident), tries=3)
    assert other.certificate.pages >= 1

    office = await seal_office(installation, seal_source, tmp_path)
    assert (await office.feed("status"))[0] == 0
    again = await asking.issue(installation.centres[1], for_seal(asking.new(resident)), tries=3)
    row = await seal_source.fetchrow(_AGE, again.certificate.issuance_number, "seal")
    assert row is not None
    assert timedelta(0) <= row["age"] < timedelta(minutes=10)


async def test_mis_09_with_the_registry_here_one_unseen_event_is_too_old(
    installation: Installation, asking: Asking, people: People, clerk: Clerk, books: asyncpg.Connection
) -> None:
    moved, untouched = people.several(2)
    installation.sync.stop()
    try:
        await clerk.is_renamed(await clerk.holder(moved), "足利　改名")
        refused = await asking.refused(installation.centres[0], asking.new(moved))
        assert (refused.code, refused.status) == ("not_fresh", 503)
        delivery = await asking.issue(installation.centres[1], asking.new(untouched), tries=3)
    finally:
        installation.sync.start()
    age = await books.fetchval(_AGE, delivery.certificate.issuance_number, "registry")
    assert age == timedelta(0)
    assert (await asking.issue(installation.centres[0], asking.new(moved), tries=3)).certificate.pages >= 1


async def test_mis_09_every_issuance_in_the_books_says_how_old_its_data_was(
    installation: Installation, asking: Asking, people: People, books: asyncpg.Connection
) -> None:
    await asking.issue(installation.centres[0], asking.new(people.one()), tries=3)
    silent = await books.fetch(
        "SELECT i.issuance_number FROM history.issuance AS i WHERE NOT EXISTS ("
        "SELECT FROM history.issuance_source AS s WHERE s.issuance_number = i.issuance_number AND s.age >= interval '0')"
    )
    assert await books.fetchval("SELECT count(*) FROM history.issuance") > 0
    assert silent == []


async def _last_fed(books: asyncpg.Connection, ago: timedelta) -> None:
    """The last file that came was true of so long ago."""
    await books.execute("UPDATE issuance.source SET fed_at = $1 WHERE source = 'seal'", datetime.now(UTC) - ago)


async def _all_refuse(asking: Asking, resident: Sample) -> bool:
    """Whether every process says that the data is too old."""
    found = []
    for centre in asking.installation.centres:
        client = await asking.client(centre)
        try:
            await client.issue(for_seal(asking.new(resident)))
        except CentreProblem as problem:
            found.append((problem.code, problem.status))
    return found == [("not_fresh", 503)] * len(asking.installation.centres)
