"""Signing in: a password, then a code or a passkey (`passkey_acts.py`); and what belongs to it: the first code, a new password, signing out.

Whatever is wrong, the answer is one and the same, and takes as long (OWASP ASVS 6.3.8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.errors import KioskError
from issuance_db.staff_accounts import (
    StaffAccount,
    count_failure,
    find_account,
    forget_failures,
    set_password,
    set_second_factor,
)
from issuance_db.staff_passkeys import passkeys_of
from issuance_db.staff_readings import record_sign_in
from issuance_db.staff_sessions import StaffSession, begin_session, end_session, end_sessions_of
from kiosk_server.staff.console import Console
from kiosk_server.staff.cookies import Token, new_token
from kiosk_server.staff.passwords import require_strong
from kiosk_server.staff.second_factor import accepted_step, sealed, unsealed

MOST_FAILURES: Final = 5
"""Wrong passwords or codes in a row; then the account is locked."""
LOCKED_FOR: Final = timedelta(minutes=15)
FIRST_PASSWORD_LIVES: Final = timedelta(days=14)
"""From its making: a holiday and the days around it. Then it is made anew."""
_LONGEST_ID: Final = 64
_LONGEST_TYPED: Final = 512


class NotSignedIn(KioskError):
    """利用者ID、パスワード、確認コードまたはパスキーが違うか、利用が止められています。続けて5回誤ると15分間使えません。 /
    Wrong account, password, code or passkey, or the account is stopped. After five wrong tries it is locked for 15 minutes."""


class PasswordsDiffer(KioskError):
    """新しいパスワードが二つの欄で違います。 / The two new passwords differ."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The acts of signing in, over one console."""

    console: Console

    async def with_password(self, city: str, typed_id: str, password: str) -> Token:
        """A session that is not whole yet. Raises NotSignedIn, TooManyPasswords."""
        account_id = typed_id.strip().lower()
        if city not in self.console.cities or len(account_id) > _LONGEST_ID or len(password) > _LONGEST_TYPED:
            raise NotSignedIn
        async with self.console.database.city(city) as connection:
            account = await find_account(connection, city, account_id)
        # The slow hash is made outside any transaction, and the row looked at again afterwards.
        is_right = await self.console.passwords.is_right(password, None if account is None else account.password_hash)
        async with self.console.database.city(city) as connection:
            token = await self._judge(connection, city, account_id, account, is_right=is_right)
        if token is None:
            raise NotSignedIn
        return token

    async def with_code(self, token: Token, session: StaffSession, code: str) -> Token:
        """A whole session in place of the half one. Raises NotSignedIn."""
        city, account_id = token.municipality_code, session.account_id
        async with self.console.database.city(city) as connection:
            account = await find_account(connection, city, account_id)
            secret = None if account is None else self._secret(city, account)
            last = 0 if account is None else account.second_factor_step
            step = None if secret is None else accepted_step(secret, code, self.console.clock(), last)
            if secret is not None and step is not None:
                again = sealed(self.console.keys, city, account_id, secret)
                await set_second_factor(connection, city, account_id, again, step)
                return await self.whole(connection, token, account_id)
            await self.count(connection, city, account_id, "wrong_code")
            await end_session(connection, city, token.digest)
        raise NotSignedIn

    async def enrol(self, token: Token, session: StaffSession, secret: bytes, code: str) -> Token:
        """Register a first second factor, shown to work by one code. Raises NotSignedIn."""
        city = token.municipality_code
        step = accepted_step(secret, code, self.console.clock(), 0)
        if step is None or session.has_second_factor:
            raise NotSignedIn
        async with self.console.database.city(city) as connection:
            await require_no_factor(connection, city, session.account_id)
            kept = sealed(self.console.keys, city, session.account_id, secret)
            await set_second_factor(connection, city, session.account_id, kept, step)
            await record_sign_in(connection, city, session.account_id, "second_factor_set")
            return await self.whole(connection, token, session.account_id)

    async def change_password(self, token: Token, session: StaffSession, form: Mapping[str, str]) -> Token:
        """A new password, proven by the old one; every other session of the person ends.

        Raises NotSignedIn, WeakPassword, PasswordsDiffer, TooManyPasswords.
        """
        city, old, new = token.municipality_code, form.get("old", ""), form.get("new", "")
        if new != form.get("again", ""):
            raise PasswordsDiffer
        require_strong(new, session.account_id, session.name, old)
        async with self.console.database.city(city) as connection:
            account = await find_account(connection, city, session.account_id)
        is_right = account is not None and await self.console.passwords.is_right(
            old[:_LONGEST_TYPED], account.password_hash
        )
        hashed = await self.console.passwords.hash(new)
        async with self.console.database.city(city) as connection:
            now_there = await find_account(connection, city, session.account_id)
            if account is None or now_there is None or now_there.password_hash != account.password_hash:
                raise NotSignedIn
            if not is_right or not self.may_try(now_there):
                await self.count(connection, city, session.account_id, "wrong_password")
                await self._end_if_locked(connection, token, now_there)
            else:
                return await self._changed(connection, city, account.account_id, hashed)
        raise NotSignedIn

    async def _end_if_locked(self, connection: asyncpg.Connection, token: Token, account: StaffAccount) -> None:
        if account.failures + 1 >= MOST_FAILURES:
            await end_session(connection, token.municipality_code, token.digest)

    async def _changed(self, connection: asyncpg.Connection, city: str, account_id: str, hashed: str) -> Token:
        await set_password(connection, city, account_id, hashed)
        await record_sign_in(connection, city, account_id, "password_changed")
        await end_sessions_of(connection, city, account_id)
        return await self._begin(connection, city, account_id, is_whole=True)

    async def sign_out(self, token: Token, session: StaffSession) -> None:
        """End the session."""
        async with self.console.database.city(token.municipality_code) as connection:
            await end_session(connection, token.municipality_code, token.digest)
            await record_sign_in(connection, token.municipality_code, session.account_id, "signed_out")

    async def _judge(
        self, connection: asyncpg.Connection, city: str, account_id: str, before: StaffAccount | None, *, is_right: bool
    ) -> Token | None:
        account = await find_account(connection, city, account_id)
        if account is None or before is None:
            await record_sign_in(connection, city, None, "unknown")
            return None
        if not self.may_try(account):
            await record_sign_in(connection, city, account_id, "stopped")
            return None
        if not is_right or account.password_hash != before.password_hash:
            await self.count(connection, city, account_id, "wrong_password")
            return None
        return await self._begin(connection, city, account_id, is_whole=False)

    def may_try(self, account: StaffAccount) -> bool:
        """Whether the account is open, released, in its time (its first password too) and not locked."""
        now = self.console.clock()
        is_in_time = account.valid_until is None or account.valid_until >= jst_date(now)
        is_open = account.ended_at is None and account.waits_since is None
        given_at = account.first_password_at
        is_in_time &= given_at is None or now < given_at + FIRST_PASSWORD_LIVES
        return is_open and is_in_time and (account.locked_until is None or account.locked_until <= now)

    def _secret(self, city: str, account: StaffAccount) -> bytes | None:
        if account.second_factor is None or not self.may_try(account):
            return None
        return unsealed(self.console.keys, city, account.account_id, account.second_factor)

    async def count(self, connection: asyncpg.Connection, city: str, account_id: str, result: str) -> None:
        """Write a wrong try down, and lock the account with the last one allowed."""
        await count_failure(connection, city, account_id, MOST_FAILURES, self.console.clock() + LOCKED_FOR)
        await record_sign_in(connection, city, account_id, result)

    async def whole(self, connection: asyncpg.Connection, half: Token, account_id: str) -> Token:
        """Both factors were right: a whole session in place of the half one."""
        await end_session(connection, half.municipality_code, half.digest)
        await forget_failures(connection, half.municipality_code, account_id)
        await record_sign_in(connection, half.municipality_code, account_id, "signed_in")
        return await self._begin(connection, half.municipality_code, account_id, is_whole=True)

    async def _begin(self, connection: asyncpg.Connection, city: str, account_id: str, *, is_whole: bool) -> Token:
        token = new_token(city)
        await begin_session(connection, city, token.digest, account_id, self.console.clock(), is_whole=is_whole)
        return token


async def require_no_factor(connection: asyncpg.Connection, city: str, account_id: str) -> None:
    """Hold the account, and raise NotSignedIn where another page has registered a second factor meanwhile."""
    account = await find_account(connection, city, account_id)
    if account is None or account.second_factor is not None or await passkeys_of(connection, city, account_id):
        raise NotSignedIn
