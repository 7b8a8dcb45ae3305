"""Who is asking: the credential checked and counted, or a session that stands for it; then whom they chose."""

from cardauth import (
    Authenticated,
    CallIdentity,
    CardSignature,
    Credential,
    NotIdentified,
    PersonRef,
    PersonRefRefused,
    Reason,
    RefOwner,
    authenticate,
    open_past_session,
    open_person_ref,
    use_session,
)
from issuance_db.failure_budgets import BudgetExhausted
from issuance_db.pins import PinTries, is_locked
from issuance_db.session_uses import SessionUses
from issuance_db.terminal_turns import has_turn
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.by_card import authenticate_card
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.evening import evened
from kiosk_server.issuing.guessing import budgets_of, guessing_stopped
from kiosk_server.issuing.presenting import find_presenting
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, IssuanceRequest, MenuRequest, SessionCredential
from kiosk_server.issuing.turn import turn_of


async def identify(
    environment: Environment, caller: Caller, request: IssuanceRequest, *, asked_again: bool = False
) -> Authenticated:
    """Who is behind the credential or the session. Raises ``Refusal``: ``not_identified``, ``application_waits`` or ``busy``.

    A request that is asked again may present the session that it used in time.
    """
    try:
        if isinstance(request.credential, SessionCredential):
            return await _by_session(environment, caller, request, request.credential, asked_again=asked_again)
        return await authenticate_credential(environment, caller, request, asked_again=asked_again)
    except NotIdentified as refused:
        raise Refusal(RefusalCode.NOT_IDENTIFIED, refused.reason) from None


def asked_for(
    environment: Environment, caller: Caller, request: IssuanceRequest, authenticated: Authenticated
) -> Asked:
    """Whom the request names, as numbers. Raises ``Refusal`` with ``not_available`` for references that are not good now."""
    if isinstance(request.persons, str):
        return Asked(caller, request, authenticated, request.persons)
    return _with_chosen_persons(environment, caller, request, authenticated, request.persons)


async def authenticate_credential(
    environment: Environment, caller: Caller, request: IssuanceRequest | MenuRequest, *, asked_again: bool = False
) -> Authenticated:
    """Check PIN and counters, or the card's signature; a stopped caller or terminal is ``busy``. Raises ``NotIdentified``.

    That comes at an even time, whatever was wrong.
    """
    if isinstance(request.credential, SessionCredential):
        raise NotIdentified(Reason.SESSION_ALTERED)
    async with evened(environment.limits.refusal_step):
        if isinstance(request.credential, CardSignature):
            return await authenticate_card(environment, caller, request, request.credential, asked_again=asked_again)
        return await _by_pin(environment, caller, request, request.credential)


async def _by_pin(
    environment: Environment, caller: Caller, request: IssuanceRequest | MenuRequest, credential: Credential
) -> Authenticated:
    call = "menus" if isinstance(request, MenuRequest) else "issuances"
    tries = PinTries(environment.database, request.municipality_code, budgets_of(environment, caller, request.terminal))
    try:
        return await authenticate(
            tries,
            credential,
            call=CallIdentity(caller.caller_id, call, request.request_id),
            keys=environment.keys,
            now=environment.clock(),
        )
    except BudgetExhausted as exhausted:
        raise await guessing_stopped(environment, caller, request, exhausted) from None


async def _by_session(
    environment: Environment,
    caller: Caller,
    request: IssuanceRequest,
    credential: SessionCredential,
    *,
    asked_again: bool,
) -> Authenticated:
    now = environment.clock()
    uses = SessionUses(environment.database, request.municipality_code)
    session = open_past_session(
        environment.keys,
        credential.token,
        municipality_code=request.municipality_code,
        caller_id=caller.caller_id,
        terminal=request.terminal,
    )
    used_in_time = asked_again and await uses.has_used(session.session_hash, request.request_id)
    if now >= session.expires_at and not used_in_time:
        raise NotIdentified(Reason.SESSION_EXPIRED)
    async with environment.database.city(request.municipality_code) as connection:
        holder = await find_presenting(connection, session.key)
        locked = await is_locked(connection, session.index)
        is_over = not await has_turn(connection, turn_of(caller, request.terminal, session.index))
    if is_over:
        raise NotIdentified(Reason.SESSION_OVER)
    if holder is None or locked or not holder.may_use_at(now):
        raise NotIdentified(Reason.LOCKED if locked else Reason.REVOKED)
    await use_session(uses, session, request.request_id)
    return Authenticated(session.key, session.index, holder.person_number)


def _with_chosen_persons(
    environment: Environment,
    caller: Caller,
    request: IssuanceRequest,
    authenticated: Authenticated,
    texts: tuple[str, ...],
) -> Asked:
    owner = RefOwner(request.municipality_code, caller.caller_id, authenticated.index.first)
    now = environment.clock()
    try:
        refs = [open_person_ref(environment.keys, owner, text, now) for text in texts]
    except PersonRefRefused as refused:
        raise Refusal(RefusalCode.NOT_AVAILABLE, refused.reason) from None
    return Asked(caller, request, authenticated, tuple(ref.person_number for ref in refs), _one_household(refs))


def _one_household(refs: list[PersonRef]) -> tuple[str, int]:
    households = {(ref.household_number, ref.household_sequence) for ref in refs}
    persons = {ref.person_number for ref in refs}
    if len(households) != 1 or len(persons) != len(refs):
        raise Refusal(RefusalCode.NOT_AVAILABLE, "person_refs_of_different_menus")
    return households.pop()
