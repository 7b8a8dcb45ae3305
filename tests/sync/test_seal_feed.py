"""MIS-07, MIS-08: files of the seal register are applied whole, once, in order, or not at all."""

import asyncio
import hashlib
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import asyncpg
import pytest

from sync.feeds import FileRefused, OtherCity, Receipt, apply_file
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, Seal, SealSource, png

LATER = BEGINS + timedelta(days=30)
ONE, TWO = Seal("0000000101", "A-1"), Seal("0000000102", "A-2", image=png(1))


class Register:
    """Our side: files come in as role `sync`, and anybody may look."""

    def __init__(self, sync: asyncpg.Connection, admin: asyncpg.Connection) -> None:
        self.sync = sync
        self.admin = admin

    async def take(self, content: bytes, now: datetime = LATER) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), now)

    async def holds(self) -> dict[str, tuple[str, str, bytes]]:
        rows = await self.admin.fetch("SELECT * FROM issuance.seal_registration")
        return {row["person_number"]: (row["registration_number"], row["address"], row["image"]) for row in rows}

    async def fed_at(self) -> datetime | None:
        found: datetime | None = await self.admin.fetchval("SELECT fed_at FROM issuance.source WHERE source = 'seal'")
        return found

    async def sequence(self, person: str) -> int:
        query = "SELECT last_sequence FROM issuance.source_sequence WHERE source = 'seal' AND number = $1"
        return await self.admin.fetchval(query, person) or 0

    async def receipts(self) -> list[tuple[str, int | None]]:
        rows = await self.admin.fetch("SELECT result, file_number FROM history.feed_receipt ORDER BY receipt_id")
        return [(row["result"], row["file_number"]) for row in rows]


def held(source: SealSource) -> dict[str, tuple[str, str, bytes]]:
    return {person: (seal.registration_number, seal.address, seal.image) for person, seal in source.seals.items()}


@pytest.fixture
async def register(database: Database) -> Register:
    return Register(await database.connect("sync"), await database.connect())


@pytest.fixture
async def source(register: Register) -> SealSource:
    """A source whose first full file we have: persons 101 and 102."""
    made = SealSource()
    await register.take(made.full(ONE, TWO))
    return made


async def test_a_full_file_begins_and_differences_go_on(register: Register, source: SealSource) -> None:
    assert await register.holds() == held(source)
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: source.register(Seal("0000000103", "A-3")),
        lambda: source.change("0000000101", address="栃木県足利市通三丁目2779番地"),
        lambda: source.delete("0000000102"),
        lambda: source.reregister("0000000101", "A-9", png(9)),
        lambda: source.register(Seal("0000000102", "A-1")),
    )
    for change in changes:
        assert (await register.take(change())).result == "applied"
        assert await register.holds() == held(source)
        assert await register.fed_at() == source.as_of
    assert await register.receipts() == [("applied", number) for number in range(6)]


async def test_mis_07_a_new_registration_leaves_the_new_image_alone(register: Register, source: SealSource) -> None:
    await register.take(source.reregister("0000000101", "A-9", png(9)))
    assert (await register.holds())["0000000101"] == ("A-9", ONE.address, png(9))
    images = await register.admin.fetch("SELECT image FROM issuance.seal_registration WHERE image = $1", ONE.image)
    assert images == []


async def test_only_whom_a_file_changes_has_a_new_sequence(register: Register, source: SealSource) -> None:
    assert [await register.sequence(person) for person in source.seals] == [1, 1]
    await register.take(source.change("0000000101", name="足利　次郎"))
    await register.take(source.full())
    assert [await register.sequence(person) for person in source.seals] == [2, 1]


async def test_mis_08_a_lost_file_is_waited_for_and_the_source_grows_old(
    register: Register, source: SealSource
) -> None:
    lost, after = source.delete("0000000101"), source.register(Seal("0000000103", "A-3"))
    before = await register.fed_at()
    receipt = await register.take(after)
    assert (receipt.result, receipt.waits_for) == ("waiting", 1)
    assert await register.fed_at() == before
    assert "0000000103" not in await register.holds()
    for content in (lost, after):
        assert (await register.take(content)).result == "applied"
    assert await register.holds() == held(source)


async def test_a_difference_before_any_full_file_waits(register: Register) -> None:
    receipt = await register.take(SealSource().register(ONE))
    assert (receipt.result, receipt.waits_for) == ("waiting", None)
    assert (await register.holds(), await register.fed_at()) == ({}, None)


async def test_mis_08_a_record_lost_within_the_files_is_noticed_and_the_file_refused(
    register: Register, source: SealSource
) -> None:
    source.delete("0000000101")
    source.number -= 1
    # The deletion never came; a file that takes its number registers the person anew.
    content = source.register(Seal("0000000101", "A-7"), Seal("0000000104", "A-4"))
    with pytest.raises(FileRefused) as refused:
        await register.take(content)
    assert (refused.value.line, refused.value.item) == (2, "action")
    assert set(await register.holds()) == {"0000000101", "0000000102"}


async def test_a_full_file_mends_what_was_lost(register: Register, source: SealSource) -> None:
    source.delete("0000000101")
    source.register(Seal("0000000103", "A-1"))
    assert (await register.take(source.full())).changed == 2
    assert await register.holds() == held(source)
    assert (await register.take(source.delete("0000000103"))).result == "applied"


