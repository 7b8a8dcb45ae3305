"""Koseki and their 附票 come in files: whole, in order, nobody living in two; one that cannot be read is gone until it can."""

import hmac
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from sync.feeds import FileRefused, Receipt, apply_file, compare_source
from tests.feed_files import lines
from tests.servers import Database
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY

LATER = BEGINS + timedelta(days=30)
Lines = list[tuple[str, ...]]


def koseki(number: str, *people: str, family: str = "足利", pending: str = "", removed: str = "0") -> Lines:
    made: Lines = [("D", "set", number, "栃木県足利市本城三丁目2145番地", f"{family}　{people[0]}", pending)]
    made += [
        (
            "M",
            f"K{name}",
            "" if name == "三郎" else f"10{len(name)}{ord(name[0])}",
            family,
            name,
            "",
            "1980-02-29",
            "",
            "夫" if place == 0 else "",
            "足利忠",
            "足利梅",
            "",
            "",
            "長男",
            removed,
        )
        for place, name in enumerate(people)
    ]
    made += [
        ("I", "", "戸籍編製"),
        ("P", "編製日", "平成20年4月1日"),
        ("I", "1", "出生"),
        ("P", "出生日", "昭和55年2月29日"),
        ("P", "届出人", "父"),
    ]
    return made  # fmt: skip


def supplement(number: str, *people: str, family: str = "足利", pending: str = "", removed: str = "0") -> Lines:
    made: Lines = [("D", "set", number, f"栃木県足利市本城三丁目2145番地{pending}", f"{family}　{people[0]}")]
    for name in people:
        in_register = "" if name == "三郎" else f"10{len(name)}{ord(name[0])}"
        made.append(("M", f"K{name}", in_register, f"{family}　{name}", "1980-02-29", "", "1", removed))
        made += [("A", "栃木県足利市通二丁目1番地", "", ""), ("A", "栃木県足利市本城三丁目2145番地", "2010-04-01", "")]
    return made


@dataclass(slots=True)
class Register:
    """One of the two registers, and our side."""

    name: str
    of: Callable[..., Lines]
    sync: asyncpg.Connection
    admin: asyncpg.Connection
    number: int = 0

    def file(self, kind: str, *records: Lines) -> bytes:
        as_of = BEGINS + timedelta(hours=self.number)
        head = (f"kiosk-{self.name}-{kind}", "1", CITY, str(self.number), as_of.isoformat())
        return lines(head, [line for record in records for line in record])

    async def take(self, content: bytes, now: datetime = LATER) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), now)

    async def full(self, *records: Lines) -> Receipt:
        return await self.take(self.file("full", *records))

    async def difference(self, *records: Lines) -> Receipt:
        self.number += 1
        return await self.take(self.file("difference", *records))

    def deleted(self, number: str) -> Lines:
        return [("D", "delete", number, *[""] * (len(self.of("1", "太郎")[0]) - 3))]

    async def people(self) -> dict[str, list[str]]:
        table = {"koseki": "koseki_member", "koseki_supplement": "koseki_supplement_person"}[self.name]
        rows = await self.admin.fetch(
            f"SELECT koseki_number, array_agg(koseki_person_number ORDER BY position) AS people FROM issuance.{table} GROUP BY 1"
        )
        return {row["koseki_number"]: row["people"] for row in rows}

    async def sequence(self, number: str) -> int:
        query = "SELECT last_sequence FROM issuance.source_sequence WHERE source = $1 AND number = $2"
        return await self.admin.fetchval(query, self.name, number) or 0


