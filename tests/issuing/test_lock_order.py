"""Whoever holds a request and its attempts takes the request first: front and sweeper never wait for each other."""

import asyncio

import asyncpg
import pytest

from issuance_db import history
from issuance_db.database import Database as CityDatabase
from issuance_db.database import DatabaseConflict
from issuance_db.requests import RequestKey
from kiosk_server.issuing.paper import PaperFailed, PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.web.middleware import problem_of
from tests.issuing.city import CENTRE, City
from tests.sync.registry_rows import CITY

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_refusal_waits_for_the_request_without_holding_its_attempt(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    sweeper, admin = await ashikaga.database.connect("sweeper", CITY), await ashikaga.database.connect()
    holding = sweeper.transaction()

    async def then_the_sweeper_comes(_self: PaperWorkers, _snapshot: object) -> PaperFailed:
        await holding.start()
        await sweeper.execute("SELECT state FROM issuance.request FOR UPDATE")
        raise Refusal(RefusalCode.NOT_AVAILABLE, "for this test")

    monkeypatch.setattr(PaperWorkers, "make", then_the_sweeper_comes)
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    await _somebody_waits(admin)
    async with asyncio.timeout(30):
        # What the sweeper does next; with the attempt held by the front it would wait for ever.
        assert await sweeper.execute("UPDATE issuance.intent SET state = 'void'") == "UPDATE 1"
        await holding.commit()
    with pytest.raises(Refusal) as refused:
        await asking
    assert refused.value.code is RefusalCode.NOT_AVAILABLE


async def test_step_of_two_at_once_is_a_conflict_and_no_fault(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(card)
    await ashikaga.issuing.issue(CENTRE, request)
    key = RequestKey(CITY, CENTRE.caller_id, "issuances", request.request_id)
    first, second = [await ashikaga.database.connect("front", CITY) for _ in range(2)]
    [row] = await ashikaga.rows("SELECT issuance_number FROM history.issuance")
    step = {"code": "issued", "issuance_number": str(row["issuance_number"])}
    now = ashikaga.clock.now
    transaction = first.transaction()
    await transaction.start()
    await history.add_step(first, key, "answered", now, **step)
    late = asyncio.create_task(history.add_step(second, key, "answered", now, **step))
    await _somebody_waits(await ashikaga.database.connect())
    await transaction.commit()
    with pytest.raises(DatabaseConflict):
        await late


async def test_a_transaction_given_up_for_another_is_a_conflict_and_the_answer_is_to_ask_again(ashikaga: City) -> None:
    async with CityDatabase.open(ashikaga.database.dsn("front")) as database:
        with pytest.raises(DatabaseConflict) as conflict:
            async with database.city(CITY):
                raise asyncpg.DeadlockDetectedError
    problem = problem_of(conflict.value, "issuances")
    assert (problem.code, problem.retry_after is not None) == (RefusalCode.BUSY, True)


async def _somebody_waits(admin: asyncpg.Connection) -> None:
    async with asyncio.timeout(30):
        while not await admin.fetchval(_WAITING):  # noqa: ASYNC110 - it is PostgreSQL that waits
            await asyncio.sleep(0.01)
