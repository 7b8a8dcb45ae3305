"""Two processes on one source at one moment: a list beside a file, the same file twice, a release beside a comparison that finds it again."""

import asyncio
import io

import asyncpg
import pytest

from issuance_db.staff_acts import Actor
from sync.feeds import ListOfAnotherState, apply_file, compare_source
from sync.feeds.status import release_doubt
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import KEY, Seal, SealSource
from tests.sync.test_seal_feed import LATER, Register

PERSONS = [f"00000001{number:02}" for number in range(30)]
ROUNDS = 12
DOUBTS = "SELECT coalesce(array_agg(person_number), '{}') FROM issuance.source_doubt"


@pytest.fixture
async def other(database: Database) -> asyncpg.Connection:
    return await database.connect("sync")


@pytest.fixture
async def register(database: Database) -> Register:
    return Register(await database.connect("sync"), await database.connect())


@pytest.fixture
async def source(register: Register) -> SealSource:
    made = SealSource()
    await register.take(made.full(*(Seal(person, f"A-{person}") for person in PERSONS)))
    return made


async def test_mis_08_a_list_beside_a_difference_is_of_one_state_or_of_none(
    register: Register, source: SealSource, other: asyncpg.Connection
) -> None:
    """It is compared before the file or behind it, never with half of it: nobody is stopped who is equal."""
    for place in range(ROUNDS):
        before, after = source.keys(), source.delete(PERSONS[place])
        content = before if place % 2 else source.keys()
        took, found = await asyncio.gather(
            register.take(after), compare_source(other, CITY, io.BytesIO(content), KEY, LATER), return_exceptions=True
        )
        assert not isinstance(took, BaseException)
        assert isinstance(found, ListOfAnotherState) or not isinstance(found, BaseException)
        assert await register.admin.fetchval(DOUBTS) == []
    assert (await compare_source(other, CITY, io.BytesIO(source.keys()), KEY, LATER)).differences.is_equal


async def test_the_same_file_by_two_processes_is_once(
    register: Register, source: SealSource, other: asyncpg.Connection
) -> None:
    for person in PERSONS[:ROUNDS]:
        content = source.delete(person)
        both = await asyncio.gather(register.take(content), apply_file(other, CITY, io.BytesIO(content), LATER))
        assert sorted(receipt.result for receipt in both) == ["applied", "repeated"]
    assert set(await register.holds()) == set(source.seals)


async def test_mis_08_whom_staff_release_while_it_is_found_again_is_stopped_by_the_next_comparison(
    register: Register, source: SealSource, database: Database, other: asyncpg.Connection
) -> None:
    staff = await database.connect("staff", CITY)
    source.seals.pop(PERSONS[0])
    lists = source.keys()
    await compare_source(other, CITY, io.BytesIO(lists), KEY, LATER)
    for _ in range(ROUNDS):
        await asyncio.gather(
            release_doubt(staff, CITY, "seal", PERSONS[0], Actor("足利　花子", "原票を確認")),
            compare_source(other, CITY, io.BytesIO(lists), KEY, LATER),
        )
        # Whoever came first: the release is of what was found before it, and the next comparison finds it anew.
        await compare_source(other, CITY, io.BytesIO(lists), KEY, LATER)
        assert await register.admin.fetchval(DOUBTS) == [PERSONS[0]]
    found = await register.admin.fetchval("SELECT count(*) FROM history.source_difference")
    assert found == 2 * ROUNDS + 1
