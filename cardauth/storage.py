"""What checking a PIN and using a session need of storage. Attributes are read only, so any frozen value will do."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cardauth.credential_key import CredentialKey


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """Which request a try belongs to: the caller, ``menus`` or ``issuances``, and the caller's own id."""

    caller_id: str
    call: str
    request_id: str


class CallRow(Protocol):
    """A `CallIdentity` as storage reads it."""

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


class IndexRow(Protocol):
    """A `CredentialIndex` as storage reads it."""

    @property
    def every(self) -> tuple[bytes, ...]:
        """The keyed hashes of the credential, oldest version of the key first; its rows lie under any one of them."""
        ...

    @property
    def entered(self) -> bytes:
        """The one of them for what is new."""
        ...


class PinRow(Protocol):
    """A registered PIN."""

    @property
    def pin_hash(self) -> str:
        """Argon2id in its encoded form."""
        ...

    @property
    def key_version(self) -> int:
        """The version of the PIN key under it."""
        ...


class HolderRow(Protocol):
    """A registered credential, whatever its state."""

    @property
    def person_number(self) -> str:
        """宛名番号 of the person it was given to."""
        ...

    @property
    def usable_from(self) -> datetime:
        """The first instant at which it may be used (UTC)."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """The first instant at which it may not be used any more (UTC)."""
        ...


class PinAttempt(Protocol):
    """One open transaction that holds the row lock of one credential. It commits when its context ends without error."""

    @property
    def failures(self) -> int:
        """Wrong tries in a row until now."""
        ...

    @property
    def is_locked(self) -> bool:
        """Whether three wrong tries have locked it."""
        ...

    async def charge(self, call: CallRow, marks: Sequence[bytes]) -> bool:
        """Keep the first mark for this request unless one of them is kept already; tells whether it was kept now.

        May raise an error of the store's own where the caller has guessed too often; then nothing is kept at all.
        """
        ...

    async def registered(self) -> tuple[PinRow | None, HolderRow | None]:
        """Return the registered PIN and the registered credential, read after the lock was taken."""
        ...

    async def settle(self, failures: int, *, locked: bool, counts_as_failure: bool) -> None:
        """Write the new counter; `counts_as_failure` is a fresh wrong try, which also burdens caller and terminal."""
        ...


class PinStore(Protocol):
    """Tries of one city."""

    @property
    def municipality_code(self) -> str:
        """The city (市町村コード) whose rows these are."""
        ...

    def attempt(self, key: CredentialKey, index: IndexRow, now: datetime) -> AbstractAsyncContextManager[PinAttempt]:
        """Open a transaction, make the credential's row if it is not there, and hold its lock."""
        ...


class SessionStore(Protocol):
    """Uses of sessions of one city."""

    async def use(self, session_hash: bytes, request_id: str, at_most: int) -> bool:
        """Keep one use and commit; False if `at_most` other requests have used it. The same request may use it again."""
        ...
