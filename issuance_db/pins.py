"""PINs and their tries. Role front checks and counts; registering, changing and unlocking are for role staff only."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.credentials import CredentialKey, Holder, UserIdKey, key_columns
from issuance_db.database import Database
from issuance_db.failure_budgets import FailureBudget, count_failure, require_within

_SQL: Final = load("issuance_db", "pins.sql")
_BATCH: Final = 5_000


class PinAlreadyRegistered(KioskError):
    """暗証番号は登録済みです。 / A PIN is registered already."""


class PinNotRegistered(KioskError):
    """暗証番号が登録されていません。 / No PIN is registered."""


class CallRow(Protocol):
    """The request a try belongs to."""

    @property
    def caller_id(self) -> str:
        """Whose request."""
        ...

    @property
    def call(self) -> str:
        """``menus`` or ``issuances``."""
        ...

    @property
    def request_id(self) -> str:
        """The caller's own id of the request."""
        ...


class CredentialIndex(Protocol):
    """What stands for a credential, under every version of the key."""

    @property
    def every(self) -> tuple[bytes, ...]:
        """The keyed hashes, oldest version first; rows of the credential lie under any one of them."""
        ...

    @property
    def entered(self) -> bytes:
        """The one of them for what is new."""
        ...


class HashedPin(Protocol):
    """A PIN as it is stored; the storage never sees the digits."""

    @property
    def index(self) -> CredentialIndex:
        """The keyed hashes of the credential."""
        ...

    @property
    def pin_hash(self) -> str:
        """Argon2id in its encoded form."""
        ...

    @property
    def key_version(self) -> int:
        """The version of the PIN key under it."""
        ...


@dataclass(frozen=True, slots=True)
class StoredPin:
    """A registered PIN."""

    pin_hash: str
    key_version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The hashes that the counter and the PIN of a credential lie under, or will."""

    tries: bytes
    pin: bytes


class Attempt:
    """One open transaction that holds the row of one credential; see `PinTries.attempt`."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        key: CredentialKey,
        standing: Standing,
        now: datetime,
        *,
        failures: int,
        is_locked: bool,
        budgets: Sequence[FailureBudget],
    ) -> None:
        """Take what `PinTries.attempt` has locked."""
        self._connection = connection
        self._key = key
        self._standing = standing
        self._now = now
        self._budgets = budgets
        self.failures = failures
        self.is_locked = is_locked

    async def charge(self, call: CallRow, marks: Sequence[bytes]) -> bool:
        """Keep the first mark for this request unless one of them is kept already; tells whether it was kept now.

        Raises BudgetExhausted for a new try past a budget. What was tried before may be tried again: it tells nothing new.
        """
        request = (call.caller_id, call.call, call.request_id)
        told = (self._standing.tries, *request, list(marks), self._now)
        fresh: bool = await self._connection.fetchval(_SQL["charge"], *told)
        if fresh:
            await require_within(self._connection, self._budgets, self._now)
        return fresh

    async def registered(self) -> tuple[StoredPin | None, Holder | None]:
        """Return the registered PIN and the registered credential."""
        is_user_id, key = isinstance(self._key, UserIdKey), key_columns(self._key)
        found = _SQL["find_user_id" if is_user_id else "find_certificate"]
        (row,) = await self._connection.fetch(found, self._standing.pin, *key)
        pin = None if row["pin_hash"] is None else StoredPin(row["pin_hash"], row["key_version"])
        is_known = row["person_number"] is not None
        return pin, Holder(row["person_number"], row["usable_from"], row["revoked_at"]) if is_known else None

    async def settle(self, failures: int, *, locked: bool, counts_as_failure: bool) -> None:
        """Write the new counter; a lock keeps the instant it was set. A fresh wrong try burdens the budgets too."""
        await self._connection.execute(_SQL["settle"], self._standing.tries, failures, locked, self._now)
        if counts_as_failure:
            await count_failure(self._connection, self._budgets, self._now)


