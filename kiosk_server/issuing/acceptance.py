"""Taking a request, and leaving none open: one INSERT decides whose it is, and whatever happens, it is ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, Literal

from issuance_db import history, intents, requests
from issuance_db.requests import KnownRequest, Lease, NewRequest, RequestKey
from kiosk_server.issuing.authorise import MY_NUMBER_NOT_PRINTED
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.fingerprint import fingerprints
from kiosk_server.issuing.refusal import FINAL_CODES, Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, IssuanceRequest, MenuRequest

RETRY_SECONDS: Final = 2


def new_request(environment: Environment, caller: Caller, request: IssuanceRequest | MenuRequest) -> NewRequest:
    """The request as it is stored: its key, its fingerprint, and its instant, from which the deadline runs."""
    now = environment.clock()
    call: Literal["issuances", "menus"] = "issuances" if isinstance(request, IssuanceRequest) else "menus"
    return NewRequest(
        key=RequestKey(request.municipality_code, caller.caller_id, call, request.request_id),
        fingerprint=fingerprints(environment.keys, request)[0],
        kind=request.kind if isinstance(request, IssuanceRequest) else None,
        channel=caller.channel,
        terminal=requests.Terminal(request.terminal.operator, request.terminal.store, request.terminal.terminal),
        accepted_at=now,
        deadline_at=now + environment.limits.deadline,
    )


async def accept(environment: Environment, new: NewRequest) -> Lease | None:
    """Take the request, or None when somebody did before."""
    async with environment.database.city(new.key.municipality_code) as connection:
        return await requests.accept(connection, new)


async def find_same(environment: Environment, key: RequestKey, request: IssuanceRequest | MenuRequest) -> KnownRequest:
    """The request that was there before, if it has the same body. Raises ``Refusal`` with ``request_conflict``."""
    async with environment.database.city(key.municipality_code) as connection:
        known = await requests.find(connection, key)
    if known is None:
        raise Refusal(RefusalCode.BUSY, "twin_not_committed", retry_after=RETRY_SECONDS)
    if known.fingerprint not in fingerprints(environment.keys, request):
        raise Refusal(RefusalCode.REQUEST_CONFLICT, "other_body")
    return known


def seconds_left(environment: Environment, deadline_at: datetime) -> float:
    """Until the deadline (UTC); negative past it."""
    return (deadline_at - environment.clock()).total_seconds()


@asynccontextmanager
async def within_deadline(environment: Environment, deadline_at: datetime) -> AsyncIterator[None]:
    """Abandon what is inside when the deadline (UTC) passes, open transactions included. Raises ``Refusal``: ``timed_out``."""
    try:
        async with asyncio.timeout(seconds_left(environment, deadline_at)):
            yield
    except TimeoutError:
        raise Refusal(RefusalCode.TIMED_OUT, "deadline_passed", retry_after=RETRY_SECONDS) from None


@asynccontextmanager
async def concluded(environment: Environment, lease: Lease) -> AsyncIterator[None]:
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
    now, patience = environment.clock(), environment.limits.recording.total_seconds()
    async with environment.database.city(lease.key.municipality_code, timeout=patience) as connection:
        # The request's row before its attempts, as everybody else who takes both; two orders would wait for each other.
        is_ours = await requests.finish(connection, lease, state, refusal.code)
        for number in await intents.void_open(connection, lease.key, lease.token, refusal.reason, now):
            await history.add_step(connection, lease.key, "void", now, code=refusal.reason, issuance_number=number)
        if is_ours:
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
