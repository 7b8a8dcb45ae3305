"""Passkeys of staff, and the challenges that they sign (W3C Web Authentication, level 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.staff_accounts import NothingToRelease, ReleasedByAnother

_SQL: Final = load("issuance_db", "staff_passkeys.sql")
_SAME_PERSON: Final = "KS008"
_LAST_FACTOR: Final = "KS012"
CHALLENGE_LIVES: Final = timedelta(minutes=5)


class PasskeyTaken(KioskError):
    """このパスキーか、その名前は、もう登録されています。別のものにしてください。 /
    This passkey or its name is registered already. Choose another."""


class NoSuchPasskey(KioskError):
    """そのパスキーはありません。一覧を開き直してください。 / There is no such passkey. Open the list anew."""


class LastFactor(KioskError):
    """最後の認証手段は外せません。先に別のパスキーを登録し、承認を受けてください。 /
    The last second factor cannot be removed. Register another passkey and have it released first."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as registered; instants in UTC. ``waits_since``: not released by another person yet. ``stopped_at``: a copy of it was seen."""

    passkey_id: bytes = field(repr=False)
    account_id: str
    passkey_name: str
    credential: bytes = field(repr=False)
    sign_count: int
    made_at: datetime
    used_at: datetime | None
    waits_since: datetime | None
    stopped_at: datetime | None

    @property
    def is_usable(self) -> bool:
        """Whether somebody signs in with it."""
        return self.waits_since is None and self.stopped_at is None


async def add_passkey(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    name: str,
    passkey_id: bytes,
    credential: bytes,
    sign_count: int,
) -> None:
    """Register one; beside another factor it waits until somebody else releases it. Raises PasskeyTaken."""
    added = await connection.fetchval(
        _SQL["add"], municipality_code, passkey_id, account_id, name, credential, sign_count
    )
    if added is None:
        raise PasskeyTaken


async def passkeys_of(connection: asyncpg.Connection, municipality_code: str, account_id: str) -> Sequence[Passkey]:
    """An account's own, those that wait or are stopped too."""
    rows = await connection.fetch(_SQL["of_account"], municipality_code, account_id)
    return [Passkey(**dict(row.items())) for row in rows]


async def waiting_passkeys(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    """What another person has to release."""
    return [dict(row.items()) for row in await connection.fetch(_SQL["waiting"], municipality_code)]


async def release_passkey(
    connection: asyncpg.Connection, municipality_code: str, passkey_id: bytes, released_by: str
) -> str:
    """Let one be used, as another than its person; returns whose it is. Raises ReleasedByAnother, NothingToRelease."""
    try:
        account_id: str | None = await connection.fetchval(_SQL["release"], municipality_code, passkey_id, released_by)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == _SAME_PERSON:
            raise ReleasedByAnother from None
        raise
    if account_id is None:
        raise NothingToRelease
    return account_id


async def use_passkey(
    connection: asyncpg.Connection,
    municipality_code: str,
    account_id: str,
    passkey_id: bytes,
    sign_count: int,
    now: datetime,
) -> bool:
    """Keep its counter; False where that did not go up, or the passkey is not to be used."""
    used = await connection.fetchval(_SQL["use"], municipality_code, account_id, passkey_id, sign_count, now)
    return used is not None


async def stop_passkey(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, passkey_id: bytes, now: datetime
) -> None:
    """Stop one of which there may be a copy, for good."""
    await connection.execute(_SQL["stop"], municipality_code, account_id, passkey_id, now)


async def remove_passkey(
    connection: asyncpg.Connection, municipality_code: str, account_id: str, passkey_id: bytes
) -> None:
    """Remove one of the account's own. Raises NoSuchPasskey, LastFactor."""
    try:
        removed = await connection.fetchval(_SQL["remove"], municipality_code, account_id, passkey_id)
    except asyncpg.PostgresError as refused:
        if refused.sqlstate == _LAST_FACTOR:
            raise LastFactor from None
        raise
    if removed is None:
        raise NoSuchPasskey


async def remove_passkeys_of(connection: asyncpg.Connection, municipality_code: str, account_id: str) -> None:
    """Remove every one of an account that waits for a release."""
    await connection.execute(_SQL["remove_all"], municipality_code, account_id)


async def ask(
    connection: asyncpg.Connection, municipality_code: str, token_digest: bytes, challenge: bytes, now: datetime
) -> None:
    """Keep the challenge (32 bytes) that a session's newest page asks to sign."""
    await connection.execute(_SQL["ask"], municipality_code, token_digest, challenge, now)


async def take_challenge(
    connection: asyncpg.Connection, municipality_code: str, token_digest: bytes, now: datetime
) -> bytes | None:
    """The session's challenge, taken away; None where none was asked in the last five minutes."""
    row = await connection.fetchrow(_SQL["take"], municipality_code, token_digest)
    return None if row is None or row["made_at"] <= now - CHALLENGE_LIVES else bytes(row["challenge"])
