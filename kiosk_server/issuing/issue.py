"""POST /v1/issuances, from acceptance to the recorded certificate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from issuance_db import history, intents, requests
from issuance_db.requests import KnownRequest, Lease, NewRequest, RequestKey
from keys.purpose import Purpose
from kiosk_server.issuing.asked_again import same_answer
from kiosk_server.issuing.attempt import Asked, Prepared, attempt
from kiosk_server.issuing.authorise import MY_NUMBER_NOT_PRINTED
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.fingerprint import fingerprint
from kiosk_server.issuing.identify import identify
from kiosk_server.issuing.permit import DayChanged, RecordMoved
from kiosk_server.issuing.recording import record
from kiosk_server.issuing.refusal import FINAL_CODES, Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Certificate, IssuanceRequest

RETRY_SECONDS = 2


async def issue(environment: Environment, caller: Caller, request: IssuanceRequest) -> Certificate:
    """Answer one request: made now, or the same bytes as before. Raises ``Refusal``."""
    new = _new_request(environment, caller, request)
    if request.kind not in caller.kinds:
        raise Refusal(RefusalCode.NOT_YOUR_CITY, "kind_not_covered")
    with environment.step("accept"):
        lease = await _accept(environment, new)
    if lease is not None:
        return await _work(environment, caller, request, lease)
    return await _again(environment, caller, request, new)


async def _accept(environment: Environment, new: NewRequest) -> Lease | None:
    async with environment.database.city(new.key.municipality_code) as connection:
        lease = await requests.accept(connection, new)
        if lease is not None:
            await history.add_step(connection, new.key, "accepted", new.accepted_at)
    return lease


def _new_request(environment: Environment, caller: Caller, request: IssuanceRequest) -> NewRequest:
    now = environment.clock()
    return NewRequest(
        key=RequestKey(request.municipality_code, caller.caller_id, "issuances", request.request_id),
        fingerprint=fingerprint(environment.keys.secret(Purpose.REQUEST_FINGERPRINT), request),
        kind=request.kind,
        channel=caller.channel,
        terminal=requests.Terminal(request.terminal.operator, request.terminal.store, request.terminal.terminal),
        accepted_at=now,
        deadline_at=now + environment.limits.deadline,
    )


async def _work(
    environment: Environment, caller: Caller, request: IssuanceRequest, lease: Lease, asked: Asked | None = None
) -> Certificate:
    """Hold the lease: everything up to the comparison within the deadline, then the one recording transaction."""
    async with _concluded(environment, lease):
        try:
            async with asyncio.timeout(_seconds_left(environment, lease.deadline_at)):
                if asked is None:
                    with environment.step("authenticate"):
                        asked = await identify(environment, caller, request)
                prepared = await _prepare(environment, asked, lease)
        except TimeoutError:
            raise Refusal(RefusalCode.TIMED_OUT, "deadline_passed", retry_after=RETRY_SECONDS) from None
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
            if _seconds_left(environment, lease.deadline_at) < environment.limits.deadline.total_seconds() / 2:
                raise Refusal(RefusalCode.NOT_FRESH, "record_keeps_moving", retry_after=RETRY_SECONDS) from None
            await asyncio.sleep(environment.limits.moved_pause.total_seconds())


async def _with_new_instant(environment: Environment, lease: Lease) -> Lease:
    now = environment.clock()
    async with environment.database.city(lease.key.municipality_code) as connection:
        if not await requests.set_instant(connection, lease, now):
            raise Refusal(RefusalCode.TIMED_OUT, "lease_lost", retry_after=RETRY_SECONDS)
    return Lease(lease.key, lease.token, now, lease.deadline_at)


@asynccontextmanager
async def _concluded(environment: Environment, lease: Lease) -> AsyncIterator[None]:
    """Whatever happens inside, the request does not stay open: refused for good, or abandoned and free to be asked again."""
    try:
        yield
    except Refusal as refusal:
        await _conclude(environment, lease, refusal)
        raise
    except BaseException:
        await asyncio.shield(_conclude(environment, lease, Refusal(RefusalCode.BUSY, "fault")))
        raise


async def _conclude(environment: Environment, lease: Lease, refusal: Refusal) -> None:
    state: Literal["refused", "abandoned"] = "refused" if refusal.code in FINAL_CODES else "abandoned"
    now = environment.clock()
    async with environment.database.city(lease.key.municipality_code) as connection:
        for number in await intents.void_open(connection, lease.key, lease.token, refusal.reason, now):
            await history.add_step(connection, lease.key, "void", now, code=refusal.reason, issuance_number=number)
        if await requests.finish(connection, lease, state, refusal.code):
            await history.add_step(connection, lease.key, state, now, code=refusal.code)
            await history.add_refusal_reason(connection, lease.key, refusal.reason, refusal.person_number, now)
        if refusal.reason == MY_NUMBER_NOT_PRINTED and refusal.person_number is not None:
            await history.add_my_number_read(
                connection,
                lease.key.municipality_code,
                None,
                refusal.person_number,
                purpose="certificate",
                allowed=False,
            )


async def _again(environment: Environment, caller: Caller, request: IssuanceRequest, new: NewRequest) -> Certificate:
    """A known id: authenticate and count as ever, then wait for a twin, give the same answer, or begin a new attempt."""
    known = await _find(environment, new.key)
    if known.fingerprint != new.fingerprint:
        raise Refusal(RefusalCode.REQUEST_CONFLICT, "other_body")
    asked = await identify(environment, caller, request)
    while known.state not in ("answered", "refused"):
        lease = await _take_over(environment, new)
        if lease is not None:
            return await _work(environment, caller, request, lease, asked)
        if environment.clock() >= new.deadline_at:
            raise Refusal(RefusalCode.BUSY, "twin_still_running", retry_after=RETRY_SECONDS)
        await asyncio.sleep(environment.limits.twin_poll.total_seconds())
        known = await _find(environment, new.key)
    return await same_answer(environment, known, asked.authenticated.person_number)


async def _find(environment: Environment, key: RequestKey) -> KnownRequest:
    async with environment.database.city(key.municipality_code) as connection:
        known = await requests.find(connection, key)
    if known is None:
        raise Refusal(RefusalCode.BUSY, "twin_not_committed", retry_after=RETRY_SECONDS)
    return known


async def _take_over(environment: Environment, new: NewRequest) -> Lease | None:
    now = environment.clock()
    async with environment.database.city(new.key.municipality_code) as connection:
        lease = await requests.take_over(connection, new.key, now, now + environment.limits.deadline)
        if lease is not None:
            for number in await intents.void_open(connection, new.key, lease.token, "lease_ran_out", now):
                await history.add_step(connection, new.key, "void", now, code="lease_ran_out", issuance_number=number)
            await history.add_step(connection, new.key, "accepted", now)
    return lease


def _seconds_left(environment: Environment, deadline_at: datetime) -> float:
    return (deadline_at - environment.clock()).total_seconds()
