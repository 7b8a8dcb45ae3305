"""Numbers of files that are wrong or begin anew: nothing a file says is passed over without a word, and there is a way on."""

from datetime import timedelta

import asyncpg
import pytest

from issuance_db.staff_acts import Actor
from sync.feeds import FileRefused
from sync.feeds.status import SourceNotBegun, list_receipts, renumber
from tests.servers import Database
from tests.sync.feeds.inbox import ONE, TWO, Inbox
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, SealSource
from tests.sync.test_seal_feed import Register

FAR = 9_000
CLERK = Actor("足利　花子", "年度の切り替え")


async def waiting(staff: asyncpg.Connection) -> list[tuple[int | None, bool]]:
    """For which number files waited, and whether that is over, as staff read it."""
    rows = await list_receipts(staff, CITY, "seal", "waiting", None, 10)
    return [(row["waits_for"], row["is_over"]) for row in rows]


@pytest.fixture
async def register(database: Database) -> Register:
    return Register(await database.connect("sync"), await database.connect())


@pytest.fixture
def source() -> SealSource:
    return SealSource()


async def test_mis_07_a_deletion_behind_a_full_file_with_a_number_far_ahead_is_not_passed_over(
    register: Register, source: SealSource
) -> None:
    await register.take(source.full(ONE, TWO))
    wrong = SealSource(dict(source.seals), FAR, clock=lambda: BEGINS + timedelta(minutes=30))
    assert (await register.take(wrong.full())).result == "applied"
    with pytest.raises(
        FileRefused, match=r"9000番まで適用済みですが、それより新しい内容.*kiosk feed renumber"
    ) as fault:
        await register.take(source.delete("0000000101"))
    assert fault.value.item == "file_number"
    assert await register.admin.fetchval("SELECT cause FROM history.alert") == "feed/seal_refused"


async def test_a_difference_that_a_full_file_has_is_overtaken_though_our_clock_is_slow(
    register: Register, source: SealSource
) -> None:
    await register.take(source.full(ONE, TWO))
    late = source.delete("0000000101")
    slow = source.as_of - timedelta(minutes=4)
    await register.take(source.full(), now=slow)
    assert await register.fed_at() == slow
    assert (await register.take(late)).result == "overtaken"


async def test_numbers_that_begin_anew_are_refused_until_staff_say_so_and_then_go_on(
    register: Register, source: SealSource, database: Database
) -> None:
    staff = await database.connect("staff", CITY)
    with pytest.raises(SourceNotBegun):
        await renumber(staff, CITY, "seal", CLERK)
    source.number, source.clock = FAR, lambda: BEGINS
    await register.take(source.full(ONE, TWO))
    begins = BEGINS + timedelta(hours=1)
    anew = SealSource(dict(source.seals), 0, begins=begins)
    full, after = anew.full(), anew.delete("0000000101")
    for content in (full, after):
        with pytest.raises(FileRefused, match="kiosk feed renumber"):
            await register.take(content)
    await renumber(staff, CITY, "seal", CLERK)
    assert (await register.take(after)).result == "waiting"
    assert await waiting(staff) == [(None, False)]
    assert (await register.take(full)).result == "applied"
    assert (await register.take(after)).result == "applied"
    assert set(await register.holds()) == {"0000000102"}
    assert (await register.take(anew.change("0000000102", name="足利　次郎"))).result == "applied"
    assert await waiting(staff) == [(None, True)]
    await renumber(staff, CITY, "seal", CLERK)
    assert await waiting(staff) == [(FAR + 1, True)]
    act = await register.admin.fetchrow("SELECT act, concerns, acted_by FROM history.staff_act")
    assert act is not None
    assert tuple(act) == ("feed_numbers_begin_anew", "seal", CLERK.name)


async def test_numbers_that_begin_anew_bring_nothing_old_back(
    register: Register, source: SealSource, database: Database
) -> None:
    old = source.full(ONE, TWO)
    await register.take(old)
    await register.take(source.delete("0000000101"))
    await renumber(await database.connect("staff", CITY), CITY, "seal", CLERK)
    assert (await register.take(old)).result == "repeated"
    with pytest.raises(FileRefused, match="適用済みのものより前の時刻"):
        await register.take(SealSource(dict(source.seals), 1, clock=lambda: BEGINS).full(ONE, TWO))
    assert set(await register.holds()) == {"0000000102"}


async def test_a_full_file_that_came_before_comes_again_and_is_once(register: Register, source: SealSource) -> None:
    """A source of full files alone gives them one number."""
    first = source.full(ONE, TWO)
    source.clock = lambda: BEGINS + timedelta(days=1)
    second = source.full(TWO)
    results = [(await register.take(content)).result for content in (first, second, first, second)]
    assert results == ["applied", "applied", "repeated", "repeated"]
    assert set(await register.holds()) == {"0000000102"}
    assert await register.admin.fetchval("SELECT count(*) FROM history.alert") == 0


async def test_what_is_waiting_when_a_full_file_passes_it_is_not_taken_and_what_follows_is(inbox: Inbox) -> None:
    source = SealSource()
    inbox.put("0.csv", source.full(ONE, TWO))
    _lost, waiting = source.delete("0000000101"), source.change("0000000102", name="足利　次郎")
    inbox.put("2.csv", waiting)
    assert await inbox.look() == {"0.csv": "applied", "2.csv": "waiting"}
    full, after = source.full(), source.delete("0000000102")
    inbox.put("2-full.csv", full)
    inbox.put("3.csv", after)
    inbox.put("z-another-3.csv", SealSource(number=2).difference([]))
    outcomes = await inbox.watching.look(BEGINS + timedelta(days=30))
    assert {outcome.name: outcome.result for outcome in outcomes} == {
        "2-full.csv": "applied", "2.csv": "overtaken", "3.csv": "applied", "z-another-3.csv": "refused",
    }  # fmt: skip
    assert await inbox.persons() == set()
