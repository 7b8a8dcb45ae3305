"""The seal register of the running city as another system keeps it, and the office that takes its files in."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from kiosk_server.issuing.request import IssuanceRequest, Kind
from tests.cli.command import kiosk
from tests.sync.seal_source import KEY, Seal, SealSource
from tests.system.installation import Installation
from tests.system.running import CITY

_HELD = """
SELECT person_number, registration_number, registered_on::text AS registered_on, name, coalesce(birth_on::text, '') AS birth_on,
    coalesce(birth_text, '') AS birth_text, address, image
FROM issuance.seal_registration WHERE municipality_code = $1
"""
_LAST = """
SELECT coalesce(max(file_number), 0) FROM history.feed_receipt
WHERE municipality_code = $1 AND source = 'seal' AND result = 'applied'
"""


@dataclass(slots=True)
class SealOffice:
    """Runs `kiosk feed` as the office of the running city does."""

    installation: Installation
    directory: Path
    source: SealSource

    async def feed(self, command: str, *arguments: str | Path) -> tuple[int, str]:
        """Exit code, and what a person reads."""
        settings = ("--settings", self.installation.settings_file)
        key = str(self.directory / "feed-key")
        done = await asyncio.to_thread(kiosk, "feed", command, *arguments, *settings, KIOSK_FEED_KEY_FILE=key)
        return done.returncode, done.stdout + done.stderr

    async def apply(self, *contents: bytes) -> tuple[int, str]:
        """Apply these files in order."""
        return await self.feed("apply", *[self._file(f"{place}.csv", one) for place, one in enumerate(contents)])

    async def reconcile(self) -> tuple[int, str]:
        """Compare with the register's own list."""
        return await self.feed("reconcile", self._file("keys.csv", self.source.keys()))

    def _file(self, name: str, content: bytes) -> Path:
        path = self.directory / name
        path.write_bytes(content)
        return path


async def seal_office(installation: Installation, books: asyncpg.Connection, directory: Path) -> SealOffice:
    """A register that holds what the running city has, its full file applied."""
    seals = {row["person_number"]: Seal(**dict(row.items())) for row in await books.fetch(_HELD, CITY)}
    number = await books.fetchval(_LAST, CITY)
    office = SealOffice(installation, directory, SealSource(seals, number, clock=lambda: datetime.now(UTC)))
    (directory / "feed-key").write_text(KEY.material.hex(), encoding="ascii")
    (directory / "feed-key").chmod(0o600)
    code, said = await office.apply(office.source.full())
    assert code == 0, said
    return office


def for_seal(request: IssuanceRequest) -> IssuanceRequest:
    """The same request for 印鑑登録証明書."""
    return IssuanceRequest(
        request.request_id, CITY, request.terminal, request.credential, Kind.SEAL_REGISTRATION, "self", request.options
    )
