"""The card path: the signature of the resident's card over a challenge of ours, then who holds that certificate.

Nothing is looked up before the signature is good: whoever cannot sign with a card's key learns nothing about any credential.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from cardauth import (
    Authenticated,
    CardSignature,
    Challenge,
    ChallengeRefused,
    NotIdentified,
    Reason,
    credential_index,
    open_challenge,
    signed_message,
    use_challenge,
    used_by,
)
from cardauth.card.schemes import signature_is_good
from cardauth.trust import CardTrust, RevocationUnknown, TrustedCertificate
from civil.calendar import jst_date
from issuance_db import koseki_access
from issuance_db.credentials import Holder
from issuance_db.failure_budgets import BudgetExhausted, count_failure, require_within
from issuance_db.koseki_access import Submitted
from issuance_db.pins import is_locked
from issuance_db.session_uses import SessionUses
from issuance_db.terminal_turns import was_passed_on
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.guessing import budgets_of, guessing_stopped
from kiosk_server.issuing.presenting import find_presenting
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import AccessRegistration, AccessRequest, Caller, CredentialRequest, MenuRequest
from kiosk_server.issuing.turn import turn_of

_RETRY_SECONDS: Final = 30
_FORGED: Final = frozenset(
    {
        Reason.CHALLENGE_ALTERED,
        Reason.CHALLENGE_ELSEWHERE,
        Reason.CHALLENGE_USED,
        Reason.SIGNATURE_WRONG,
        Reason.CERTIFICATE_UNREADABLE,
        Reason.CERTIFICATE_FOR_TESTS,
        Reason.ISSUER_UNKNOWN,
        Reason.CERTIFICATE_UNKNOWN_TO_ISSUER,
    }
)
"""What no honest card brings about; it burdens caller and terminal as a wrong PIN does."""

Result = TypeVar("Result")


async def authenticate_card(
    environment: Environment,
    caller: Caller,
    request: CredentialRequest,
    credential: CardSignature,
    *,
    asked_again: bool,
) -> Authenticated:
    """Whose card it is. Raises ``NotIdentified``, whatever was wrong, and ``Refusal`` with ``busy`` or ``application_waits``.

    ``busy`` is a stopped caller or terminal, and revocation information that cannot be had: neither decides anything.
    ``application_waits`` is nobody's card here, with which somebody has applied for a koseki access registration.
    """

    async def holder(challenge: Challenge, certificate: TrustedCertificate) -> Authenticated:
        return await _holder(environment, caller, request, challenge, certificate)

    return await with_proven_card(environment, caller, request, credential, holder, asked_again=asked_again)


async def with_proven_card(
    environment: Environment,
    caller: Caller,
    request: CredentialRequest,
    credential: CardSignature,
    go_on: Callable[[Challenge, TrustedCertificate], Awaitable[Result]],
    *,
    asked_again: bool,
) -> Result:
    """What ``go_on`` makes of a card that has signed a challenge of ours with a certificate that is believed; raises as above."""
    trust = environment.card_trust
    if trust is None:
        raise NotIdentified(Reason.ISSUER_UNKNOWN)
    await _require_budget(environment, caller, request)
    try:
        return await go_on(*await _proven(environment, trust, caller, request, credential, asked_again=asked_again))
    except RevocationUnknown:
        raise Refusal(RefusalCode.BUSY, "revocation_unknown", retry_after=_RETRY_SECONDS) from None
    except NotIdentified as refused:
        if refused.reason in _FORGED:
            await _burden(environment, caller, request)
        raise


async def _proven(
    environment: Environment,
    trust: CardTrust,
    caller: Caller,
    request: CredentialRequest,
    credential: CardSignature,
    *,
    asked_again: bool,
) -> tuple[Challenge, TrustedCertificate]:
    challenge = open_challenge(
        environment.keys,
        credential.challenge_id,
        municipality_code=request.municipality_code,
        caller_id=caller.caller_id,
        terminal=request.terminal,
    )
    certificate = _signer(trust, request, credential)
    await _use(environment, challenge, request, asked_again=asked_again)
    await trust.require_unrevoked(certificate)
    return challenge, certificate


def _signer(trust: CardTrust, request: CredentialRequest, credential: CardSignature) -> TrustedCertificate:
    certificate = trust.trusted(credential.certificate)
    message = signed_message(request.municipality_code, request.terminal, credential.challenge_id)
    if not signature_is_good(certificate.read.public_key, credential.signature, message):
        raise NotIdentified(Reason.SIGNATURE_WRONG)
    return certificate


async def _use(
    environment: Environment, challenge: Challenge, request: CredentialRequest, *, asked_again: bool
) -> None:
    """Once, and in time, but for the request that used it in time and is asked again."""
    uses = SessionUses(environment.database, request.municipality_code)
    call = _call_of(request)
    used_in_time = asked_again and await uses.has_used(challenge.challenge_hash, used_by(call, request.request_id))
    if environment.clock() >= challenge.expires_at and not used_in_time:
        raise ChallengeRefused(Reason.CHALLENGE_EXPIRED)
    await use_challenge(uses, challenge, call, request.request_id)


async def _holder(
    environment: Environment,
    caller: Caller,
    request: CredentialRequest,
    challenge: Challenge,
    certificate: TrustedCertificate,
) -> Authenticated:
    key, now = certificate.key, environment.clock()
    index = credential_index(environment.keys, request.municipality_code, key)
    turn = turn_of(caller, request.terminal, index)
    async with environment.database.city(request.municipality_code) as connection:
        holder = await find_presenting(connection, key)
        locked = await is_locked(connection, index)
        is_over = await was_passed_on(connection, turn, challenge.given_at)
        waiting = await koseki_access.waiting(connection, key)
    if is_over:
        raise ChallengeRefused(Reason.CHALLENGE_OVER)
    if waiting is not None and not locked:
        raise Refusal(RefusalCode.APPLICATION_WAITS, "application_waits", registration=_told(waiting))
    if holder is None:
        raise NotIdentified(Reason.UNKNOWN)
    if locked or not holder.may_use_at(now):
        raise NotIdentified(Reason.LOCKED if locked else _why_not(holder))
    return Authenticated(key, index, holder.person_number)


def _told(waiting: Submitted) -> AccessRegistration:
    """To the card that applied: since when it waits, and until when."""
    applied_on = jst_date(waiting.submitted_at)
    return AccessRegistration(str(waiting.registration_number), waiting.state, waiting.due_on, applied_on)


def _call_of(request: CredentialRequest) -> str:
    """Each call has request ids of its own."""
    if isinstance(request, AccessRequest):
        return "koseki_access_registrations"
    return "menus" if isinstance(request, MenuRequest) else "issuances"


def _why_not(holder: Holder) -> Reason:
    return Reason.NOT_YET_USABLE if holder.revoked_at is None else Reason.REVOKED


async def _require_budget(environment: Environment, caller: Caller, request: CredentialRequest) -> None:
    budgets = budgets_of(environment, caller, request.terminal)
    try:
        async with environment.database.city(request.municipality_code) as connection:
            await require_within(connection, budgets, environment.clock())
    except BudgetExhausted as exhausted:
        raise await guessing_stopped(environment, caller, request, exhausted) from None


async def _burden(environment: Environment, caller: Caller, request: CredentialRequest) -> None:
    budgets = budgets_of(environment, caller, request.terminal)
    async with environment.database.city(request.municipality_code) as connection:
        await count_failure(connection, budgets, environment.clock())
