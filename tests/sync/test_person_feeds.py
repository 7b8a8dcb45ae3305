"""Files of the tax register and of disaster damage are applied whole, once, in order, or not at all; who differs is put in doubt."""

import hmac
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import asyncpg
import pytest

from civil.disaster import DEGREES
from civil.tax_items import ITEMS
from sync.feeds import FileRefused, ListOfAnotherState, Receipt, SourceComparison, apply_file, compare_source
from sync.feeds.fed_source import FedSource
from sync.feeds.fed_sources import FED_SOURCES
from tests.feed_files import envelope
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY, Seal, SealSource

ROOT = Path(__file__).parents[2]
LATER = BEGINS + timedelta(days=30)
ONE, TWO = "0000000101", "0000000102"
HOLDER = ("足利　太郎", "1980-02-29", "", "栃木県足利市本城三丁目2145番地")

Key = tuple[str, str]
"""Person number and tax year, or person number and number of the damage."""


@dataclass(slots=True)
class Source:
    """A register elsewhere: numbers its files from 1, each one hour younger than the one before."""

    name: str
    of: Callable[[Key, str], tuple[str, ...]]
    key: Callable[[Key], tuple[str, str]]
    holds: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    number: int = 0

    @property
    def as_of(self) -> datetime:
        return BEGINS + timedelta(hours=self.number)

    def full(self, *keys: Key) -> bytes:
        if keys:
            self.holds = {key: self.of(key, "1") for key in keys}
        return self.file("full", [("set", *self.key(key), *row) for key, row in sorted(self.holds.items())])

    def set(self, key: Key, word: str = "1") -> bytes:
        self.holds[key] = self.of(key, word)
        return self.difference([("set", *self.key(key), *self.holds[key])])

    def delete(self, key: Key) -> bytes:
        row = self.holds.pop(key)
        return self.difference([("delete", *self.key(key), *[""] * len(row))])

    def difference(self, records: Iterable[Sequence[str]]) -> bytes:
        self.number += 1
        return self.file("difference", records)

    def keys(self) -> bytes:
        """The list for the comparison, digested without our own code."""
        lines = []
        for person in sorted({person for person, _ in self.holds}):
            parts = [CITY, person]
            for (owner, number), row in sorted(self.holds.items(), key=lambda one: one[0][::-1]):
                parts += [number, *row] if owner == person else []
            body = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
            lines.append((person, hmac.digest(KEY.material, body, "sha256").hex()))
        return self.file("keys", lines)

    def file(self, what: str, records: Iterable[Sequence[str]]) -> bytes:
        return envelope((f"kiosk-{self.name}-{what}", "1", CITY, str(self.number), self.as_of.isoformat()), records)


def tax() -> Source:
    return Source(
        "tax",
        lambda _, word: (*HOLDER, "栃木県足利市通二丁目1番地", "1", f"salary_revenue={word}000;total_income=-500"),
        lambda key: key,
    )


def disaster() -> Source:
    return Source(
        "disaster",
        lambda key, word: (*HOLDER, "見本台風", "2026-09-12", f"床上浸水{word}", f"足利市{key[1]}番地", "half", ""),
        lambda key: key[::-1],
    )


MADE = {"tax": (tax, (ONE, "2025"), (ONE, "2026"), (TWO, "2026")), "disaster": (disaster, (ONE, "R8-1"), (ONE, "R8-2"), (TWO, "R8-3"))}  # fmt: skip
TABLES = {
    "tax": (
        "SELECT t.person_number, t.tax_year::text AS number, t.name, a.amount::text AS says FROM issuance.tax_record AS t "
        "JOIN issuance.tax_amount AS a USING (municipality_code, person_number, tax_year) WHERE a.item = 'salary_revenue'"
    ),
    "disaster": "SELECT person_number, damage_number AS number, name, cause AS says FROM issuance.disaster_damage",
}
SAYS = {"tax": "{}000", "disaster": "床上浸水{}"}


@dataclass(slots=True)
class Register:
    """Our side, for one source."""

    name: str
    sync: asyncpg.Connection
    admin: asyncpg.Connection

    async def take(self, content: bytes) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), LATER)

    async def compare(self, content: bytes) -> SourceComparison:
        return await compare_source(self.sync, CITY, io.BytesIO(content), KEY, LATER)

    async def holds(self) -> dict[Key, str]:
        rows = await self.admin.fetch(TABLES[self.name])
        return {(row["person_number"], row["number"]): row["says"] for row in rows}

    async def fed_at(self) -> datetime | None:
        found: datetime | None = await self.admin.fetchval(
            "SELECT fed_at FROM issuance.source WHERE source = $1", self.name
        )
        return found

    async def sequence(self, person: str) -> int:
        query = "SELECT last_sequence FROM issuance.source_sequence WHERE source = $1 AND number = $2"
        return await self.admin.fetchval(query, self.name, person) or 0

    async def doubts(self) -> dict[str, str]:
        rows = await self.admin.fetch("SELECT source, person_number, difference FROM issuance.source_doubt")
        assert {row["source"] for row in rows} <= {self.name}
        return {row["person_number"]: row["difference"] for row in rows}


