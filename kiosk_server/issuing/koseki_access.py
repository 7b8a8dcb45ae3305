"""POST /v1/koseki_access_registrations: an application by card, taken while koseki are served, told apart by nothing but the card.

Whether there is such a koseki, or such a person in it, is for staff to find out: no answer depends on it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import asyncpg

from cardauth import Challenge, NotIdentified, Reason, credential_index
from cardauth.trust import TrustedCertificate
from civil.calendar import jst_date
from issuance_db import history, koseki_access
from issuance_db.koseki_access import Application, Submitted, TooManyApplications
from issuance_db.pins import is_locked
from issuance_db.requests import RequestKey
from issuance_db.requests import Terminal as StoredTerminal
from kiosk_server.issuing.by_card import with_proven_card
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.evening import evened
from kiosk_server.issuing.fingerprint import fingerprints
from kiosk_server.issuing.opening import concerned, open_city
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import AccessRegistration, AccessRequest, Caller, Kind

KOSEKI_KINDS: Final = (Kind.KOSEKI_FULL, Kind.KOSEKI_INDIVIDUAL, Kind.KOSEKI_SUPPLEMENT)
"""What a registration gives access to."""


async def apply(environment: Environment, caller: Caller, request: AccessRequest) -> AccessRegistration:
    """Keep the application once for each card, or tell where the one of this card stands. Raises ``Refusal``."""
    kind = next((kind for kind in KOSEKI_KINDS if kind in caller.kinds), None)
    if kind is None:
        raise Refusal(RefusalCode.NOT_YOUR_CITY, "kind_not_covered")

    async def keep(_challenge: Challenge, certificate: TrustedCertificate) -> Submitted:
        return await _keep(environment, caller, request, kind, certificate)

    known = await _same_before(environment, caller, request)
    try:
        async with evened(environment.limits.refusal_step), _reason_kept(environment, caller, request):
            submitted = await with_proven_card(
                environment, caller, request, request.credential, keep, asked_again=known is not None
            )
    except NotIdentified as refused:
        raise Refusal(RefusalCode.NOT_IDENTIFIED, refused.reason) from None
    is_this = (submitted.caller_id, submitted.request_id) == (caller.caller_id, request.request_id)
    earlier_on = None if is_this else jst_date(submitted.submitted_at)
    return AccessRegistration(str(submitted.registration_number), submitted.state, submitted.due_on, earlier_on)


@asynccontextmanager
async def _reason_kept(environment: Environment, caller: Caller, request: AccessRequest) -> AsyncIterator[None]:
    """Staff see why an application was not taken, as they do of an issuance."""
    try:
        yield
    except (Refusal, NotIdentified) as refused:
        city, now = request.municipality_code, environment.clock()
        key = RequestKey(city, caller.caller_id, "koseki_access_registrations", request.request_id)
        async with environment.database.city(city) as connection:
            await history.add_refusal_reason(connection, key, refused.reason, None, now)
        raise


async def _same_before(environment: Environment, caller: Caller, request: AccessRequest) -> Submitted | None:
    async with environment.database.city(request.municipality_code) as connection:
        known = await koseki_access.of_request(connection, caller.caller_id, request.request_id)
    if known is not None and known.fingerprint not in fingerprints(environment.keys, request):
        raise Refusal(RefusalCode.REQUEST_CONFLICT, "other_body")
    return known


async def _keep(
    environment: Environment, caller: Caller, request: AccessRequest, kind: Kind, certificate: TrustedCertificate
) -> Submitted:
    now, key = environment.clock(), certificate.key
    if request.birth_on > jst_date(now):
        raise Refusal(RefusalCode.MALFORMED, "born_in_future", field="applicant.birth_date")
    async with environment.database.city(request.municipality_code) as connection:
        if await is_locked(connection, credential_index(environment.keys, request.municipality_code, key)):
            raise NotIdentified(Reason.LOCKED)
        known = await koseki_access.of_request(connection, caller.caller_id, request.request_id)
        if known is not None:
            return known
        await _require_open(connection, caller, request, kind, now)
        if await koseki_access.is_resident(connection, key, now):
            raise Refusal(RefusalCode.NOT_AVAILABLE, "resident_needs_no_registration")
        try:
            return await koseki_access.submit(connection, _application(environment, caller, request, certificate), now)
        except TooManyApplications:
            raise Refusal(RefusalCode.NOT_AVAILABLE, "too_many_applications") from None


async def _require_open(
    connection: asyncpg.Connection, caller: Caller, request: AccessRequest, kind: Kind, now: datetime
) -> None:
    """Hours and stops are those of the koseki certificates, as cities announce them (Obihiro)."""
    about = concerned(kind, request.terminal, ())
    await open_city(connection, request.municipality_code, about, caller.channel, now, now)


def _application(
    environment: Environment, caller: Caller, request: AccessRequest, certificate: TrustedCertificate
) -> Application:
    at = request.terminal
    return Application(
        caller.caller_id, request.request_id, fingerprints(environment.keys, request)[0],
        StoredTerminal(at.operator, at.store, at.terminal), certificate.key, certificate.read.not_after,
        request.name, request.birth_on, request.domicile, request.first_registrant,
    )  # fmt: skip
