"""MIS-08: what a lost deletion leaves behind is found by comparing both ways, and put in doubt until it is equal again."""

import hmac
import io
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.purpose import Purpose
from keys.secret_key import SecretKey
from sync.feeds import FileRefused, HeldSeal, ListOfAnotherState, SourceComparison, compare_source, seal_digest
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import KEY, Seal, SealSource, png
from tests.sync.test_seal_feed import LATER, ONE, TWO, Register

ROOT = Path(__file__).parents[2]


async def compare(register: Register, content: bytes, key: SecretKey = KEY) -> SourceComparison:
    return await compare_source(register.sync, CITY, io.BytesIO(content), key, LATER)


async def doubts(register: Register) -> dict[str, str]:
    rows = await register.admin.fetch("SELECT person_number, difference FROM issuance.source_doubt")
    return {row["person_number"]: row["difference"] for row in rows}


async def alerts(register: Register) -> list[str]:
    return [row["cause"] for row in await register.admin.fetch("SELECT cause FROM history.alert")]


@pytest.fixture
async def register(database: Database) -> Register:
    return Register(await database.connect("sync"), await database.connect())


@pytest.fixture
async def source(register: Register) -> SealSource:
    made = SealSource()
    await register.take(made.full(ONE, TWO))
    return made


async def test_equal_sides_differ_in_nothing_and_say_their_counts(register: Register, source: SealSource) -> None:
    done = await compare(register, source.keys())
    assert (done.at_source, done.here, done.differences.is_equal) == (2, 2, True)
    assert (await doubts(register), await alerts(register)) == ({}, [])


async def test_mis_08_every_way_of_differing_is_found_reported_and_put_in_doubt(
    register: Register, source: SealSource
) -> None:
    del source.seals["0000000101"]
    source.seals["0000000102"] = Seal("0000000102", "A-2", image=png(2))
    source.seals["0000000103"] = Seal("0000000103", "A-3")
    done = await compare(register, source.keys())
    expected = {"0000000101": "extra", "0000000102": "different", "0000000103": "missing"}
    assert await doubts(register) == expected
    assert (done.at_source, done.here) == (2, 2)
    kept = await register.admin.fetch("SELECT person_number, difference FROM history.source_difference")
    assert {row["person_number"]: row["difference"] for row in kept} == expected
    assert await alerts(register) == ["feed/seal_differs"]


async def test_mis_08_a_doubt_moves_the_sequence_so_that_no_permit_passes_it_by(
    register: Register, source: SealSource
) -> None:
    before = await register.sequence("0000000101")
    seal = source.seals.pop("0000000101")
    await compare(register, source.keys())
    assert await register.sequence("0000000101") == before + 1
    source.seals["0000000101"] = seal
    assert (await compare(register, source.keys())).cleared == 1
    assert await register.sequence("0000000101") == before + 2
    assert await doubts(register) == {}


async def test_a_doubt_that_goes_on_keeps_the_time_it_began(register: Register, source: SealSource) -> None:
    del source.seals["0000000101"]
    await compare(register, source.keys())
    since = await register.admin.fetchval("SELECT since FROM issuance.source_doubt")
    await compare_source(register.sync, CITY, io.BytesIO(source.keys()), KEY, LATER + timedelta(days=1))
    assert await register.admin.fetchval("SELECT since FROM issuance.source_doubt") == since


async def test_a_difference_that_goes_on_is_one_alert_and_who_else_differs_another(
    register: Register, source: SealSource
) -> None:
    del source.seals["0000000101"]
    for _ in range(3):
        await compare(register, source.keys())
    assert await alerts(register) == ["feed/seal_differs"]
    source.seals["0000000103"] = Seal("0000000103", "A-3")
    await compare(register, source.keys())
    assert await alerts(register) == ["feed/seal_differs"] * 2


async def test_staff_clear_a_doubt_and_only_sync_and_staff_do(
    database: Database, register: Register, source: SealSource
) -> None:
    del source.seals["0000000101"]
    await compare(register, source.keys())
    front = await database.connect("front", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute("DELETE FROM issuance.source_doubt")
    staff = await database.connect("staff", CITY)
    await staff.execute("DELETE FROM issuance.source_doubt WHERE person_number = '0000000101'")
    assert await doubts(register) == {}
    await compare(register, source.keys())
    assert await doubts(register) == {"0000000101": "extra"}


async def test_a_list_of_another_state_is_not_compared(register: Register, source: SealSource) -> None:
    later = source.register(Seal("0000000103", "A-3"))
    with pytest.raises(ListOfAnotherState):
        await compare(register, source.keys())
    await register.take(later)
    assert (await compare(register, source.keys())).differences.is_equal


async def test_another_key_finds_everybody_different(register: Register, source: SealSource) -> None:
    another = SecretKey(Purpose.FEED_COMPARISON, 1, bytes(32))
    done = await compare(register, source.keys(), another)
    assert done.differences.different == ("0000000101", "0000000102")


@pytest.mark.parametrize("second", ["0000000101", "0000000102"])
async def test_a_list_out_of_order_is_refused_with_its_line(
    register: Register, source: SealSource, second: str
) -> None:
    digest = "0" * 64
    content = source.file("kiosk-seal-keys", [("0000000102", digest), (second, digest)])
    with pytest.raises(FileRefused) as refused:
        await compare(register, content)
    assert (refused.value.line, refused.value.item) == (3, "person_number")
    assert await doubts(register) == {}


TEXT = st.text("ab", max_size=3)
TEXTS = st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
Texts = tuple[str, str, str, str, str, str, str]


@given(TEXTS, TEXTS)
def test_digests_are_equal_for_equal_items_in_their_places_alone(one: Texts, other: Texts) -> None:
    first, second = (seal_digest(KEY, CITY, HeldSeal(*texts, bytes(32))) for texts in (one, other))
    assert (first == second) == (one == other)


def test_the_digest_of_the_documentation() -> None:
    """The figure in docs/feeds.md, made here without our own code, for whoever writes the other side."""
    items = ("0000000101", "A-1", "2020-04-01", "足利　太郎", "1980-02-29", "", "栃木県足利市本城三丁目2145番地")
    parts = [*(text.encode() for text in ("092029", *items)), bytes(32)]
    body = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    digest = hmac.digest(KEY.material, body, "sha256").hex()
    assert digest in (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    assert seal_digest(KEY, "092029", HeldSeal(*items, bytes(32))).hex() == digest


async def test_mis_09_a_list_of_a_moment_to_come_or_of_long_ago_hides_no_silence(
    register: Register, source: SealSource
) -> None:
    """A year ahead by its clock, it would have kept the alert shut that nobody was told of for a week."""
    listed = "SELECT listed_at FROM issuance.source"
    before = await register.admin.fetchval(listed)
    source.clock = lambda: LATER + timedelta(days=365)
    with pytest.raises(FileRefused, match="まだ来ていない時刻"):
        await compare(register, source.keys())
    source.clock = lambda: before - timedelta(days=9)
    await compare(register, source.keys())
    assert await register.admin.fetchval(listed) == before
    source.clock = lambda: before + timedelta(days=1)
    await compare(register, source.keys())
    assert await register.admin.fetchval(listed) == before + timedelta(days=1)
