"""Signing in with a passkey, and registering one: the rules over the books."""

from dataclasses import dataclass
from typing import Final

import asyncpg
from aiohttp import hdrs, web

from civil.errors import KioskError
from issuance_db.history import open_daily_alert
from issuance_db.staff_accounts import find_account
from issuance_db.staff_passkeys import (
    Passkey,
    add_passkey,
    ask,
    passkeys_of,
    stop_passkey,
    take_challenge,
    use_passkey,
)
from issuance_db.staff_readings import record_sign_in
from issuance_db.staff_sessions import StaffSession, end_session
from kiosk_server.staff.console import Console
from kiosk_server.staff.cookies import Token
from kiosk_server.staff.passkeys import (
    MOST_PASSKEYS,
    Answer,
    PasskeyRefused,
    RelyingParty,
    new_challenge,
    user_handle,
)
from kiosk_server.staff.sign_in import NotSignedIn, SignIn, require_no_factor

_COPIED: Final = "passkey_copied"
_DETAIL: Final = "パスキーの署名の回数が戻った。 / The counter of a passkey went back."


class TooManyPasskeys(KioskError):
    """パスキーは一人10個までです。使わないものを外してください。 / Ten passkeys at most. Remove one that is not used."""


class NotHere(KioskError):
    """このアドレスではパスキーを使えません。 / Passkeys cannot be used at this address."""


@dataclass(frozen=True, slots=True)
class Factors:
    """How somebody may go on after the password. ``options``: for a passkey at this address, or None."""

    has_codes: bool
    options: str | None
    has_passkeys_elsewhere: bool


def relying_party(console: Console, request: web.Request) -> RelyingParty | None:
    """For whom passkeys are at this address: the one that was set, or this machine by its name. None at any other."""
    host = request.headers.get(hdrs.HOST, "")
    if console.is_tls:
        return RelyingParty(console.origin) if console.origin == f"https://{host}" else None
    # No passkey belongs to a number, and browsers take this name over plain HTTP; guard.py let only the loopback in.
    return RelyingParty(f"http://{host}") if host.partition(":")[0] == "localhost" else None


def required_party(console: Console, request: web.Request) -> RelyingParty:
    """The same; raises NotHere."""
    party = relying_party(console, request)
    if party is None:
        raise NotHere
    return party


@dataclass(frozen=True, slots=True)
class PasskeyActs:
    """Over one console."""

    console: Console

    async def factors(self, party: RelyingParty | None, token: Token, session: StaffSession) -> Factors:
        """What the page after the password offers."""
        async with self.console.database.city(token.municipality_code) as connection:
            account = await find_account(connection, token.municipality_code, session.account_id)
            usable = await self._usable(connection, token, session)
            options = None
            if party is not None and usable:
                options = party.to_sign(await self._challenge(connection, token), [one.credential for one in usable])
        has_codes = account is not None and account.second_factor is not None
        return Factors(has_codes, options, has_passkeys_elsewhere=party is None and bool(usable))

    async def sign_in(self, party: RelyingParty, token: Token, session: StaffSession, answer: str) -> Token:
        """A whole session in place of the half one. Raises NotSignedIn."""
        city, account_id, rules = token.municipality_code, session.account_id, SignIn(self.console)
        challenge = await self._taken(token)
        async with self.console.database.city(city) as connection:
            account = await find_account(connection, city, account_id)
            usable = await self._usable(connection, token, session)
            may_try = account is not None and rules.may_try(account)
            signed = _signed(party, challenge, usable if may_try else [], user_handle(city, account_id), answer)
            if signed is not None and await self._used(connection, city, account_id, signed):
                return await rules.whole(connection, token, account_id)
            await rules.count(connection, city, account_id, "wrong_passkey")
            await end_session(connection, city, token.digest)
        raise NotSignedIn

    async def to_make(self, party: RelyingParty, token: Token, session: StaffSession) -> str:
        """Options to make one with, as JSON."""
        async with self.console.database.city(token.municipality_code) as connection:
            known = await passkeys_of(connection, token.municipality_code, session.account_id)
            challenge = await self._challenge(connection, token)
        return party.to_make(token.municipality_code, session.account_id, challenge, [one.credential for one in known])

    async def enrol(self, party: RelyingParty, token: Token, session: StaffSession, name: str, answer: str) -> Token:
        """Register a first second factor. Raises NotSignedIn, PasskeyRefused, PasskeyTaken."""
        made, city = await self._made(party, token, answer), token.municipality_code
        async with self.console.database.city(city) as connection:
            await require_no_factor(connection, city, session.account_id)
            await self._keep(connection, city, session.account_id, name, made)
            return await SignIn(self.console).whole(connection, token, session.account_id)

    async def add(self, party: RelyingParty, token: Token, session: StaffSession, name: str, answer: str) -> None:
        """Register one more, which waits for a release. Raises PasskeyRefused, PasskeyTaken, TooManyPasskeys."""
        made, city = await self._made(party, token, answer), token.municipality_code
        async with self.console.database.city(city) as connection:
            if len(await passkeys_of(connection, city, session.account_id)) >= MOST_PASSKEYS:
                raise TooManyPasskeys
            await self._keep(connection, city, session.account_id, name, made)

    async def _made(self, party: RelyingParty, token: Token, answer: str) -> Answer:
        challenge = await self._taken(token)
        if challenge is None:
            raise PasskeyRefused
        return party.made(challenge, answer)

    async def _taken(self, token: Token) -> bytes | None:
        # In a transaction of its own: what is wrong with the answer does not bring the challenge back.
        async with self.console.database.city(token.municipality_code) as connection:
            return await take_challenge(connection, token.municipality_code, token.digest, self.console.clock())

    async def _challenge(self, connection: asyncpg.Connection, token: Token) -> bytes:
        challenge = new_challenge()
        await ask(connection, token.municipality_code, token.digest, challenge, self.console.clock())
        return challenge

    async def _used(self, connection: asyncpg.Connection, city: str, account_id: str, signed: Answer) -> bool:
        now = self.console.clock()
        if await use_passkey(connection, city, account_id, signed.passkey_id, signed.sign_count, now):
            return True
        await stop_passkey(connection, city, account_id, signed.passkey_id, now)
        await record_sign_in(connection, city, account_id, _COPIED)
        await open_daily_alert(connection, city, _COPIED, _DETAIL)
        return False

    @staticmethod
    async def _usable(connection: asyncpg.Connection, token: Token, session: StaffSession) -> list[Passkey]:
        found = await passkeys_of(connection, token.municipality_code, session.account_id)
        return [one for one in found if one.is_usable]

    @staticmethod
    async def _keep(connection: asyncpg.Connection, city: str, account_id: str, name: str, made: Answer) -> None:
        await add_passkey(connection, city, account_id, name, made.passkey_id, made.credential, made.sign_count)
        await record_sign_in(connection, city, account_id, "passkey_set")


def _signed(
    party: RelyingParty, challenge: bytes | None, usable: list[Passkey], handle: bytes, answer: str
) -> Answer | None:
    if challenge is None:
        return None
    try:
        return party.signed(challenge, [one.credential for one in usable], handle, answer)
    except PasskeyRefused:
        return None
