"""Keys of the credential index that are rotated in a test, as processes open them at one moment or another."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cardauth import credential_index
from cardauth.credential_index import ENTERED_AFTER
from cardauth.credential_key import CredentialKey
from issuance_db import index_moving
from keys.ending_keys import end_key_version
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.purpose import Purpose
from tests.cardauth.world import CITY, NOW, PASSPHRASE, World

SETTLED = ENTERED_AFTER + timedelta(seconds=1)


@dataclass
class IndexKeys:
    """A key file and the time by which it is read."""

    directory: Path
    now: datetime = NOW

    @classmethod
    def made(cls, directory: Path) -> "IndexKeys":
        """With version 1, of long before now."""
        create_keys(directory, PASSPHRASE, marker="demo", clock=lambda: NOW - timedelta(days=1))
        return cls(directory)

    def opened(self) -> FileKeyProvider:
        """As a process holds them that has just looked at the file."""
        return FileKeyProvider(self.directory, PASSPHRASE, clock=lambda: self.now)

    def rotate(self) -> int:
        """The next version, in force from now on."""
        return add_key_version(self.directory, PASSPHRASE, Purpose.CREDENTIAL_INDEX, clock=lambda: self.now)

    def end(self, version: int) -> None:
        """End it now."""
        end_key_version(self.directory, PASSPHRASE, Purpose.CREDENTIAL_INDEX, version, clock=lambda: self.now)

    def settle(self) -> None:
        """Let the newest version be in force for long enough that things are entered under it."""
        self.now += SETTLED

    def of(self, world: World) -> World:
        """The world as a process sees it that holds the keys of now."""
        return replace(world, keys=self.opened())


async def move(world: World, *keys: CredentialKey) -> index_moving.Moved:
    """Move the rows of these credentials as staff do, one batch."""
    async with world.staff.city(CITY) as connection:
        return await index_moving.move(connection, [credential_index(world.keys, CITY, key) for key in keys])


async def versions_of(world: World, table: str, key: CredentialKey) -> list[int]:
    """Under which versions of the key a table has rows of a credential, lowest first."""
    every = credential_index(world.keys, CITY, key).every
    async with world.staff.city(CITY) as connection:
        rows = await connection.fetch(f"SELECT credential_hash FROM issuance.{table}")
    found = {row["credential_hash"] for row in rows}
    return [version for version, one in enumerate(every, start=1) if one in found]
