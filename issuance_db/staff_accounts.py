"""Who of the staff may sign in, with what, and for which duties. One account is one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "staff_accounts.sql")


class AccountTaken(KioskError):
    """この利用者IDか氏名は、もう使われています。別のものにしてください。 / The id or the name is taken. Choose another."""


class NoSuchAccount(KioskError):
    """その利用者はいないか、もう終了しています(kiosk staff list)。 / There is no such account, or it has ended (kiosk staff list)."""


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account as sign-in sees it. ``valid_until`` is the last day (JST); instants are UTC."""

    account_id: str
    name: str
    duties: Sequence[str]
    valid_until: date | None
    password_hash: str = field(repr=False)
    password_is_initial: bool
    second_factor: bytes | None = field(repr=False)
    second_factor_step: int
    failures: int
    locked_until: datetime | None
    ended_at: datetime | None


async def make_account(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    name: str,
    duties: Sequence[str],
    valid_until: date | None,
    password_hash: str,
) -> None:
    """Make an account whose first password must be changed at once. Raises AccountTaken."""
    made = await connection.fetchval(
        _SQL["make"], municipality_code, account_id, name, list(duties), valid_until, password_hash
    )
    if made is None:
        raise AccountTaken


async def find_account(connection: asyncpg.Connection, municipality_code: str, account_id: str) -> StaffAccount | None:
    """The account, locked until the transaction ends, or None."""
    row = await connection.fetchrow(_SQL["find"], municipality_code, account_id)
    return None if row is None else StaffAccount(**dict(row.items()))


async def list_accounts(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    """Every account without its secrets, those in use first."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["list"], municipality_code)]


async def count_failure(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, most: int, locked_until: datetime
) -> None:
    """Count a wrong password or code; the one that makes ``most`` locks the account until an instant (UTC)."""
    await connection.execute(_SQL["count_failure"], municipality_code, account_id, most, locked_until)


async def forget_failures(connection: asyncpg.Connection, municipality_code: str, account_id: str) -> None:
    """Start counting anew."""
    await connection.execute(_SQL["forget_failures"], municipality_code, account_id)


async def set_password(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, password_hash: str, *, is_initial: bool
) -> None:
    """Replace the password, and lift a lock."""
    await connection.execute(_SQL["set_password"], municipality_code, account_id, password_hash, is_initial)


async def set_second_factor(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, sealed: bytes | None, step: int
) -> None:
    """Keep the sealed secret and the time step of the last code taken; None makes the person enrol again."""
    await connection.execute(_SQL["set_second_factor"], municipality_code, account_id, sealed, step)


async def end_account(connection: asyncpg.Connection, municipality_code: str, account_id: str, now: datetime) -> None:
    """End an account for good. Raises NoSuchAccount."""
    if await connection.fetchval(_SQL["end"], municipality_code, account_id, now) is None:
        raise NoSuchAccount
