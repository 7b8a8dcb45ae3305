"""A town lives while whoever serves it is killed at any moment: in the end everything is as if nothing had happened."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from civil.clock import utc_now
from kiosk_server.demo.city import AS_OF, generate_city
from kiosk_server.embedded.postgres import EmbeddedPostgres
from sync import Projection
from tests.registry.desk import Desk, OwnDesk
from tests.registry.happenings import month
from tests.registry.office import CITY
from tests.registry.state_digest import state_digests
from tests.registry.struck_process import StruckDesk, StruckProjection
from tests.registry.town import Town
from tests.servers import FAST_SETTINGS, Database, MigratedCluster, migrated_cluster


@dataclass(frozen=True, slots=True)
class Life:
    """How long a town of how many lives, and one message in how many is struck."""

    people: int
    months: int
    seed: int
    every: int


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigratedCluster]:
    """A PostgreSQL of its own, which crashes: what it has confirmed it must still know."""
    directory: Path = tmp_path_factory.mktemp("fragile")
    with EmbeddedPostgres(directory / "postgres", settings=FAST_SETTINGS | {"synchronous_commit": "on"}) as server:
        yield migrated_cluster(server.address)


async def _lived(desk: Desk, life: Life) -> Town:
    town = Town(desk, CITY, Random(life.seed), AS_OF)
    await town.settle(list(generate_city(life.people, life.seed).people))
    for _ in range(life.months):
        await month(town)
    return town


async def _end(database: Database, town: Town) -> tuple[int, Counter[str], dict[str, str]]:
    await Projection(database.dsn("sync"), [CITY], utc_now).catch_up()
    return town.living, town.kinds, await state_digests(database)


async def _in_peace(cluster: MigratedCluster, life: Life) -> tuple[int, Counter[str], dict[str, str]]:
    async with cluster.database() as database:
        town = await _lived(OwnDesk(await database.connect("registry"), CITY), life)
        return await _end(database, town)


async def _changes_nothing(cluster: MigratedCluster, life: Life) -> Counter[str]:
    """Both lives end alike; returns what fell upon the second, by whom and what."""
    async with cluster.database() as database:
        desk = StruckDesk(database, CITY, "registry", Random(life.seed))
        projection = StruckProjection(database, CITY, "sync", Random(life.seed + 1))
        async with desk.struck(life.every), projection.running(3 * life.every):
            town = await _lived(desk, life)
        ended = await _end(database, town)
    in_peace = await _in_peace(cluster, life)
    assert ended[:2] == in_peace[:2]
    assert [table for table, digest in ended[2].items() if digest != in_peace[2][table]] == []
    return Counter({f"{one.role} {how}": times for one in (desk, projection) for how, times in one.strikes.items()})


async def test_a_desk_a_projection_and_a_database_killed_at_any_moment_change_nothing(fragile: MigratedCluster) -> None:
    fell = await _changes_nothing(fragile, Life(people=300, months=2, seed=4, every=75))
    assert fell["registry process"] > 2
    assert fell.total() > 8, fell


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
async def test_a_decade_of_strikes_changes_nothing(fragile: MigratedCluster) -> None:
    fell = await _changes_nothing(fragile, Life(people=3_000, months=120, seed=11, every=1_000))
    assert (
        min(fell[f"{role} {how}"] for role in ("registry", "sync") for how in ("process", "connection", "server")) > 2
    )
