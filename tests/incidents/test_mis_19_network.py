"""MIS-19: the network fails after the answer was sent, before anybody said what became of it.

LGWAN, 26 January 2022, from 08:00: about a hundred cities and sixteen wards of Tokyo could issue nothing until after noon.
What was under way had been sent, perhaps printed, perhaps paid: until the day's figures are matched nobody may claim either.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from civil.calendar import jst_date
from kiosk_server.issuing.request import IssuanceRequest, OutcomeReport
from kiosk_server.web.client import CentreClient, CentreProblem, CentreUnreachable
from tests.cli.command import kiosk
from tests.feed_files import envelope
from tests.incidents.cut_line import Line, line_to
from tests.incidents.people import People
from tests.system.asking import Asking, until
from tests.system.installation import Installation
from tests.system.oracle import charged, more_than_one_answer
from tests.system.running import CITY

_SENT = "SELECT issuance_number, file_bytes, fee_yen FROM history.issuance WHERE request_id = $1"


async def test_mis_19_what_was_cut_is_unknown_until_daily_matching_settles_it(
    installation: Installation, people: People, books: asyncpg.Connection, tmp_path: Path
) -> None:
    here, other = installation.centres[:2]
    async with Asking(installation) as asking, line_to(here.centre_url) as line:
        lost, printed, unclaimed = (asking.new(sample) for sample in people.several(3))
        direct = await asking.client(other)
        async with installation.client(line.url) as client:
            await _answer_is_lost(line, client, lost, books)
        async with installation.client(line.url) as client:
            await _report_is_lost(line, client, printed)
        async with installation.client(line.url) as client:
            await _answer_is_lost(line, client, unclaimed, books)
        # The centre asks again for the first over another process, and gets what was made then.
        again = await asking.issue(other, lost)
        sent = {request.request_id: await _sent(books, request) for request in (lost, printed, unclaimed)}
        numbers = [row["issuance_number"] for row in sent.values()]
        assert again.certificate.issuance_number == numbers[0]
        assert [(await direct.state(CITY, number)).outcome for number in numbers] == ["unknown"] * 3

        await asyncio.to_thread(
            _settle, installation, tmp_path, [(printed, numbers[1], "printed", 200), (lost, numbers[0], "cancelled", 0)]
        )
        outcomes = [(await direct.state(CITY, number)).outcome for number in numbers]
        assert outcomes == ["cancelled", "printed", "unknown"]
        # The report that was lost comes after all: the same is welcome, another is a conflict.
        await direct.outcome(CITY, numbers[1], OutcomeReport("printed", True, datetime.now(UTC)))
        with pytest.raises(CentreProblem, match="409"):
            await direct.outcome(CITY, numbers[0], OutcomeReport("printed", True, datetime.now(UTC)))
    assert await more_than_one_answer(books) == []
    assert await charged(books, list(sent)) == sorted(sent)
    told = await books.fetch(
        "SELECT issuance_number, reported_by FROM history.outcome WHERE issuance_number = ANY ($1)", numbers
    )
    assert {row["issuance_number"] for row in told} == set(numbers[:2])
    assert all(row["reported_by"].startswith("statement/") for row in told)


async def _warm(client: CentreClient) -> None:
    """Open the connection and keep it: what follows is one request on it and nothing else."""
    with pytest.raises(CentreProblem, match="404"):
        await client.state(CITY, "20200101-01-00000000-0")


async def _answer_is_lost(
    line: Line, client: CentreClient, request: IssuanceRequest, books: asyncpg.Connection
) -> None:
    """The whole answer leaves us, and none of it arrives."""
    await _warm(client)
    line.holds_answers, line.swallowed = True, 0
    asked = asyncio.create_task(client.issue(request))

    async def has_left() -> bool:
        row = await books.fetchrow(_SENT, request.request_id)
        return row is not None and line.swallowed > row["file_bytes"]

    await until(has_left)
    line.cut()
    with pytest.raises(CentreUnreachable):
        await asked
    line.holds_answers = False


async def _report_is_lost(line: Line, client: CentreClient, request: IssuanceRequest) -> None:
    """The answer arrives and is printed; the report of it never reaches us."""
    certificate = await client.issue(request)
    line.holds_requests, line.swallowed = True, 0
    report = OutcomeReport("printed", True, datetime.now(UTC))
    reporting = asyncio.create_task(client.outcome(CITY, certificate.issuance_number, report))

    async def is_on_its_way() -> bool:
        return line.swallowed > 0

    await until(is_on_its_way)
    line.cut()
    with pytest.raises(CentreUnreachable):
        await reporting
    line.holds_requests = False


async def _sent(books: asyncpg.Connection, request: IssuanceRequest) -> asyncpg.Record:
    row = await books.fetchrow(_SENT, request.request_id)
    assert row is not None
    return row


def _settle(
    installation: Installation, directory: Path, lines: Iterable[tuple[IssuanceRequest, str, str, int]]
) -> None:
    """The centre's statement of the day, taken in and matched as the office does."""
    now = datetime.now(UTC)
    day = jst_date(now).isoformat()
    records = []
    for request, number, outcome, fee in lines:
        place = (request.terminal.operator, request.terminal.store, request.terminal.terminal)
        records.append((number, request.kind, *place, now.isoformat(), outcome, str(fee)))
    file = directory / "statement.csv"
    file.write_bytes(envelope(("kiosk-statement", "1", CITY, day, "1", now.isoformat()), records))
    settings = ("--settings", installation.settings_file)
    taken = kiosk("settle", "import", file, *settings)
    assert taken.returncode == 0, taken.stderr
    matched = kiosk("settle", "match", "--date", day, *settings)
    assert " 2  明細で確定 / settled by the statement" in matched.stdout, matched.stdout + matched.stderr
