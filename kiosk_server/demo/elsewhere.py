"""Two people of other cities whose koseki is in the demo's: one whose application waits at the console, one who may apply at the terminal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from cardauth import UserCertificateKey
from civil.sql import load
from issuance_db.koseki_access import Application, submit
from issuance_db.requests import Terminal
from kiosk_server.demo.provisioning import DsnForRole

_SQL: Final = load("kiosk_server.demo", "elsewhere.sql")
_FIRST_SERIAL: Final = 8_200_000_001
_PIN: Final = "2468"
_LIFE: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class SampleElsewhere:
    """The card of one of them, and what they say when they apply; ``birth_on`` as YYYY-MM-DD."""

    name: str
    serial: str
    pin: str
    birth_on: str
    domicile: str
    first_registrant: str


async def people_elsewhere(
    dsn: DsnForRole, municipality_code: str, issuer_key_id: str, now: datetime
) -> Sequence[dict[str, Any]]:
    """Who they are, as the demo's directory keeps them; the last one has applied. ``now`` is UTC. None in a city without such people."""
    connection = await asyncpg.connect(dsn("front"))
    try:
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], municipality_code)
            rows = await connection.fetch(_SQL["outside"], municipality_code)
            people = [
                SampleElsewhere(
                    row["name"],
                    str(_FIRST_SERIAL + place),
                    _PIN,
                    row["birth_on"].isoformat(),
                    row["domicile"],
                    row["first_registrant"],
                )
                for place, row in enumerate(rows)
            ]
            if rows:
                await submit(connection, _application(people[-1], rows[-1], issuer_key_id, now), now)
    finally:
        await connection.close()
    return [asdict(one) for one in people]


def _application(one: SampleElsewhere, row: asyncpg.Record, issuer_key_id: str, now: datetime) -> Application:
    return Application(
        "demo-terminal", "demo-application", b"demo", Terminal("kiosk terminal", "demo", "1"),
        UserCertificateKey(issuer_key_id, one.serial), now + _LIFE, one.name, row["birth_on"], one.domicile, one.first_registrant,
    )  # fmt: skip