async def test_the_same_file_twice_is_once(register: Register, source: SealSource) -> None:
    first, second = source.register(Seal("0000000103", "A-3")), source.delete("0000000103")
    for content in (first, second):
        assert (await register.take(content)).result == "applied"
    receipts = await register.receipts()
    for content in (first, second, first):
        assert (await register.take(content)).result == "repeated"
    assert await register.holds() == held(source)
    assert await register.receipts() == receipts


async def test_the_same_file_at_once_is_once(database: Database, register: Register, source: SealSource) -> None:
    content = source.delete("0000000101")
    others = [Register(await database.connect("sync"), register.admin) for _ in range(4)]
    receipts = await asyncio.gather(*(other.take(content) for other in others))
    assert sorted(receipt.result for receipt in receipts) == ["applied", "repeated", "repeated", "repeated"]
    assert await register.sequence("0000000101") == 2


FAULTS: dict[str, tuple[Callable[[SealSource], bytes], int, str]] = {
    "who has one": (lambda source: source.difference([ONE.record()]), 2, "action"),
    "who has none": (lambda source: source.difference([Seal("0000000199", "A-1").deleted()]), 2, "registration_number"),
    "another number": (lambda source: source.difference([Seal("0000000101", "A-2").deleted()]), 2, "registration_number"),
    "replaces another": (lambda source: source.difference([ONE.record("reregister", "A-2")]), 2, "replaces"),
    "replaces nothing": (lambda source: source.difference([ONE.record("reregister")]), 2, "replaces"),
    "one's number": (lambda source: source.difference([Seal("0000000103", "A-1").record()]), 2, "registration_number"),
    "a person twice": (lambda source: source.difference([TWO.record("change"), ONE.deleted(), TWO.deleted()]), 4, "person_number"),
    "content of a deletion": (lambda source: source.difference([("delete", *ONE.record()[1:])]), 2, "registered_on"),
    "an unknown action": (lambda source: source.difference([ONE.record("remove")]), 2, "action"),
    "gaiji": (lambda source: source.change("0000000101", name="\ue000"), 2, "name"),
    "no date": (lambda source: source.difference([("change", *ONE.record()[1:6], "", "", *ONE.record()[8:])]), 2, "birth_text"),
    "no image": (lambda source: source.difference([(*ONE.record("change")[:-1], "R0lGODlh")]), 2, "image"),
    "broken Base64": (lambda source: source.difference([(*ONE.record("change")[:-1], "=")]), 2, "image"),
    "deletions in a full file": (lambda source: source.file("kiosk-seal-full", [ONE.deleted()]), 2, "action"),
    "cut": (lambda source: source.delete("0000000101")[:-30], 3, "sha256"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_bad_file_is_refused_whole_with_its_place(register: Register, source: SealSource, fault: str) -> None:
    before, fed_at = await register.holds(), await register.fed_at()
    make, line, item = FAULTS[fault]
    content = make(source)
    with pytest.raises(FileRefused) as refused:
        await register.take(content)
    assert (refused.value.line, refused.value.item) == (line, item)
    assert (await register.holds(), await register.fed_at()) == (before, fed_at)
    kept = await register.admin.fetchrow("SELECT * FROM history.feed_receipt WHERE result = 'refused'")
    assert kept is not None
    assert (kept["fault_line"], kept["fault_item"], kept["fault_reason"]) == (line, item, refused.value.reason)
    assert kept["sha256"] == hashlib.sha256(content).digest()
    assert await register.admin.fetchval("SELECT count(*) FROM history.alert WHERE cause = 'feed/seal_refused'") == 1


async def test_a_number_that_was_used_and_a_time_before_or_to_come_are_refused(
    register: Register, source: SealSource
) -> None:
    await register.take(source.delete("0000000101"))
    source.number -= 1
    with pytest.raises(FileRefused, match="file_number"):
        await register.take(source.register(Seal("0000000105", "A-5")))
    source.begins -= timedelta(days=1)
    with pytest.raises(FileRefused, match="as_of"):
        await register.take(source.delete("0000000102"))
    source.begins, source.number = LATER, 1
    with pytest.raises(FileRefused, match="as_of"):
        await register.take(source.delete("0000000105"))


async def test_another_citys_file_is_refused_and_leaves_nothing(register: Register) -> None:
    with pytest.raises(OtherCity):
        await register.take(SealSource(city="092011").full(ONE))
    assert await register.receipts() == []


async def test_mis_07_a_file_waits_for_a_permit_in_progress_and_blocks_the_next(
    database: Database, register: Register, source: SealSource
) -> None:
    front = await database.connect("front", CITY)
    permit = "SELECT shared.lock_subjects_for_permit($1, ARRAY['person'], ARRAY['0000000101'])"
    async with front.transaction():
        await front.execute(permit, CITY)
        applying = asyncio.create_task(register.take(source.delete("0000000101")))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        async with asyncio.timeout(30):
            while not await register.admin.fetchval(waiting):  # noqa: ASYNC110 - another session comes to wait
                await asyncio.sleep(0.01)
        assert "0000000101" in await register.holds()
    assert (await applying).result == "applied"


async def test_a_whole_city_is_applied_in_one_transaction(register: Register) -> None:
    source = SealSource()
    content = source.full(*(Seal(f"{number:010}", f"A-{number}") for number in range(30_000)))
    assert (await register.take(content)).changed == 30_000
    assert len(await register.holds()) == 30_000
    locks = await register.admin.fetchval(
        "SELECT current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int"
    )
    assert locks < 30_000
