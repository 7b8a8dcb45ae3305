"""A resident register elsewhere, which writes its residents to files."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sync.feeds.resident_file import RESIDENT
from tests.feed_files import envelope
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY

ITEMS = RESIDENT.full.record[2:]
EMPTY = dict.fromkeys(ITEMS, "")


@dataclass(frozen=True, slots=True)
class Resident:
    """One resident; `other` are items that differ from those of the example."""

    person_number: str
    household: str = "900"
    order: int = 1
    other: tuple[tuple[str, str], ...] = ()

    def texts(self) -> tuple[str, ...]:
        head = self.order == 1
        items = {
            **EMPTY, "household_number": self.household, "member_order": str(self.order), "is_head": "1" if head else "0",
            "name": f"足利　{self.person_number}", "furigana": "アシカガ", "birth_on": "1980-04-01", "sex": "1",
            "relationship": "世帯主" if head else "子", "head_name": f"足利　{self.household}", "domicile": "栃木県足利市本城三丁目２１４５番地",
            "first_registrant": f"足利　{self.person_number}", "resident_since_on": "2010-11-22",
            "address": "栃木県足利市本城三丁目２１４５番地", "address_since_on": "2010-11-22", "address_notified_on": "2010-11-24",
            "suppressed": "0", **dict(self.other),
        }  # fmt: skip
        return tuple(items[item] for item in ITEMS)

    def changed(self, **items: str) -> "Resident":
        return replace(self, other=tuple({**dict(self.other), **items}.items()))


@dataclass(slots=True)
class ResidentSource:
    """Numbers its files from 0, each one hour younger than the one before."""

    holds: dict[str, Resident] = field(default_factory=dict)
    number: int = 0
    begins: datetime = BEGINS

    @property
    def as_of(self) -> datetime:
        return self.begins + timedelta(hours=self.number)

    def full(self, *residents: Resident) -> bytes:
        if residents:
            self.holds = {one.person_number: one for one in residents}
        return self.file("full", [("set", one.person_number, *one.texts()) for one in self.holds.values()])

    def set(self, *residents: Resident) -> bytes:
        self.holds |= {one.person_number: one for one in residents}
        return self.difference([("set", one.person_number, *one.texts()) for one in residents])

    def delete(self, person: str) -> bytes:
        self.holds.pop(person, None)
        return self.difference([("delete", person, *[""] * len(ITEMS))])

    def difference(self, records: Sequence[Sequence[str]]) -> bytes:
        self.number += 1
        return self.file("difference", records)

    def keys(self) -> bytes:
        """The list for the comparison, digested without our own code."""
        rows = []
        for person, one in sorted(self.holds.items()):
            parts = (CITY, person, *one.texts())
            body = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
            rows.append((person, hmac.digest(KEY.material, body, "sha256").hex()))
        return self.file("keys", rows)

    def file(self, what: str, records: Sequence[Sequence[str]]) -> bytes:
        head = (f"kiosk-resident-{what}", "1", CITY, str(self.number), self.as_of.isoformat())
        return envelope(head, records)