@pytest.fixture(autouse=True, params=["in one go", "in parts"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are read into a table first; what comes of them is the same."""
    if request.param == "in parts":
        monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", 0)


@pytest.fixture(params=["koseki", "koseki_supplement"])
async def register(request: pytest.FixtureRequest, database: Database) -> Register:
    name: str = request.param
    of = {"koseki": koseki, "koseki_supplement": supplement}[name]
    return Register(name, of, await database.connect("sync"), await database.connect())


async def test_a_full_file_begins_and_differences_go_on(register: Register) -> None:
    one, two = register.of("1", "太郎", "花子"), register.of("2", "次郎")
    assert (await register.full(one, two)).changed == 2
    assert await register.people() == {"1": ["K太郎", "K花子"], "2": ["K次郎"]}
    assert (await register.difference(register.of("2", "次郎", "三郎"))).changed == 1
    assert (await register.difference(register.deleted("1"))).changed == 1
    assert await register.people() == {"2": ["K次郎", "K三郎"]}
    assert (await register.full(register.of("2", "次郎"))).changed == 1
    assert await register.people() == {"2": ["K次郎"]}


async def test_only_what_differs_has_a_new_sequence(register: Register) -> None:
    one, two = register.of("1", "太郎"), register.of("2", "次郎")
    await register.full(one, two)
    before = [await register.sequence(number) for number in "12"]
    assert (
        await register.full(one, register.of("2", "次郎", pending="" if register.name == "koseki" else "の2"))
    ).changed == (0 if register.name == "koseki" else 1)
    assert (await register.difference(register.of("2", "次郎", family="佐野"))).changed == 1
    after = [await register.sequence(number) for number in "12"]
    assert (after[0], after[1] > before[1]) == (before[0], True)


async def test_whoever_moves_to_another_koseki_lives_there_alone(register: Register) -> None:
    await register.full(register.of("1", "太郎", "花子"), register.of("2", "次郎"))
    assert (await register.difference(register.of("1", "太郎"), register.of("2", "次郎", "花子"))).changed == 2
    assert await register.people() == {"1": ["K太郎"], "2": ["K次郎", "K花子"]}
    with pytest.raises(FileRefused) as fault:
        await register.difference(register.of("2", "次郎", "太郎"))
    assert (fault.value.line, fault.value.item) == (2, "koseki_person_number")
    assert await register.people() == {"1": ["K太郎"], "2": ["K次郎", "K花子"]}


WRONG: dict[str, Callable[[Register], Lines]] = {
    "a koseki twice": lambda r: r.of("1", "太郎") + r.of("1", "次郎"),
    "somebody twice in one": lambda r: r.of("1", "太郎", "太郎"),
    "somebody living in two": lambda r: r.of("1", "太郎") + r.of("2", "太郎"),
    "nobody in it": lambda r: r.of("1", "太郎")[:1],
    "a part of nothing": lambda r: r.of("1", "太郎")[1:],
    "parts after a deletion": lambda r: r.deleted("1") + r.of("1", "太郎")[1:],
    "an unknown line": lambda r: [*r.of("1", "太郎"), ("X", "1")],
    "a deletion of nothing": lambda r: r.deleted("9"),
    "neither living nor removed": lambda r: r.of("1", "太郎", removed="2"),
    "gaiji": lambda r: r.of("1", "太郎", family="\ue000"),
    "a lost character": lambda r: r.of("1", "太郎", family="〓野"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_bad_file_is_refused_whole(register: Register, wrong: str) -> None:
    await register.full(register.of("5", "五郎"))
    with pytest.raises(FileRefused):
        await register.difference(WRONG[wrong](register))
    assert await register.people() == {"5": ["K五郎"]}


async def test_who_was_removed_may_live_elsewhere(register: Register) -> None:
    assert (await register.full(register.of("1", "太郎", removed="1"), register.of("2", "太郎"))).changed == 2
    assert await register.people() == {"1": ["K太郎"], "2": ["K太郎"]}


async def test_mis_07_a_file_waits_for_a_permit_in_progress(database: Database, register: Register) -> None:
    await register.full(register.of("1", "太郎"))
    front = await database.connect("front", CITY)
    async with front.transaction():
        await front.execute("SELECT shared.lock_subjects_for_permit($1, ARRAY['koseki'], ARRAY['1'])", CITY)
        await register.sync.execute("SET lock_timeout = '200ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await register.difference(register.deleted("1"))
    assert await register.people() == {"1": ["K太郎"]}


async def test_everything_of_a_koseki_is_kept_as_it_was_told(database: Database) -> None:
    register = Register("koseki", koseki, await database.connect("sync"), await database.connect())
    await register.full(koseki("1", "太郎", "三郎", pending="2026-11-20T09:00:00+09:00"))
    row = await register.admin.fetchrow("SELECT * FROM issuance.koseki")
    assert row is not None
    assert (row["domicile"], row["first_registrant"]) == ("栃木県足利市本城三丁目2145番地", "足利　太郎")
    assert row["pending_since"] == datetime.fromisoformat("2026-11-20T09:00:00+09:00")
    member = await register.admin.fetchrow("SELECT * FROM issuance.koseki_member WHERE position = 2")
    assert member is not None
    told: dict[str, Any] = {
        key: member[key] for key in ("koseki_person_number", "person_number", "surname", "given_name", "father")
    }
    assert told == {
        "koseki_person_number": "K三郎",
        "person_number": None,
        "surname": "足利",
        "given_name": "三郎",
        "father": "足利忠",
    }
    items = await register.admin.fetch(
        "SELECT i.member_position, i.heading, p.label, p.content FROM issuance.koseki_item AS i "
        "JOIN issuance.koseki_paragraph AS p USING (municipality_code, koseki_number, item_number) ORDER BY item_number, paragraph_number"
    )
    assert [tuple(item) for item in items] == [
        (None, "戸籍編製", "編製日", "平成20年4月1日"),
        (1, "出生", "出生日", "昭和55年2月29日"),
        (1, "出生", "届出人", "父"),
    ]


async def test_every_address_of_a_supplement_is_kept_in_its_order(database: Database) -> None:
    register = Register("koseki_supplement", supplement, await database.connect("sync"), await database.connect())
    await register.full(supplement("1", "太郎"))
    rows = await register.admin.fetch(
        "SELECT address, since_on, since_text FROM issuance.koseki_supplement_address ORDER BY address_number"
    )
    assert [(row["address"], str(row["since_on"]), row["since_text"]) for row in rows] == [
        ("栃木県足利市通二丁目1番地", "None", None),
        ("栃木県足利市本城三丁目2145番地", "2010-04-01", None),
    ]


def table_lines(name: str, surname: str) -> list[dict[str, str]]:
    """The koseki `name` as the system of the example writes it."""
    return [
        {"action": "1", "koseki_number": name, "domicile": "足利市", "first_registrant": f"足利　{name}"},
        {
            "part": "M", "koseki_person_number": f"K{name}", "surname": surname, "given_name": name, "birth_on": "19800229",
            "relationship": "長男", "removed": "0",
        },
        {"part": "I", "heading": "戸籍編製"},
        {"part": "P", "label": "編製日", "content": "平成20年4月1日"},
    ]  # fmt: skip


async def test_a_koseki_with_a_member_that_cannot_be_read_is_gone_until_it_can(database: Database) -> None:
    register = Register("koseki", koseki, await database.connect("sync"), await database.connect())
    table = example("koseki")

    async def take(number: int, *surnames: str) -> Receipt:
        head = {
            "layout": "1",
            "municipality_code": CITY,
            "file_number": str(number),
            "as_of": f"202611{24 + number}000000",
        }
        records = [line for name, surname in zip("一二", surnames, strict=True) for line in table_lines(name, surname)]
        return await apply_file(register.sync, CITY, io.BytesIO(file(table, head, records)), LATER, table)

    assert (await take(0, "足利", "佐野")).records == 2
    receipt = await take(1, "足利", "〓野")
    assert (receipt.aside, await register.people()) == (1, {"一": ["K一"]})
    aside = await register.admin.fetchrow("SELECT record_key, line, item FROM issuance.feed_set_aside")
    assert aside is not None
    assert tuple(aside) == ("二", 7, "surname")
    assert (await take(2, "足利", "佐野")).aside == 0
    assert await register.people() == {"一": ["K一"], "二": ["K二"]}


def list_of(register: Register, *records: Lines) -> bytes:
    """The list for the comparison, digested without our own code."""
    rows = []
    for record in sorted(records, key=lambda lines: lines[0][2]):
        parts = [CITY, *record[0][2:], *(text for line in record[1:] for text in line)]
        body = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
        rows.append(("D", record[0][2], hmac.digest(KEY.material, body, "sha256").hex()))
    as_of = BEGINS + timedelta(hours=register.number)
    return lines((f"kiosk-{register.name}-keys", "1", CITY, str(register.number), as_of.isoformat()), rows)


async def test_mis_08_a_koseki_that_differs_is_found_both_ways_and_put_in_doubt_until_equal(register: Register) -> None:
    one, two, three = (register.of(number, name) for number, name in (("1", "太郎"), ("2", "次郎"), ("3", "三郎")))

    async def compared(*records: Lines) -> dict[str, str]:
        await compare_source(register.sync, CITY, io.BytesIO(list_of(register, *records)), KEY, LATER)
        rows = await register.admin.fetch(
            "SELECT person_number, difference FROM issuance.source_doubt WHERE source = $1", register.name
        )
        return {row["person_number"]: row["difference"] for row in rows}

    await register.full(one, two)
    before = await register.sequence("1")
    assert await compared(one, two) == {}
    assert await compared(register.of("1", "花子"), three) == {"1": "different", "2": "extra", "3": "missing"}
    assert await register.sequence("1") > before
    assert await compared(one, two) == {}
