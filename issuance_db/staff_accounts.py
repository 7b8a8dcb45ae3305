"""Who of the staff may sign in, with what, and for which duties. One account is one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "staff_accounts.sql")
_SAME_PERSON: Final = "KS008"


class AccountTaken(KioskError):
    """この利用者IDか氏名は、もう使われています。別のものにしてください。 / The id or the name is taken. Choose another."""


class NoSuchAccount(KioskError):
    """その利用者はいないか、もう終了しています(kiosk staff list)。 / There is no such account, or it has ended (kiosk staff list)."""


class ReleasedByAnother(KioskError):
    """用意した人と本人は承認できません。ほかの利用者管理か責任者に頼んでください。 /
    Whoever prepared it, and the person themselves, cannot release it. Ask another administrator or a supervisor."""


class NothingToRelease(KioskError):
    """承認待ちではないか、そのあとに変更されています。一覧を開き直し、内容を確かめてください。 /
    It waits for no release, or was changed since. Open the list anew and read it again."""


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account as sign-in sees it. ``valid_until`` is the last day (JST); instants are UTC.

    ``waits_since``: prepared, and not released by another person yet; nobody signs in until then. ``first_password_at``: since
    when the password is one that somebody else gave out; None once the person has chosen their own.
    """

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
    waits_since: datetime | None
    first_password_at: datetime | None


async def make_account(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    name: str,
    duties: Sequence[str],
    valid_until: date | None,
    password_hash: str,
    prepared_by: str,
) -> None:
    """Make an account whose first password must be changed at once. It waits for a release unless it is the city's only
    administrator. Raises AccountTaken.
    """
    made = await connection.fetchval(
        _SQL["make"], municipality_code, account_id, name, list(duties), valid_until, password_hash, prepared_by
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
    connection: asyncpg.Connection, municipality_code: str, account_id: str, password_hash: str
) -> None:
    """Replace the password by one that the person chose, and lift a lock."""
    await connection.execute(_SQL["set_password"], municipality_code, account_id, password_hash)


async def set_first_password(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    password_hash: str,
    prepared_by: str,
    *,
    codes_too: bool,
) -> None:
    """A new first password, and with ``codes_too`` no codes; it waits for a release. Raises NoSuchAccount."""
    found = await connection.fetchval(
        _SQL["reset"], municipality_code, account_id, password_hash, codes_too, prepared_by
    )
    if found is None:
        raise NoSuchAccount


async def set_duties(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    duties: Sequence[str],
    valid_until: date | None,
    prepared_by: str,
) -> None:
    """Other duties and another last day (JST); what is wider than before waits for a release. Raises NoSuchAccount."""
    found = await connection.fetchval(
        _SQL["set_duties"], municipality_code, account_id, list(duties), valid_until, prepared_by
    )
    if found is None:
        raise NoSuchAccount


async def release_account(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, released_by: str, waits_since: datetime
) -> None:
    """Let an account be used as it was prepared at an instant (UTC). Raises ReleasedByAnother, NothingToRelease."""
    try:
        released = await connection.fetchval(_SQL["release"], municipality_code, account_id, released_by, waits_since)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == _SAME_PERSON:
            raise ReleasedByAnother from None
        raise
    if released is None:
        raise NothingToRelease


async def set_second_factor(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, sealed: bytes, step: int
) -> None:
    """Keep the sealed secret and the time step of the last code taken."""
    await connection.execute(_SQL["set_second_factor"], municipality_code, account_id, sealed, step)


async def end_account(connection: asyncpg.Connection, municipality_code: str, account_id: str, now: datetime) -> None:
    """End an account for good. Raises NoSuchAccount."""
    if await connection.fetchval(_SQL["end"], municipality_code, account_id, now) is None:
        raise NoSuchAccount