@pytest.fixture(params=["tax", "disaster"])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
async def register(database: Database, name: str) -> Register:
    return Register(name, await database.connect("sync"), await database.connect())


@pytest.fixture
def keys(name: str) -> tuple[Key, Key, Key]:
    return MADE[name][1:]


@pytest.fixture
async def source(register: Register, name: str, keys: tuple[Key, Key, Key]) -> Source:
    made = MADE[name][0]()
    assert (await register.take(made.full(*keys))).changed == 3
    return made


def said(register: Register, word: str) -> str:
    return SAYS[register.name].format(word)


async def test_a_full_file_begins_and_differences_go_on(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    first, second, third = keys
    assert await register.holds() == dict.fromkeys(keys, said(register, "1"))
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: source.set(second, "2"),
        lambda: source.delete(third),
        lambda: source.set(third, "3"),
    )
    for change in changes:
        receipt = await register.take(change())
        assert (receipt.result, receipt.changed) == ("applied", 1)
        assert await register.fed_at() == source.as_of
    assert await register.holds() == {
        first: said(register, "1"), second: said(register, "2"), third: said(register, "3")
    }  # fmt: skip


async def test_only_whom_a_file_changes_has_a_new_sequence(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    before = {person: await register.sequence(person) for person in (ONE, TWO)}
    await register.take(source.set(keys[0], "2"))
    assert (await register.take(source.full())).changed == 0
    assert await register.sequence(ONE) > before[ONE]
    assert await register.sequence(TWO) == before[TWO]


async def test_a_full_file_takes_away_what_is_no_longer_in_it(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    source.delete(keys[2])
    assert (await register.take(source.full())).changed == 1
    assert await register.holds() == dict.fromkeys(keys[:2], said(register, "1"))


async def test_mis_08_a_lost_file_is_waited_for_and_the_source_grows_old(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    lost, after = source.delete(keys[2]), source.set(keys[0], "2")
    before = await register.fed_at()
    receipt = await register.take(after)
    assert (receipt.result, receipt.waits_for, await register.fed_at()) == ("waiting", 1, before)
    for content in (lost, after):
        assert (await register.take(content)).result == "applied"
    assert (await register.take(lost)).result == "repeated"
    assert keys[2] not in await register.holds()


async def test_sources_are_numbered_apart(register: Register, source: Source, keys: tuple[Key, Key, Key]) -> None:
    seals = SealSource()
    assert (await register.take(seals.full(Seal(ONE, "A-1")))).result == "applied"
    assert (await register.take(source.set(keys[0], "2"))).result == "applied"
    assert (await register.take(seals.delete(ONE))).result == "applied"


async def test_mis_08_what_differs_is_found_both_ways_and_put_in_doubt_until_equal(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    assert (await register.compare(source.keys())).differences.is_equal
    held = dict(source.holds)
    del source.holds[keys[2]]
    source.holds[keys[0]] = source.of(keys[0], "9")
    source.holds["0000000103", keys[0][1]] = source.of(("0000000103", keys[0][1]), "1")
    done = await register.compare(source.keys())
    assert await register.doubts() == {ONE: "different", TWO: "extra", "0000000103": "missing"}
    assert (done.at_source, done.here) == (2, 2)
    causes = await register.admin.fetch("SELECT cause FROM history.alert")
    assert [row["cause"] for row in causes] == [f"feed/{register.name}_differs"]
    source.holds = held
    assert (await register.compare(source.keys())).cleared == 3
    assert await register.doubts() == {}


async def test_a_list_of_another_state_is_not_compared(
    register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    source.set(keys[0], "2")
    with pytest.raises(ListOfAnotherState):
        await register.compare(source.keys())


FAULTS: dict[str, dict[str, tuple[Callable[[Source], bytes], str]]] = {
    "tax": {
        "a year twice": (lambda s: s.difference([("set", ONE, "2026", *s.of((ONE, ""), "1"))] * 2), "tax_year"),
        "a year that is not there": (lambda s: s.difference([("delete", TWO, "2025", *[""] * 7)]), "tax_year"),
        "no year": (lambda s: s.difference([("delete", TWO, "8", *[""] * 7)]), "tax_year"),
        "content of a deletion": (lambda s: s.difference([("delete", TWO, "2026", *s.of((TWO, ""), "1"))]), "name"),
        "no person": (lambda s: s.difference([("delete", "", "2026", *[""] * 7)]), "person_number"),
        "an unknown item": (lambda s: s.difference([("set", ONE, "2026", *s.of((ONE, ""), "1")[:-1], "lottery=1")]), "amounts"),
        "an item twice": (lambda s: s.difference([("set", ONE, "2026", *s.of((ONE, ""), "1")[:-1], "paid=1;paid=2")]), "amounts"),
        "no figure": (lambda s: s.difference([("set", ONE, "2026", *s.of((ONE, ""), "1")[:-1], "paid=1,5")]), "amounts"),
        "gaiji": (lambda s: s.difference([("set", ONE, "2026", "\ue000", *s.of((ONE, ""), "1")[1:])]), "name"),
        "a deletion in a full file": (lambda s: s.file("full", [("delete", TWO, "2026", *[""] * 7)]), "action"),
    },
    "disaster": {
        "a number twice": (lambda s: s.difference([("set", "R8-1", ONE, *s.of((ONE, "R8-1"), "1"))] * 2), "damage_number"),
        "a dwelling twice": (lambda s: s.difference([("set", "R8-9", ONE, *s.of((ONE, "R8-1"), "1"))]), "dwelling_address"),
        "another's number": (lambda s: s.difference([("set", "R8-1", TWO, *s.of((TWO, "R8-1"), "1"))]), "damage_number"),
        "a number that is not there": (lambda s: s.difference([("delete", "R8-9", ONE, *[""] * 10)]), "damage_number"),
        "an unknown degree": (lambda s: s.difference([("set", "R8-1", ONE, *s.of((ONE, "R8-1"), "1")[:-2], "slight", "")]), "degree"),
        "no number": (lambda s: s.difference([("delete", "番号", ONE, *[""] * 10)]), "damage_number"),
        "no instant": (lambda s: s.difference([("set", "R8-1", ONE, *s.of((ONE, "R8-1"), "1")[:-1], "2026-09-12")]), "reassessing_since"),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name, faults in FAULTS.items() for fault in faults])
async def test_a_bad_file_is_refused_whole_with_its_place(
    register: Register, source: Source, keys: tuple[Key, Key, Key], fault: str
) -> None:
    make, item = FAULTS[register.name][fault]
    with pytest.raises(FileRefused) as refused:
        await register.take(make(source))
    assert refused.value.item == item
    assert await register.holds() == dict.fromkeys(keys, said(register, "1"))
    kept = await register.admin.fetchrow("SELECT source, fault_item FROM history.feed_receipt WHERE result = 'refused'")
    assert kept is not None
    assert (kept["source"], kept["fault_item"]) == (register.name, item)
    causes = await register.admin.fetch("SELECT cause FROM history.alert")
    assert [row["cause"] for row in causes] == [f"feed/{register.name}_refused"]


async def test_a_file_whose_header_cannot_be_read_is_refused_and_told(register: Register) -> None:
    with pytest.raises(FileRefused):
        await register.take(b"H,kiosk-pension-full,1\n")
    assert await register.admin.fetchval("SELECT source FROM history.feed_receipt") == "unknown"
    assert await register.admin.fetchval("SELECT cause FROM history.alert") == "feed/unknown_refused"


async def test_mis_07_a_file_waits_for_a_permit_in_progress(
    database: Database, register: Register, source: Source, keys: tuple[Key, Key, Key]
) -> None:
    front = await database.connect("front", CITY)
    content = source.delete(keys[2])
    async with front.transaction():
        await front.execute("SELECT shared.lock_subjects_for_permit($1, ARRAY['person'], ARRAY[$2::text])", CITY, TWO)
        await register.sync.execute("SET lock_timeout = '200ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await register.take(content)
        assert keys[2] in await register.holds()
    await register.sync.execute("SET lock_timeout = 0")
    assert (await register.take(content)).result == "applied"
    assert keys[2] not in await register.holds()


@pytest.mark.parametrize("source", FED_SOURCES, ids=lambda source: source.name)
def test_the_documentation_has_every_layout_and_item(source: FedSource) -> None:
    text = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    for layout in filter(None, (source.full, source.difference, source.keys)):
        assert f"`{layout.name}`" in text
        assert all(f"`{item}`" in text for item in (*layout.header, *layout.record, *chain(*layout.parts.values())))
    assert all(f"`{item}`" in text for item in ITEMS)
    assert all(f"`{degree}`" in text for degree in DEGREES)
