"""MIS-09: whoever watches sees how far the issuance records are behind the register, and how old each source is."""

import io
import math
from datetime import timedelta

from civil.clock import utc_now
from issuance_db.database import Database as CityDatabase
from kiosk_server.processes.data_age_figures import DataAges
from kiosk_server.web.metrics import Metrics
from sync import Projection
from sync.feeds import apply_file
from tests.servers import Database
from tests.sync.registry_rows import CITY, registry
from tests.sync.seal_source import Seal, SealSource

OF_CITY = {"municipality_code": CITY}
OF_SEALS = {**OF_CITY, "source": "seal"}


async def test_mis_09_lag_and_age_are_figures_and_no_numbers_when_the_database_is_away(database: Database) -> None:
    metrics, town = Metrics(), await registry(database)
    await town.family("50", "1001", "1002")
    source = SealSource(begins=utc_now() - timedelta(hours=3))
    await apply_file(await database.connect("sync"), CITY, io.BytesIO(source.full(Seal("1001", "A-1"))), utc_now())

    def figure(name: str, labels: dict[str, str] = OF_CITY) -> float | None:
        return metrics.registry.get_sample_value(f"kiosk_{name}", labels)

    async with CityDatabase.open(database.dsn("front"), max_size=2) as front:
        ages = DataAges(front, [CITY], metrics)
        await ages.refresh()
        behind, seconds = figure("register_behind"), figure("register_behind_seconds")
        assert (behind, seconds is not None and seconds > 0) == (2, True)
        age = figure("source_age_seconds", OF_SEALS)
        assert age is not None
        assert 3 * 3600 <= age < 4 * 3600
        assert figure("source_age_limit_seconds", OF_SEALS) == 24 * 3600
        await Projection(database.dsn("sync"), [CITY], utc_now).catch_up()
        await ages.refresh()
        assert (figure("register_behind"), figure("register_behind_seconds")) == (0, 0)
        admin = await database.connect()
        await admin.execute("REVOKE EXECUTE ON FUNCTION issuance.register_lag(text) FROM front")
        await ages.refresh()
        assert math.isnan(figure("register_behind") or 0)
        assert figure("source_age_seconds", OF_SEALS) is None
