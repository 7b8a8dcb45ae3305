"""Which person a credential was given to. One person has many: card, phone, old and new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, runtime_checkable

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "credentials.sql")
_BATCH: Final = 5_000


class CredentialAlreadyRegistered(KioskError):
    """この電子証明書または利用者IDは登録済みです。番号を確かめてください。止めたものは戻せません。新しい電子証明書の発行を受け、その番号を登録してください。 /
    This credential is registered already. Check the number. One that was stopped cannot be used again: have a new certificate issued, and register that one."""


class CredentialNotRegistered(KioskError):
    """この電子証明書または利用者IDは登録されていません。番号を確かめてください。 / This credential is not registered. Check the number."""


class OfAnotherPerson(KioskError):
    """示された電子証明書または利用者IDは、この宛名番号の人のものではありません。何も変えていません。両方の番号を確かめてください。 /
    The credential that was named is not that of this person number. Nothing was changed. Check both numbers."""


class EarlierNeeded(KioskError):
    """この人には登録された電子証明書があります。前の電子証明書の番号も示してください(コマンドでは --earlier-serial と --earlier-issuer-key-id)。
    何も変えていません。 / This person has a registered certificate. Tell its number too (on the command line, name it with --earlier-serial and
    --earlier-issuer-key-id). Nothing was changed."""


class CredentialStoppedAlready(KioskError):
    """この電子証明書または利用者IDは止まっています。何も変えていません。新しい電子証明書か利用者IDを登録してください。 /
    This credential is stopped. Nothing was changed. Register a new certificate or user id."""


class NobodyOfThatNumber(KioskError):
    """この宛名番号の人は発行用住民票にいません。何も変えていません。番号を確かめてください。 /
    Nobody of this person number is in the issuance record. Nothing was changed. Check the number."""


@runtime_checkable
class UserCertificateKey(Protocol):
    """The key of a 利用者証明用電子証明書, in its canonical form."""

    @property
    def issuer_key_id(self) -> str:
        """Lower-case hex of the issuing CA's key id."""
        ...

    @property
    def serial(self) -> str:
        """Decimal without leading zeros."""
        ...


@runtime_checkable
class UserIdKey(Protocol):
    """The key of a 利用者ID."""

    @property
    def user_id(self) -> str:
        """The id itself."""
        ...


CredentialKey = UserCertificateKey | UserIdKey


@dataclass(frozen=True, slots=True)
class Holder:
    """The person (宛名番号) a credential was given to, and the instants (UTC) between which it may be used."""

    person_number: str
    usable_from: datetime
    revoked_at: datetime | None

    def may_use_at(self, now: datetime) -> bool:
        """Whether the credential may be used at this instant: from `usable_from` on, and before `revoked_at`."""
        return self.usable_from <= now and (self.revoked_at is None or now < self.revoked_at)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A user certificate as it is registered; `usable_from` is UTC."""

    issuer_key_id: str
    serial: str
    person_number: str
    bearer: Literal["card", "android", "iphone"]
    usable_from: datetime


@dataclass(frozen=True, slots=True)
class NewUserId:
    """A 利用者ID as it is registered; `usable_from` is UTC."""

    user_id: str
    person_number: str
    usable_from: datetime


async def find_registered(connection: asyncpg.Connection, credential: CredentialKey) -> Holder | None:
    """The registered credential whatever its state, in the city of this transaction; None if there is none."""
    row = await connection.fetchrow(_statement("find", credential), *key_columns(credential))
    return None if row is None else Holder(row["person_number"], row["usable_from"], row["revoked_at"])


async def register_credentials(connection: asyncpg.Connection, rows: Sequence[NewCredential]) -> None:
    """Register user certificates, as staff; raises CredentialAlreadyRegistered, and then none is.

    Sent as arrays: PostgreSQL refuses COPY into a table under row-level security, and staff need no temporary tables so.
    """
    columns = [(row.issuer_key_id, row.serial, row.person_number, row.bearer, row.usable_from) for row in rows]
    await _insert_batches(connection, "register_certificates", columns)


async def register_user_ids(connection: asyncpg.Connection, rows: Sequence[NewUserId]) -> None:
    """Register 利用者ID, as staff; raises CredentialAlreadyRegistered, and then none is."""
    columns = [(row.user_id, row.person_number, row.usable_from) for row in rows]
    await _insert_batches(connection, "register_user_ids", columns)


async def revoke(connection: asyncpg.Connection, credential: CredentialKey, revoked_at: datetime) -> bool:
    """Stop a credential from `revoked_at` (UTC) on, as staff; an earlier stop stays, and False is returned. Raises CredentialNotRegistered.

    Takes the person's freshness lock: a permit given at the same moment sees the stop or precedes it.
    """
    holder = await find_registered(connection, credential)
    if holder is None:
        raise CredentialNotRegistered
    await connection.execute(_SQL["lock_person"], holder.person_number)
    return await connection.fetchval(_statement("revoke", credential), *key_columns(credential), revoked_at) is not None


async def renew(
    connection: asyncpg.Connection, new: NewCredential, earlier: UserCertificateKey | None, now: datetime
) -> int:
    """Register a person's new certificate and stop their earlier ones of the same bearer at `now` (UTC), as staff.

    `earlier` says who the person is: any certificate that they were given, in use or not. Only somebody who was never
    given one has none. They are in the issuance record. In one transaction of the caller's: there is no moment without a
    card, and none with two. Returns how many were stopped. Raises CredentialAlreadyRegistered, CredentialNotRegistered,
    OfAnotherPerson, EarlierNeeded, NobodyOfThatNumber. Takes the person's freshness lock, as `revoke` does.
    """
    await connection.execute(_SQL["lock_person"], new.person_number)
    await _require_holder(connection, new.person_number, earlier)
    await require_resident(connection, new.person_number)
    await register_credentials(connection, [new])
    stopped: int = await connection.fetchval(
        _SQL["stop_earlier"], new.person_number, new.bearer, new.issuer_key_id, new.serial, now
    )
    return stopped


async def _require_holder(
    connection: asyncpg.Connection, person_number: str, earlier: UserCertificateKey | None
) -> None:
    if earlier is None:
        if await connection.fetchval(_SQL["has_certificate"], person_number):
            raise EarlierNeeded
        return
    holder = await find_registered(connection, earlier)
    if holder is None:
        raise CredentialNotRegistered
    if holder.person_number != person_number:
        raise OfAnotherPerson


async def require_resident(connection: asyncpg.Connection, person_number: str) -> None:
    """Raise NobodyOfThatNumber unless the person (宛名番号) is in the issuance record."""
    if not await connection.fetchval(_SQL["is_resident"], person_number):
        raise NobodyOfThatNumber


async def _insert_batches(
    connection: asyncpg.Connection, statement: str, rows: Sequence[tuple[str | datetime, ...]]
) -> None:
    try:
        for start in range(0, len(rows), _BATCH):
            columns = zip(*rows[start : start + _BATCH], strict=True)
            await connection.execute(_SQL[statement], *(list(column) for column in columns))
    except asyncpg.UniqueViolationError:
        # The database's own message would name the credential.
        raise CredentialAlreadyRegistered from None


def _statement(verb: str, credential: CredentialKey) -> str:
    return _SQL[f"{verb}_user_id" if isinstance(credential, UserIdKey) else f"{verb}_certificate"]


def key_columns(credential: CredentialKey) -> tuple[str, ...]:
    """The key as the columns of its table."""
    if isinstance(credential, UserIdKey):
        return (credential.user_id,)
    return credential.issuer_key_id, credential.serial
