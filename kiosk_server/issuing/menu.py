"""POST /v1/menus: what the person behind the credential may have now, whom it may show, and a session to ask with."""

from datetime import datetime

import asyncpg

from cardauth import Authenticated, NotIdentified, PersonRef, RefOwner, seal_person_ref, seal_session
from civil.calendar import jst_date
from issuance_db import city, history, requests, residents
from issuance_db.requests import NewRequest, RequestKey
from issuance_db.residents import HouseholdMember
from keys.purpose import Purpose
from kiosk_server.issuing.authorise import authorise
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.fingerprint import fingerprint
from kiosk_server.issuing.identify import authenticate_credential
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Kind, Menu, MenuKind, MenuPerson, MenuRequest, ResidentRecordOptions

JAPANESE_OPTIONS = ("relationship", "domicile")
FOREIGN_OPTIONS = ("nationality", "residence_status", "residence_card_number")


async def menu(environment: Environment, caller: Caller, request: MenuRequest) -> Menu:
    """Offer what may be issued now. Raises ``Refusal`` exactly as an issuance would: the reason stays neutral here too."""
    key = RequestKey(request.municipality_code, caller.caller_id, "menus", request.request_id)
    await _accept(environment, caller, request, key)
    try:
        authenticated = await authenticate_credential(environment, caller, request)
        kinds = await _kinds(environment, caller, request, authenticated)
    except NotIdentified as refused:
        refusal = Refusal(RefusalCode.NOT_IDENTIFIED, refused.reason)
        await _note(environment, key, refusal)
        raise refusal from None
    except Refusal as refusal:
        await _note(environment, key, refusal)
        raise
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


async def _accept(environment: Environment, caller: Caller, request: MenuRequest, key: RequestKey) -> None:
    """A menu decides nothing, so the same id may ask again; another body under it may not."""
    now = environment.clock()
    mark = fingerprint(environment.keys.secret(Purpose.REQUEST_FINGERPRINT), request)
    new = NewRequest(
        key,
        mark,
        None,
        caller.channel,
        requests.Terminal(request.terminal.operator, request.terminal.store, request.terminal.terminal),
        now,
        now + environment.limits.deadline,
    )
    async with environment.database.city(key.municipality_code) as connection:
        if await requests.accept(connection, new) is not None:
            await history.add_step(connection, key, "accepted", now)
            return
        known = await requests.find(connection, key)
    if known is not None and known.fingerprint != mark:
        raise Refusal(RefusalCode.REQUEST_CONFLICT, "other_body")


async def _note(environment: Environment, key: RequestKey, refusal: Refusal) -> None:
    now = environment.clock()
    async with environment.database.city(key.municipality_code) as connection:
        await history.add_refusal_reason(connection, key, refusal.reason, refusal.person_number, now)


async def _kinds(
    environment: Environment, caller: Caller, request: MenuRequest, authenticated: Authenticated
) -> tuple[MenuKind, ...]:
    async with environment.database.city(request.municipality_code) as connection:
        if Kind.RESIDENT_RECORD not in caller.kinds:
            raise Refusal(RefusalCode.NOT_AVAILABLE, "kind_not_covered")
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
    closes_at = await city.closing_time(connection, municipality, Kind.RESIDENT_RECORD, now)
    if settings is None or closes_at is None:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=600)
    if await residents.is_behind(connection, municipality, authenticated.person_number):
        raise Refusal(RefusalCode.NOT_FRESH, "record_behind_registry", retry_after=2)
    household = await residents.household_of(connection, municipality, authenticated.person_number)
    authorise(household, authenticated.person_number, "self", ResidentRecordOptions(), settings, jst_date(now))
    owner = RefOwner(municipality, caller.caller_id, authenticated.credential_hash)
    offered = [member for member in household if not (member.suppressed or member.held_back)]
    return MenuKind(
        Kind.RESIDENT_RECORD,
        settings.fee_yen or 0,
        _options(household, my_number=settings.my_number_allowed),
        tuple(_person(environment, owner, member, now) for member in offered),
        closes_at,
    )


def _options(household: tuple[HouseholdMember, ...], *, my_number: bool) -> tuple[str, ...]:
    foreign = any(member.nationality is not None for member in household)
    return (*JAPANESE_OPTIONS, *(("my_number",) if my_number else ()), *(FOREIGN_OPTIONS if foreign else ()))


def _person(environment: Environment, owner: RefOwner, member: HouseholdMember, now: datetime) -> MenuPerson:
    ref = PersonRef(member.person_number, member.household_number, member.household_sequence)
    return MenuPerson(seal_person_ref(environment.keys, owner, ref, now), member.name, member.relationship)
