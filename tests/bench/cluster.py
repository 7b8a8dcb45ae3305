"""A PostgreSQL for one part of the bench: with every migration, and gone afterwards."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kiosk_server.embedded.postgres import EmbeddedPostgres
from tests.servers import MigratedCluster, migrated_cluster


@contextmanager
def bench_cluster(settings: Mapping[str, str] | None = None) -> Iterator[MigratedCluster]:
    """It listens as long as the block lasts; `settings` are PostgreSQL's own, beside those of the product."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as place,
        EmbeddedPostgres(Path(place) / "postgres", settings=settings) as server,
    ):
        yield migrated_cluster(server.address)
