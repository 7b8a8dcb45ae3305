"""A city of 150,000 from nothing to issuance records, in a fresh embedded database as the product starts it."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from civil.clock import utc_now
from keys.development_ca import make_development_ca
from keys.file_provider import FileKeyProvider, create_keys
from kiosk_server.demo.city import MUNICIPALITY_CODE, DemoCity, generate_city, load_city
from kiosk_server.embedded.postgres import EmbeddedPostgres
from registry.residents import RegistryKeys
from sync import Projection
from tests.bench.figures import Table
from tests.servers import Database, MigratedCluster, migrated_cluster

_RESIDENTS: Final = 150_000
_QUICK: Final = 15_000
_TARGET_SECONDS: Final = 60
_SEED: Final = 20_260_401
_PASSPHRASE: Final = b"of a benchmark"


class Stages:
    """Seconds by stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: the stages of the load."""
    residents = _QUICK if quick else _RESIDENTS
    stages = Stages()
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as name:
        directory = Path(name)
        keys = made_keys(directory / "keys")
        with stages.stage("start PostgreSQL, migrate"):
            server = EmbeddedPostgres(directory / "postgres")
            server.start()
        try:
            cluster = migrated_cluster(server.address)
            with stages.stage("generate"):
                city = generate_city(residents, _SEED)
            projected = asyncio.run(_load(cluster, city, keys, stages))
        finally:
            server.stop()
    return [_table(city, projected, stages)]


async def _load(cluster: MigratedCluster, city: DemoCity, keys: FileKeyProvider, stages: Stages) -> int:
    async with cluster.database() as database:
        with stages.stage("load the register"):
            await load_city(database.dsn, city, RegistryKeys.of(keys))
        with stages.stage("analyze"):
            await (await database.connect()).execute("ANALYZE")
        with stages.stage("project"):
            await Projection(database.dsn("sync"), [MUNICIPALITY_CODE], utc_now).catch_up()
        return await _projected(database)


async def _projected(database: Database) -> int:
    reader = await database.connect("fsck", MUNICIPALITY_CODE)
    count: int = await reader.fetchval("SELECT count(person_number) FROM issuance.resident_record")
    return count


def _table(city: DemoCity, projected: int, stages: Stages) -> Table:
    persons, households = len(city.people), len({person.record.household_number for person in city.people})
    counted = sum(seconds for name, seconds in stages.seconds.items() if "PostgreSQL" not in name)
    rows = [(name, f"{seconds:.1f}") for name, seconds in stages.seconds.items()]
    rows.append(("generate to project", f"{counted:.1f}"))
    if persons == _RESIDENTS:
        rows.append(("target", f"<= {_TARGET_SECONDS}"))
    return Table(
        f"load: {persons:,} persons in {households:,} households, {projected:,} issuance records",
        ("stage", "seconds"),
        rows,
        (),
        {"persons": persons, "households": households, "seconds": {**stages.seconds, "together": counted}},
    )


def made_keys(directory: Path) -> FileKeyProvider:
    """New keys in a directory."""
    now = datetime.now(UTC)
    create_keys(directory, _PASSPHRASE, marker="demo", ca=make_development_ca("DEMO", now), clock=lambda: now)
    return FileKeyProvider(directory, _PASSPHRASE)
