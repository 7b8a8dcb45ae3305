"""One deadline for each request: past it everything begun is abandoned, and the books say so (MIS-01, MIS-02)."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import pdf
from issuance_db.database import Database as CityDatabase
from issuance_db.database import DatabaseTimedOut
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.ending import finish_quarantines
from kiosk_server.issuing.environment import Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed, PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import MenuRequest
from tests.issuance_db.silent_line import SilentLine
from tests.issuing.city import CENTRE, TERMINAL, City, city
from tests.issuing.read_pdf import text_of
from tests.servers import Database
from tests.sync.registry_rows import CITY

SHORT = Limits(deadline=timedelta(seconds=1), recording=timedelta(seconds=0.5))


@pytest.fixture
async def hurried(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    """As `ashikaga`, where a request has one second and its recording half of one."""
    async with city(database, keys, paper, SHORT) as made:
        await made.registry.family("900", "101")
        await made.project()
        yield made


@asynccontextmanager
async def locked(city: City, table: str) -> AsyncIterator[None]:
    """Nobody but us uses the table meanwhile."""
    admin = await city.database.connect()
    async with admin.transaction():
        await admin.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


async def code_of(asking: Coroutine[Any, Any, object]) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        await asking
    return caught.value.code


async def test_menu_past_its_deadline_is_abandoned_and_may_be_asked_again(hurried: City) -> None:
    request = MenuRequest("menu-1", CITY, TERMINAL, await hurried.credential("101", "7001"))
    async with locked(hurried, "issuance.resident_key"):
        assert await code_of(hurried.issuing.menu(CENTRE, request)) is RefusalCode.TIMED_OUT
    [row] = await hurried.rows("SELECT state, result_code FROM issuance.request")
    assert (row["state"], row["result_code"]) == ("abandoned", "timed_out")
    assert (await hurried.issuing.menu(CENTRE, request)).kinds


async def test_a_database_that_falls_silent_keeps_no_request_past_its_time(
    hurried: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuance_db.database._UNDONE_SECONDS", 0.2)
    request = hurried.request(await hurried.credential("101", "7001"))
    line = SilentLine(hurried.database.address.host, hurried.database.address.port)
    make = hurried.environment.paper.make

    async def fall_silent(sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
        line.is_silent = True
        return await make(sealed)

    async with line.listening() as port:
        there = hurried.database.dsn("front").replace(f":{hurried.database.address.port}/", f":{port}/")
        async with CityDatabase.open(there, max_size=2) as front:
            issuing = Issuing(replace(hurried.environment, database=front))
            with monkeypatch.context() as meanwhile:
                meanwhile.setattr(hurried.environment.paper, "make", fall_silent)
                async with asyncio.timeout(20):
                    with pytest.raises(DatabaseTimedOut):
                        await issuing.issue(CENTRE, request)
            line.is_silent = False
            hurried.clock.advance(seconds=2)
            assert (await issuing.issue(CENTRE, request)).content


async def test_request_nobody_could_accept_in_time_leaves_no_row(hurried: City) -> None:
    request = hurried.request(await hurried.credential("101", "7001"))
    async with locked(hurried, "issuance.request"):
        assert await code_of(hurried.issuing.issue(CENTRE, request)) is RefusalCode.TIMED_OUT
    assert await hurried.rows("SELECT FROM issuance.request") == []
    assert "足利　101" in text_of((await hurried.issuing.issue(CENTRE, request)).content)


async def test_second_attempt_ends_with_the_deadline_of_the_request_that_began_it(hurried: City) -> None:
    request = hurried.request(await hurried.credential("101", "7001"))
    async with locked(hurried, "issuance.resident_key"):
        for _ in range(2):
            assert await code_of(hurried.issuing.issue(CENTRE, request)) is RefusalCode.TIMED_OUT
    [row] = await hurried.rows("SELECT deadline_at - accepted_at AS allowed, state FROM issuance.request")
    assert (row["allowed"], row["state"]) == (SHORT.deadline, "abandoned")


async def test_recording_that_hangs_is_given_up_and_the_request_yields_one_certificate(hurried: City) -> None:
    request = hurried.request(await hurried.credential("101", "7001"))
    async with locked(hurried, "issuance.kept_answer"):
        with pytest.raises(DatabaseTimedOut):
            await hurried.issuing.issue(CENTRE, request)
    assert await hurried.rows("SELECT FROM history.issuance") == []
    certificate = await hurried.issuing.issue(CENTRE, request)
    assert await hurried.issuing.issue(CENTRE, request) == certificate
    states = await hurried.rows("SELECT state FROM issuance.intent ORDER BY proposed_at")
    assert [state["state"] for state in states] == ["void", "recorded"]


async def test_process_that_stops_waits_for_the_stop_a_mismatch_began(
    hurried: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = hurried.request(await hurried.credential("101", "7001"))

    async def wrong_page(sealed: pdf.Sealed) -> PaperFailed:
        return PaperFailed(pdf.IdentityMismatch(1, "person1.name"), sealed.snapshot.salt)

    monkeypatch.setattr(hurried.environment.paper, "make", wrong_page)
    async with locked(hurried, "issuance.quarantine"):
        assert await code_of(hurried.issuing.issue(CENTRE, request)) is RefusalCode.TIMED_OUT
        stopping = asyncio.create_task(finish_quarantines())
        await asyncio.sleep(0)
        assert not stopping.done()
    await stopping
    assert len(await hurried.rows("SELECT FROM issuance.quarantine")) == 1
