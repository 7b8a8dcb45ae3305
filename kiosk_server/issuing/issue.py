"""POST /v1/issuances, from acceptance to the recorded certificate."""

import asyncio

from cardauth import Authenticated
from issuance_db import history, intents, requests
from issuance_db.requests import KnownRequest, Lease, NewRequest
from kiosk_server.issuing.acceptance import (
    RETRY_SECONDS,
    accept,
    concluded,
    find_same,
    new_request,
    seconds_left,
    within_deadline,
)
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.asked_again import same_answer
from kiosk_server.issuing.attempt import Prepared, attempt
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.findings import DayChanged, RecordMoved
from kiosk_server.issuing.identify import asked_for, identify
from kiosk_server.issuing.recording import record
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Certificate, IssuanceRequest


async def issue(environment: Environment, caller: Caller, request: IssuanceRequest) -> Certificate:
    """Answer one request: made now, or the same bytes as before. Raises ``Refusal``."""
    new = new_request(environment, caller, request)
    if request.kind not in caller.kinds:
        raise Refusal(RefusalCode.NOT_YOUR_CITY, "kind_not_covered")
    async with within_deadline(environment, new.deadline_at):
        with environment.step("accept"):
            lease = await accept(environment, new)
    if lease is not None:
        return await _work(environment, caller, request, lease)
    return await _again(environment, caller, request, new)


async def _work(
    environment: Environment,
    caller: Caller,
    request: IssuanceRequest,
    lease: Lease,
    authenticated: Authenticated | None = None,
) -> Certificate:
    """Hold the lease: everything up to the comparison within the deadline, then the one recording transaction."""
    async with concluded(environment, lease):
        async with within_deadline(environment, lease.deadline_at):
            if authenticated is None:
                with environment.step("authenticate"):
                    authenticated = await identify(environment, caller, request)
            asked = asked_for(environment, caller, request, authenticated)
            prepared = await _prepare(environment, asked, lease)
        with environment.step("record"):
            return await record(environment, prepared)


async def _prepare(environment: Environment, asked: Asked, lease: Lease) -> Prepared:
    """Attempt until nothing moves meanwhile. The deadline ends this; what moved all the time is ``not_fresh``."""
    while True:
        try:
            return await attempt(environment, asked, lease)
        except DayChanged:
            lease = await _with_new_instant(environment, lease)
        except RecordMoved:
            if seconds_left(environment, lease.deadline_at) < environment.limits.deadline.total_seconds() / 2:
                raise Refusal(RefusalCode.NOT_FRESH, "record_keeps_moving", retry_after=RETRY_SECONDS) from None
            await asyncio.sleep(environment.limits.moved_pause.total_seconds())


async def _with_new_instant(environment: Environment, lease: Lease) -> Lease:
    now = environment.clock()
    async with environment.database.city(lease.key.municipality_code) as connection:
        if not await requests.set_instant(connection, lease, now):
            raise Refusal(RefusalCode.TIMED_OUT, "lease_lost", retry_after=RETRY_SECONDS)
    return Lease(lease.key, lease.token, now, lease.deadline_at)


async def _again(environment: Environment, caller: Caller, request: IssuanceRequest, new: NewRequest) -> Certificate:
    """A known id: authenticate and count as ever, then wait for a twin, give the same answer, or begin a new attempt."""
    async with within_deadline(environment, new.deadline_at):
        known = await find_same(environment, new.key, request)
        # Only what is final may come from a session that ran out: a new attempt needs one that is good now.
        authenticated = await identify(environment, caller, request, asked_again=_is_final(known))
        lease = None
        while lease is None:
            if _is_final(known):
                return await same_answer(environment, known, authenticated.person_number)
            lease = await _take_over(environment, new)
            known = known if lease else await _twin_later(environment, request, new)
    return await _work(environment, caller, request, lease, authenticated)


def _is_final(known: KnownRequest) -> bool:
    return known.state in {"answered", "refused"}


async def _twin_later(environment: Environment, request: IssuanceRequest, new: NewRequest) -> KnownRequest:
    """The same request a moment later, while somebody else works on it."""
    pause = environment.limits.twin_poll.total_seconds()
    if seconds_left(environment, new.deadline_at) <= pause:
        raise Refusal(RefusalCode.BUSY, "twin_still_running", retry_after=RETRY_SECONDS)
    await asyncio.sleep(pause)
    return await find_same(environment, new.key, request)


async def _take_over(environment: Environment, new: NewRequest) -> Lease | None:
    now = environment.clock()
    async with environment.database.city(new.key.municipality_code) as connection:
        lease = await requests.take_over(connection, new.key, now, new.deadline_at)
        if lease is not None:
            for number in await intents.void_open(connection, new.key, lease.token, "lease_ran_out", now):
                await history.add_step(connection, new.key, "void", now, code="lease_ran_out", issuance_number=number)
            await history.add_step(connection, new.key, "accepted", now)
    return lease
