"""The seal register elsewhere: what it holds, and the files it writes about that."""

import base64
import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from keys.purpose import Purpose
from keys.secret_key import SecretKey
from sync.feeds import HeldSeal, seal_digest
from tests.feed_files import envelope
from tests.sync.registry_rows import CITY

BEGINS = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
KEY = SecretKey(Purpose.FEED_COMPARISON, 1, bytes(range(32)))


def png(shade: int) -> bytes:
    """One grey pixel, another for each shade."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes([0, shade % 256]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@dataclass(frozen=True, slots=True)
class Seal:
    """One registration at the source."""

    person_number: str
    registration_number: str
    name: str = "足利　太郎"
    address: str = "栃木県足利市本城三丁目2145番地"
    image: bytes = field(default_factory=lambda: png(0))
    registered_on: str = "2020-04-01"
    birth_on: str = "1980-02-29"
    birth_text: str = ""

    def record(self, action: str = "register", replaces: str = "") -> tuple[str, ...]:
        image = base64.b64encode(self.image).decode()
        content = (self.registered_on, self.name, self.birth_on, self.birth_text, self.address, image)
        return (action, self.person_number, self.registration_number, replaces, *content)

    def deleted(self) -> tuple[str, ...]:
        return ("delete", self.person_number, self.registration_number, "", "", "", "", "", "", "")


@dataclass(slots=True)
class SealSource:
    """Numbers its files from 1; each says that it is one hour younger than the one before, or as young as its clock says."""

    seals: dict[str, Seal] = field(default_factory=dict)
    number: int = 0
    begins: datetime = BEGINS
    city: str = CITY
    clock: Callable[[], datetime] | None = None

    @property
    def as_of(self) -> datetime:
        return self.clock() if self.clock else self.begins + timedelta(hours=self.number)

    def full(self, *seals: Seal) -> bytes:
        """The state after the last difference; with seals, that state is these."""
        if seals:
            self.seals = {seal.person_number: seal for seal in seals}
        rows = [self.seals[person].record() for person in sorted(self.seals)]
        return self.file("kiosk-seal-full", rows)

    def register(self, *seals: Seal) -> bytes:
        self.seals |= {seal.person_number: seal for seal in seals}
        return self.difference(seal.record() for seal in seals)

    def delete(self, *persons: str) -> bytes:
        return self.difference([self.seals.pop(person).deleted() for person in persons])

    def change(self, person: str, **changes: str) -> bytes:
        self.seals[person] = replace(self.seals[person], **changes)  # type: ignore[arg-type]  # tests name the fields
        return self.difference([self.seals[person].record("change")])

    def reregister(self, person: str, registration_number: str, image: bytes) -> bytes:
        before = self.seals[person]
        self.seals[person] = replace(before, registration_number=registration_number, image=image)
        return self.difference([self.seals[person].record("reregister", before.registration_number)])

    def difference(self, records: Iterable[Sequence[str]]) -> bytes:
        self.number += 1
        return self.file("kiosk-seal-difference", records)

    def keys(self) -> bytes:
        """The list for the comparison."""
        rows = [(person, self._digest(self.seals[person]).hex()) for person in sorted(self.seals)]
        return self.file("kiosk-seal-keys", rows)

    def file(self, layout: str, records: Iterable[Sequence[str]]) -> bytes:
        return envelope((layout, "1", self.city, str(self.number), self.as_of.isoformat()), records)

    def _digest(self, seal: Seal) -> bytes:
        held = HeldSeal(
            seal.person_number,
            seal.registration_number,
            seal.registered_on,
            seal.name,
            seal.birth_on,
            seal.birth_text,
            seal.address,
            hashlib.sha256(seal.image).digest(),
        )
        return seal_digest(KEY, self.city, held)
