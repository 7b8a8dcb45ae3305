"""What a counter does with credentials and PINs, in the caller's transaction and with its row in the history.

``of`` is the 宛名番号 of whom the clerk has before them: a credential of anybody else changes nothing (OfAnotherPerson).
"""

from datetime import datetime

import asyncpg

from issuance_db.credentials import (
    CredentialKey,
    CredentialNotRegistered,
    CredentialStoppedAlready,
    Holder,
    NewCredential,
    NewUserId,
    OfAnotherPerson,
    UserCertificateKey,
    UserIdKey,
    find_registered,
    register_user_ids,
    renew,
    require_resident,
    revoke,
)
from issuance_db.pins import CredentialIndex, HashedPin, change_pin, register_pin, stop_pin, unlock
from issuance_db.staff_acts import Actor, record_act


async def renew_certificate(
    connection: asyncpg.Connection,
    municipality_code: str,
    new: NewCredential,
    earlier: UserCertificateKey | None,
    now: datetime,
    who: Actor,
) -> int:
    """As `credentials.renew`, and raises what that raises."""
    stopped = await renew(connection, new, earlier, now)
    await record_act(connection, municipality_code, "credential_renewed", who, person_number=new.person_number)
    return stopped


async def add_user_id(connection: asyncpg.Connection, municipality_code: str, new: NewUserId, who: Actor) -> None:
    """Register a 利用者ID. Raises NobodyOfThatNumber, CredentialAlreadyRegistered."""
    await require_resident(connection, new.person_number)
    await register_user_ids(connection, [new])
    await record_act(connection, municipality_code, "user_id_registered", who, person_number=new.person_number)


async def stop_credential(
    connection: asyncpg.Connection,
    municipality_code: str,
    key: CredentialKey,
    now: datetime,
    who: Actor,
    *,
    of: str | None = None,
) -> None:
    """Stop it for good from ``now`` (UTC) on. Raises CredentialNotRegistered, OfAnotherPerson, CredentialStoppedAlready."""
    holder = await held_by(connection, key, of)
    if not await revoke(connection, key, now):
        raise CredentialStoppedAlready
    act = "user_id_stopped" if isinstance(key, UserIdKey) else "credential_stopped"
    await record_act(connection, municipality_code, act, who, person_number=holder.person_number)


async def set_pin(
    connection: asyncpg.Connection,
    municipality_code: str,
    key: CredentialKey,
    hashed: HashedPin,
    now: datetime,
    who: Actor,
    *,
    change: bool,
    of: str | None = None,
) -> None:
    """Register a PIN, or change it. Raises what `in_use` raises, PinAlreadyRegistered, PinNotRegistered."""
    holder = await in_use(connection, key, now, of)
    await (change_pin if change else register_pin)(connection, hashed)
    act = "pin_changed" if change else "pin_registered"
    await record_act(connection, municipality_code, act, who, person_number=holder.person_number)


async def unlock_pin(
    connection: asyncpg.Connection,
    municipality_code: str,
    key: CredentialKey,
    index: CredentialIndex,
    who: Actor,
    *,
    of: str | None = None,
) -> bool:
    """Lift the lock after wrong tries; tells whether there was one. Raises CredentialNotRegistered, OfAnotherPerson."""
    holder = await held_by(connection, key, of)
    was_locked = await unlock(connection, index)
    await record_act(connection, municipality_code, "pin_unlocked", who, person_number=holder.person_number)
    return was_locked


async def take_pin_away(
    connection: asyncpg.Connection,
    municipality_code: str,
    key: CredentialKey,
    index: CredentialIndex,
    now: datetime,
    who: Actor,
    *,
    of: str | None = None,
) -> None:
    """Stop the PIN: nothing is issued by it until another is registered. Raises as `unlock_pin`, and PinNotRegistered."""
    holder = await held_by(connection, key, of)
    await stop_pin(connection, index, now)
    await record_act(connection, municipality_code, "pin_stopped", who, person_number=holder.person_number)


async def held_by(connection: asyncpg.Connection, key: CredentialKey, of: str | None = None) -> Holder:
    """Whose it is. Raises CredentialNotRegistered, OfAnotherPerson."""
    holder = await find_registered(connection, key)
    if holder is None:
        raise CredentialNotRegistered
    if of is not None and holder.person_number != of:
        raise OfAnotherPerson
    return holder


async def in_use(connection: asyncpg.Connection, key: CredentialKey, now: datetime, of: str | None = None) -> Holder:
    """As `held_by`; raises CredentialStoppedAlready too."""
    holder = await held_by(connection, key, of)
    if holder.revoked_at is not None and holder.revoked_at <= now:
        raise CredentialStoppedAlready
    return holder
