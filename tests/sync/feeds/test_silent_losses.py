"""MIS-08: what the source forgets to write leaves no gap; the list of each night finds exactly that, and each week's full file mends it."""

import io
import random
from datetime import timedelta

import pytest

from sync.feeds import apply_file, compare_source
from sync.feeds.said_comparing import COMPARED, FedReconciler
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY, Seal, SealSource, png

PERSONS = [f"00000001{number:02}" for number in range(40)]
NIGHTS = 42
_STOPPED = "SELECT array_agg(person_number ORDER BY person_number) FROM issuance.source_doubt"


def changed(source: SealSource, person: str, night: int, order: random.Random) -> bytes:
    """The registration of this person begins, ends or is replaced."""
    if person not in source.seals:
        return source.register(Seal(person, f"N-{night}", image=png(night)))
    return source.delete(person) if order.random() < 0.5 else source.reregister(person, f"N-{night}", png(night))


@pytest.mark.parametrize("seed", range(2))
async def test_mis_08_what_was_never_sent_is_stopped_that_night_and_nothing_else(database: Database, seed: int) -> None:
    sync, admin, order = await database.connect("sync"), await database.connect(), random.Random(seed)
    source, lost, told = SealSource(), set[str](), 0
    now = BEGINS
    source.clock = lambda: now

    async def take(content: bytes) -> int:
        return (await apply_file(sync, CITY, io.BytesIO(content), now)).changed

    async def listed() -> set[str]:
        found = (await compare_source(sync, CITY, io.BytesIO(source.keys()), KEY, now)).differences
        return {*found.missing, *found.extra, *found.different}

    await take(source.full(*(Seal(person, f"A-{person}") for person in PERSONS[:30])))
    for night in range(1, NIGHTS + 1):
        now = BEGINS + timedelta(days=night)
        person = order.choice([one for one in PERSONS if one not in lost])
        content = changed(source, person, night, order)
        if order.random() < 0.3:
            # Numbered as if nothing were missing.
            source.number -= 1
            content = source.difference([])
            lost.add(person)
        await take(content)
        assert await listed() == lost
        assert set(await admin.fetchval(_STOPPED) or ()) == lost
        said = await FedReconciler(sync, CITY, lambda: source.as_of).whole(COMPARED["seal"])
        assert said.differences == {}, "what was sent is what is held"
        if night % 7 == 0:
            assert await take(source.full()) == len(lost)
            told += bool(lost)
            lost.clear()
            assert await listed() == set()
    mended = await admin.fetchval("SELECT count(*) FROM history.alert WHERE cause = 'feed/seal_differed'")
    assert told == mended > NIGHTS // 7 // 2
