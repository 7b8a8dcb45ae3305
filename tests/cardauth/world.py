"""A city with its PINs: the real database as the roles front and staff, and demo keys."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cardauth import (
    CallIdentity,
    Credential,
    CredentialIndex,
    NotIdentified,
    Reason,
    UserCertificate,
    authenticate,
    credential_index,
    credential_key,
    hash_pin,
)
from issuance_db import credentials, pins
from issuance_db.database import Database
from issuance_db.failure_budgets import FailureBudget
from keys.file_provider import FileKeyProvider, create_keys
from keys.provider import KeyProvider
from tests import servers

CITY = "092029"
OTHER_CITY = "092011"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ISSUER = "0a1b2c"
RIGHT = "4821"
WRONG = "7364"
ALSO_WRONG = "9058"
PASSPHRASE = b"only for tests"


@cache
def demo_keys() -> KeyProvider:
    """Demo keys, made once."""
    with tempfile.TemporaryDirectory() as directory:
        create_keys(Path(directory) / "keys", PASSPHRASE, marker="demo", clock=lambda: NOW)
        return FileKeyProvider(Path(directory) / "keys", PASSPHRASE, clock=lambda: NOW)


@dataclass
class World:
    """What a test does with PINs."""

    front: Database
    staff: Database
    keys: KeyProvider
    budgets: tuple[FailureBudget, ...] = ()
    city: str = CITY
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def card(self, pin: str = RIGHT) -> UserCertificate:
        """A user certificate that nobody has registered."""
        return UserCertificate(ISSUER, str(next(self._numbers)), pin)

    async def give(
        self, credential: UserCertificate, *, usable_from: datetime = NOW, revoked_at: datetime | None = None
    ) -> None:
        """Register a certificate to the person 1000000001."""
        new = credentials.NewCredential(
            credential.issuer_key_id, credential.serial, "1000000001", "card", usable_from - timedelta(days=1)
        )
        if usable_from > NOW:
            new = credentials.NewCredential(new.issuer_key_id, new.serial, new.person_number, new.bearer, usable_from)
        async with self.staff.city(self.city) as connection:
            await credentials.register_credentials(connection, [new])
            if revoked_at is not None:
                await credentials.revoke(connection, credential, revoked_at)

    async def register(self, credential: Credential) -> None:
        """Register the credential's PIN."""
        async with self.staff.city(self.city) as connection:
            await pins.register_pin(connection, hash_pin(self.keys, self.city, credential))

    async def registered(self) -> UserCertificate:
        """A certificate that is registered, with the right PIN."""
        card = self.card()
        await self.give(card)
        await self.register(card)
        return card

    async def unlock(self, credential: Credential) -> bool:
        """Lift a lock as staff."""
        async with self.staff.city(self.city) as connection:
            return await pins.unlock(connection, self.index(credential))

    def index(self, credential: Credential) -> CredentialIndex:
        """The keyed hashes of the credential."""
        return credential_index(self.keys, self.city, credential_key(credential))

    def store(self) -> pins.PinTries:
        """The store as front."""
        return pins.PinTries(self.front, self.city, self.budgets)

    def request(self, request_id: str | None = None, call: str = "menus") -> CallIdentity:
        """A request of the centre, with an id of its own if none is given."""
        return CallIdentity("centre", call, request_id or f"request-{next(self._numbers)}")

    async def answer(
        self,
        card: UserCertificate,
        pin: str,
        request_id: str | None = None,
        *,
        call: str = "menus",
        now: datetime = NOW,
    ) -> Reason | None:
        """Try a PIN: None if the person was identified, else the reason staff see."""
        tried = UserCertificate(card.issuer_key_id, card.serial, pin)
        try:
            who = await authenticate(self.store(), tried, call=self.request(request_id, call), keys=self.keys, now=now)
        except NotIdentified as refusal:
            return refusal.reason
        assert who.person_number == "1000000001"
        return None

    async def tries(self, credential: Credential) -> tuple[int, bool] | None:
        """The counter and whether it is locked."""
        async with self.staff.city(self.city) as connection:
            row = await connection.fetchrow(
                "SELECT failures, locked_at FROM issuance.pin_tries WHERE credential_hash = ANY ($1)",
                list(self.index(credential).every),
            )
        return None if row is None else (row["failures"], row["locked_at"] is not None)

    async def charges(self, credential: Credential) -> int:
        """How often the credential was charged."""
        async with self.staff.city(self.city) as connection:
            count: int = await connection.fetchval(
                "SELECT count(*) FROM issuance.pin_charge WHERE credential_hash = ANY ($1)",
                list(self.index(credential).every),
            )
        return count


@asynccontextmanager
async def open_world(database: servers.Database, *, connections: int = 8) -> AsyncIterator[World]:
    """Open the database as front and as staff."""
    async with (
        Database.open(database.dsn("front"), max_size=connections) as front,
        Database.open(database.dsn("staff"), max_size=2) as staff,
    ):
        yield World(front, staff, demo_keys())
