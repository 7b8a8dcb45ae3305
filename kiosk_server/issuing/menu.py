"""POST /v1/menus: what the person behind the credential may have now, whom it may show, and a session to ask with."""

from datetime import datetime

import asyncpg

from cardauth import Authenticated, NotIdentified, PersonRef, RefOwner, seal_person_ref, seal_session
from civil.calendar import jst_date
from issuance_db import city, history, requests, residents
from issuance_db.requests import Lease
from issuance_db.residents import HouseholdMember
from issuance_db.terminal_turns import begin_turn
from kiosk_server.issuing.acceptance import accept, concluded, find_same, new_request, within_deadline
from kiosk_server.issuing.authorise import authorise
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.identify import authenticate_credential, turn_of
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Kind, Menu, MenuKind, MenuPerson, MenuRequest, ResidentRecordOptions

JAPANESE_OPTIONS = ("relationship", "domicile")
FOREIGN_OPTIONS = ("nationality", "residence_status", "residence_card_number")


async def menu(environment: Environment, caller: Caller, request: MenuRequest) -> Menu:
    """Offer what may be issued now. Raises ``Refusal`` exactly as an issuance would: the reason stays neutral here too.

    A menu decides nothing, so the same id may ask again for what is on offer by then; what refused it for good stays.
    """
    if Kind.RESIDENT_RECORD not in caller.kinds:
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
    turn = turn_of(caller, request.terminal, authenticated.credential_hash)
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
    async with environment.database.city(request.municipality_code) as connection:
        return (await _resident_record(connection, environment, caller, request, authenticated),)


async def _resident_record(
    connection: asyncpg.Connection,
    environment: Environment,
    caller: Caller,
    request: MenuRequest,
    authenticated: Authenticated,
) -> MenuKind:
    now = environment.clock()
    municipality = request.municipality_code
    settings = await city.city_on(connection, municipality, Kind.RESIDENT_RECORD, caller.channel, jst_date(now))
    closes_at = await city.closing_time(connection, municipality, Kind.RESIDENT_RECORD, now, now)
    if settings is None or closes_at is None:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=600)
    if await residents.is_behind(connection, municipality, authenticated.person_number):
        raise Refusal(RefusalCode.NOT_FRESH, "record_behind_registry", retry_after=2)
    household = await residents.household_of(connection, municipality, authenticated.person_number)
    authorise(household, authenticated.person_number, "self", ResidentRecordOptions(), settings, jst_date(now))
    owner = RefOwner(municipality, caller.caller_id, authenticated.credential_hash)
    return MenuKind(
        Kind.RESIDENT_RECORD,
        settings.fee_yen or 0,
        _options(household, my_number=settings.my_number_allowed),
        tuple(_person(environment, owner, member, now) for member in household),
        closes_at,
    )


def _options(household: tuple[HouseholdMember, ...], *, my_number: bool) -> tuple[str, ...]:
    foreign = any(member.nationality is not None for member in household)
    return (*JAPANESE_OPTIONS, *(("my_number",) if my_number else ()), *(FOREIGN_OPTIONS if foreign else ()))


def _person(environment: Environment, owner: RefOwner, member: HouseholdMember, now: datetime) -> MenuPerson:
    ref = PersonRef(member.person_number, member.household_number, member.household_sequence)
    return MenuPerson(seal_person_ref(environment.keys, owner, ref, now), member.name, member.relationship)
