"""Making, resetting and ending accounts: for the command line and for the console alike."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.errors import KioskError
from issuance_db.staff_accounts import (
    NothingToRelease,
    end_account,
    find_account,
    make_account,
    release_account,
    set_duties,
    set_first_password,
)
from issuance_db.staff_acts import Actor, record_act
from issuance_db.staff_passkeys import release_passkey, remove_passkeys_of, waiting_passkeys
from issuance_db.staff_sessions import end_sessions_of
from kiosk_server.staff.duties import Duty

_ALONE: Final = frozenset({Duty.ADMINISTRATOR, Duty.AUDITOR, Duty.CONTRACTOR})


class EndNeeded(KioskError):
    """委託先の利用者には、使える最後の日が要ります。 / A contractor needs a last day (--valid-until)."""


class NoDuty(KioskError):
    """担当を一つ以上選んでください。 / Choose at least one duty."""


class DutiesTogether(KioskError):
    """利用者管理・監査・委託先は、ほかの担当と兼ねられません。 / An administrator, an auditor and a contractor have no other duty."""


class AccountMiswritten(KioskError):
    """利用者IDは英小文字で始まる2〜32文字の英小文字・数字・. _ - です。 /
    An account is 2 to 32 lower-case letters, digits and . _ -, and begins with a letter."""


async def open_account(
    connection: asyncpg.Connection,
    city: str,
    account_id: str,
    name: str,
    duties: Sequence[str],
    valid_until: date | None,
    password_hash: str,
    actor: Actor,
) -> None:
    """Make an account with a first password; another person releases it.

    Raises AccountTaken, AccountMiswritten, NoDuty, DutiesTogether, EndNeeded.
    """
    together = _together(duties, valid_until)
    try:
        await make_account(connection, city, account_id, name, together, valid_until, password_hash, actor.name)
    except asyncpg.CheckViolationError:
        raise AccountMiswritten from None
    await record_act(connection, city, "staff_account_made", actor, concerns=account_id)


async def reset_account(
    connection: asyncpg.Connection, city: str, account_id: str, password_hash: str, actor: Actor, *, codes_too: bool
) -> None:
    """A new first password; with ``codes_too`` the person registers a second factor anew. Another person releases it.

    Raises NoSuchAccount.
    """
    await set_first_password(connection, city, account_id, password_hash, actor.name, codes_too=codes_too)
    if codes_too:
        await remove_passkeys_of(connection, city, account_id)
    await end_sessions_of(connection, city, account_id)
    await record_act(connection, city, "staff_account_reset", actor, concerns=account_id)


async def change_duties(
    connection: asyncpg.Connection,
    city: str,
    account_id: str,
    duties: Sequence[str],
    valid_until: date | None,
    actor: Actor,
) -> None:
    """Other duties and another last day; its sessions end, and what is wider waits for a release by another person.

    Raises NoSuchAccount, NoDuty, DutiesTogether, EndNeeded.
    """
    await set_duties(connection, city, account_id, _together(duties, valid_until), valid_until, actor.name)
    await end_sessions_of(connection, city, account_id)
    await record_act(connection, city, "staff_account_duties", actor, concerns=account_id)


async def release(
    connection: asyncpg.Connection, city: str, account_id: str, actor: Actor, waits_since: datetime | None = None
) -> None:
    """Let an account be used, as another than who prepared it; ``waits_since`` (UTC) is what was read, None what is there.

    Raises ReleasedByAnother, NothingToRelease.
    """
    if waits_since is None:
        account = await find_account(connection, city, account_id)
        if account is None or account.waits_since is None:
            raise NothingToRelease
        waits_since = account.waits_since
    await release_account(connection, city, account_id, actor.name, waits_since)
    await record_act(connection, city, "staff_account_released", actor, concerns=account_id)


async def release_a_passkey(connection: asyncpg.Connection, city: str, passkey_id: bytes, actor: Actor) -> None:
    """Let a passkey be used that somebody else registered for themselves. Raises ReleasedByAnother, NothingToRelease."""
    whose = await release_passkey(connection, city, passkey_id, actor.name)
    await record_act(connection, city, "staff_passkey_released", actor, concerns=whose)


async def passkey_called(connection: asyncpg.Connection, city: str, account_id: str, name: str) -> bytes:
    """Which waiting passkey of an account has this name. Raises NothingToRelease."""
    for row in await waiting_passkeys(connection, city):
        if (row["account_id"], row["passkey_name"]) == (account_id, name):
            return bytes(row["passkey_id"])
    raise NothingToRelease


async def close_account(
    connection: asyncpg.Connection, city: str, account_id: str, now: datetime, actor: Actor
) -> None:
    """End an account and its sessions at once and for good. Raises NoSuchAccount."""
    await end_account(connection, city, account_id, now)
    await end_sessions_of(connection, city, account_id)
    await record_act(connection, city, "staff_account_ended", actor, concerns=account_id)


def _together(duties: Sequence[str], valid_until: date | None) -> Sequence[str]:
    if not duties:
        raise NoDuty
    if len(set(duties)) > 1 and not _ALONE.isdisjoint(duties):
        raise DutiesTogether
    if Duty.CONTRACTOR in duties and valid_until is None:
        raise EndNeeded
    return sorted(set(duties))