class PinTries:
    """Tries of one city, as role front, within these budgets of the caller and the terminal."""

    def __init__(
        self,
        database: Database,
        municipality_code: str,
        budgets: Sequence[FailureBudget],
        *,
        timeout: float | None = None,
    ) -> None:
        """Take the database, the city (市町村コード), the budgets, and the most seconds a try may take."""
        self._database = database
        self._budgets = budgets
        self._timeout = timeout
        self.municipality_code = municipality_code

    @asynccontextmanager
    async def attempt(self, key: CredentialKey, index: CredentialIndex, now: datetime) -> AsyncIterator[Attempt]:
        """Open a transaction, make the credential's row if it is not there, and hold its lock until the block ends."""
        async with self._database.city(self.municipality_code, timeout=self._timeout) as connection:
            standing = await _standing(connection, index)
            (tries,) = await connection.fetch(_SQL["lock"], standing.tries, now)
            yield Attempt(
                connection,
                key,
                standing,
                now,
                failures=tries["failures"],
                is_locked=tries["is_locked"],
                budgets=self._budgets,
            )


async def _standing(connection: asyncpg.Connection, index: CredentialIndex) -> Standing:
    """Where the rows of a credential are, or will be; held, so that nobody enters or moves them meanwhile."""
    if len(index.every) == 1:
        return Standing(index.entered, index.entered)
    await hold(connection, [index])
    (found,) = await connection.fetch(_SQL["standing"], list(index.every), index.entered)
    return Standing(found["tries"], found["pin"])


async def hold(connection: asyncpg.Connection, indexes: Sequence[CredentialIndex]) -> None:
    """Hold these credentials until the transaction ends: nobody else tries them, nobody moves their rows."""
    await connection.execute(_SQL["hold"], [index.every[0] for index in indexes])


async def is_locked(connection: asyncpg.Connection, index: CredentialIndex) -> bool:
    """Whether three wrong tries have locked the credential, in the city of this transaction."""
    if len(index.every) == 1:
        return bool(await connection.fetchval(_SQL["is_locked"], index.entered))
    return bool(await connection.fetchval(_SQL["is_locked_anywhere"], list(index.every)))


async def register_pin(connection: asyncpg.Connection, pin: HashedPin) -> None:
    """Register a PIN at the counter, as staff, and clear tries made before it; raises PinAlreadyRegistered."""
    await unlock(connection, pin.index)
    told = (pin.index.entered, pin.pin_hash, pin.key_version, list(pin.index.every))
    if await connection.fetchval(_SQL["register"], *told) is None:
        raise PinAlreadyRegistered


async def change_pin(connection: asyncpg.Connection, pin: HashedPin) -> None:
    """Set another PIN at the counter, as staff, and unlock; raises PinNotRegistered."""
    await unlock(connection, pin.index)
    if await connection.fetchval(_SQL["change"], list(pin.index.every), pin.pin_hash, pin.key_version) is None:
        raise PinNotRegistered


async def unlock(connection: asyncpg.Connection, index: CredentialIndex) -> bool:
    """Set the counter to zero at the counter, as staff; tells whether the credential was locked.

    A try that is under way is waited for, and counts before this.
    """
    locked_at = await connection.fetchval(_SQL["locked_at"], list(index.every))
    await connection.execute(_SQL["unlock"], list(index.every))
    return locked_at is not None


async def stop_pin(connection: asyncpg.Connection, index: CredentialIndex, now: datetime) -> None:
    """Take the PIN away at the counter, as staff, and lock: sessions that it opened end too. Raises PinNotRegistered.

    A try that is under way is waited for. Registering another PIN unlocks.
    """
    await connection.fetchval(_SQL["locked_at"], list(index.every))
    if await connection.fetchval(_SQL["remove"], list(index.every)) is None:
        raise PinNotRegistered
    await connection.execute(_SQL["lock_out"], list(index.every), now)


async def register_pins_bulk(connection: asyncpg.Connection, pins: Iterable[HashedPin]) -> int:
    """Register many hashed PINs, as staff; those registered already stay as they are. Returns how many are new.

    Thousands go in one statement: about a second for 150,000. Hashing them is what takes time.
    """
    every = list(pins)
    registered = 0
    for start in range(0, len(every), _BATCH):
        batch = every[start : start + _BATCH]
        rows = [(pin.index.entered, pin.pin_hash, pin.key_version) for pin in batch]
        names = [(pin.index.entered, one) for pin in batch for one in pin.index.every]
        columns = [list(column) for columned in (rows, names) for column in zip(*columned, strict=True)]
        registered += await connection.fetchval(_SQL["register_many"], *columns)
    return registered
