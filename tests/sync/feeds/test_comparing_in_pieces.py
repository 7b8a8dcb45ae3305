"""A list is compared piece by piece; where the pieces end changes nothing of what is found."""

import io
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.feeds import apply_file, compare_source
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, KEY, Seal, SealSource

LATER = BEGINS + timedelta(days=30)
PERSONS = [f"00000001{number:02}" for number in range(12)]


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
@pytest.mark.parametrize("seed", range(3))
async def test_whoever_differs_is_found_wherever_the_pieces_end(
    database: Database, monkeypatch: pytest.MonkeyPatch, piece: int, seed: int
) -> None:
    monkeypatch.setattr("sync.feeds.both_sides._CHUNK", piece)
    sync, order = await database.connect("sync"), random.Random(seed)
    here = {person: Seal(person, f"A-{person}") for person in order.sample(PERSONS, order.randrange(1, len(PERSONS)))}
    there = {person: Seal(person, f"A-{person}") for person in order.sample(PERSONS, order.randrange(1, len(PERSONS)))}
    changed = {person for person in there if order.random() < 0.3}
    there |= {person: replace(there[person], name="足利　花子") for person in changed}
    source = SealSource()
    await apply_file(sync, CITY, io.BytesIO(source.full(*here.values())), LATER)
    source.seals = there
    done = await compare_source(sync, CITY, io.BytesIO(source.keys()), KEY, LATER)
    found = done.differences
    assert (done.at_source, done.here) == (len(there), len(here))
    assert found.missing == tuple(sorted(there.keys() - here.keys()))
    assert found.extra == tuple(sorted(here.keys() - there.keys()))
    assert found.different == tuple(sorted(changed & here.keys()))
