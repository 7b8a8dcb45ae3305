"""POST /v1/menus: what the person behind the credential may have now, whom it may show, and a session to ask with."""

import asyncpg

from cardauth import Authenticated, NotIdentified, RefOwner, seal_session
from issuance_db import history, requests
from issuance_db.city import Concerned
from issuance_db.requests import Lease
from issuance_db.terminal_turns import begin_turn
from kiosk_server.issuing.acceptance import accept, concluded, find_same, new_request, within_deadline
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.findings import RecordContradictsItself, RecordMoved
from kiosk_server.issuing.identify import authenticate_credential
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.kinds.kind import Moment
from kiosk_server.issuing.opening import concerned, open_city
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Kind, Menu, MenuKind, MenuRequest
from kiosk_server.issuing.turn import turn_of


async def menu(environment: Environment, caller: Caller, request: MenuRequest) -> Menu:
    """Offer what may be issued now. Raises ``Refusal`` exactly as an issuance would: the reason stays neutral here too.

    A menu decides nothing, so the same id may ask again for what is on offer by then; what refused it for good stays.
    """
    if not _covered(caller):
        raise Refusal(RefusalCode.NOT_YOUR_CITY, "kind_not_covered")
    new = new_request(environment, caller, request)
    async with within_deadline(environment, new.deadline_at):
        lease = await accept(environment, new)
    if lease is not None:
        return await _first(environment, caller, request, lease)
    async with within_deadline(environment, new.deadline_at):
        known = await find_same(environment, new.key, request)
        offered = await _offer(environment, caller, request)
    if known.state == "refused":
        raise Refusal(RefusalCode(known.result_code or RefusalCode.NOT_IDENTIFIED), "asked_again")
    return offered


async def _first(environment: Environment, caller: Caller, request: MenuRequest, lease: Lease) -> Menu:
    async with concluded(environment, lease), within_deadline(environment, lease.deadline_at):
        offered = await _offer(environment, caller, request)
        await _answered(environment, lease)
        return offered


async def _offer(environment: Environment, caller: Caller, request: MenuRequest) -> Menu:
    try:
        authenticated = await authenticate_credential(environment, caller, request)
    except NotIdentified as refused:
        raise Refusal(RefusalCode.NOT_IDENTIFIED, refused.reason) from None
    turn = turn_of(caller, request.terminal, authenticated.index)
    async with environment.database.city(request.municipality_code) as connection:
        await begin_turn(connection, turn, environment.clock())
    kinds = await _kinds(environment, caller, request, authenticated)
    sealed = seal_session(
        environment.keys,
        authenticated.key,
        municipality_code=request.municipality_code,
        caller_id=caller.caller_id,
        terminal=request.terminal,
        issuances=environment.limits.session_issuances,
        now=environment.clock(),
    )
    return Menu(kinds, sealed.token, environment.limits.session_issuances, sealed.expires_at)


async def _answered(environment: Environment, lease: Lease) -> None:
    async with environment.database.city(lease.key.municipality_code) as connection:
        if await requests.finish(connection, lease, "answered", "offered"):
            await history.add_step(connection, lease.key, "answered", environment.clock(), code="offered")


async def _kinds(
    environment: Environment, caller: Caller, request: MenuRequest, authenticated: Authenticated
) -> tuple[MenuKind, ...]:
    """Every kind that may be had now. When there is none, the refusal is that of the first: it tells no more than one."""
    offered: list[MenuKind] = []
    refusals: list[Refusal] = []
    async with environment.database.city(request.municipality_code) as connection:
        for kind in _covered(caller):
            try:
                about = concerned(kind, request.terminal, {authenticated.person_number})
                offered.append(await _offered(connection, environment, caller, authenticated, about))
            except Refusal as refusal:
                refusals.append(refusal)
    if not offered:
        raise refusals[0]
    return tuple(offered)


def _covered(caller: Caller) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if kind in caller.kinds)


async def _offered(
    connection: asyncpg.Connection,
    environment: Environment,
    caller: Caller,
    authenticated: Authenticated,
    about: Concerned,
) -> MenuKind:
    now, municipality, kind = environment.clock(), caller.municipality_code, Kind(about.kind)
    settings, closes_at = await open_city(connection, municipality, about, caller.channel, now, now)
    owner = RefOwner(municipality, caller.caller_id, authenticated.index.first)
    moment = Moment(now, now, settings, environment.keys)
    try:
        offer = await KINDS[kind].offer(connection, owner, authenticated.person_number, moment)
    except RecordMoved:
        raise Refusal(RefusalCode.NOT_FRESH, "record_behind_registry", retry_after=2) from None
    except RecordContradictsItself as fault:
        raise Refusal(
            RefusalCode.NOT_AVAILABLE, "record_contradicts_itself", person_number=fault.person_number
        ) from None
    return MenuKind(kind, settings.fee_yen or 0, offer.options, offer.persons, closes_at, offer.choices)
