"""Sealed sessions: a menu gives one, and it stands for the credential within its time and its number of issuances."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from cardauth.credential_index import CredentialIndex, credential_index
from cardauth.credential_key import CredentialKey, parse_credential_key
from cardauth.errors import Reason, SessionRefused
from cardauth.sealed_text import from_milliseconds, seal_text, to_milliseconds, unseal_text
from cardauth.storage import SessionStore
from keys.errors import SealBroken
from keys.provider import KeyProvider

LIFETIME: Final = timedelta(minutes=10)
"""How long a session and a person reference live (centre protocol, POST /v1/menus)."""

_USE: Final = "session/1"


class TerminalName(Protocol):
    """The machine at which the resident stands."""

    @property
    def operator(self) -> str:
        """Shop chain or city."""
        ...

    @property
    def store(self) -> str:
        """Shop or office."""
        ...

    @property
    def terminal(self) -> str:
        """Machine."""
        ...


@dataclass(frozen=True, slots=True)
class SealedSession:
    """What the caller carries, and until when (UTC) it is good."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """An opened session. `session_hash` (32 bytes) is what its uses are counted under."""

    session_hash: bytes
    key: CredentialKey
    index: CredentialIndex
    issuances: int
    expires_at: datetime


def seal_session(
    keys: KeyProvider,
    key: CredentialKey,
    *,
    municipality_code: str,
    caller_id: str,
    terminal: TerminalName,
    issuances: int,
    now: datetime,
) -> SealedSession:
    """Make a session for an authenticated credential, good for `issuances` requests within ten minutes of `now`."""
    expires = to_milliseconds(now + LIFETIME)
    token = seal_text(
        keys,
        _USE,
        {
            "city": municipality_code,
            "credential": key.canonical.decode(),
            "caller": caller_id,
            "operator": terminal.operator,
            "store": terminal.store,
            "terminal": terminal.terminal,
            "issuances": issuances,
            "expires": expires,
        },
    )
    return SealedSession(token, from_milliseconds(expires))


def open_session(
    keys: KeyProvider, token: str, *, municipality_code: str, caller_id: str, terminal: TerminalName, now: datetime
) -> Session:
    """Open a token that this caller presents at this terminal; raises SessionRefused.

    The holder is to be looked up again: a credential revoked or locked since the menu is not identified any more.
    """
    session = open_past_session(
        keys, token, municipality_code=municipality_code, caller_id=caller_id, terminal=terminal
    )
    if now >= session.expires_at:
        raise SessionRefused(Reason.SESSION_EXPIRED)
    return session


def open_past_session(
    keys: KeyProvider, token: str, *, municipality_code: str, caller_id: str, terminal: TerminalName
) -> Session:
    """As `open_session` but whenever: only for a request that used the session in time and is asked again."""
    try:
        fields, sealed = unseal_text(keys, _USE, token)
    except SealBroken:
        raise SessionRefused(Reason.SESSION_ALTERED) from None
    here = (municipality_code, caller_id, terminal.operator, terminal.store, terminal.terminal)
    if tuple(fields[name] for name in ("city", "caller", "operator", "store", "terminal")) != here:
        raise SessionRefused(Reason.SESSION_ELSEWHERE)
    expires_at = from_milliseconds(int(fields["expires"]))
    key = parse_credential_key(str(fields["credential"]).encode())
    index = credential_index(keys, municipality_code, key)
    return Session(hashlib.sha256(sealed).digest(), key, index, int(fields["issuances"]), expires_at)


async def use_session(store: SessionStore, session: Session, request_id: str) -> None:
    """Count one use; the same request may use it again. Raises SessionRefused once the menu's number is used up."""
    if not await store.use(session.session_hash, request_id, session.issuances):
        raise SessionRefused(Reason.SESSION_USED_UP)
