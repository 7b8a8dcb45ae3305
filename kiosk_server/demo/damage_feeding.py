"""罹災証明 of the demo: an invented flood that damaged the dwellings of some of the people it feeds."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from random import Random
from typing import Any, Final

import asyncpg

from civil.calendar import attained
from civil.disaster import DEGREES
from civil.recorded_date import RecordedDate
from civil.sql import load
from kiosk_server.demo import city as demo_city

_SQL: Final = load("kiosk_server.demo", "damage_feeding.sql")
_AGE: Final = 15
_ONE_IN: Final = 3
_SURELY: Final = "five_person_head"
"""The case of the demo city whose dwelling was damaged whatever else."""
_DISASTER: Final = "令和８年見本台風"
_STRUCK_ON: Final = date(2026, 9, 12)
_CAUSE: Final = "大雨による河川のはん濫（床上浸水）"


async def feed_damages(
    connection: asyncpg.Connection,
    city: demo_city.DemoCity,
    residents: Iterable[asyncpg.Record],
    persons: Collection[str],
    now: datetime,
) -> None:
    """As role ``sync`` in the transaction that holds the city's lock: every third household, its first adult who is fed, and one case."""
    flooded: dict[str, tuple[Any, ...]] = {}
    for one in residents:
        birth = RecordedDate(one["birth_on"], one["birth_text"])
        if one["person_number"] in persons and attained(birth, _AGE, demo_city.AS_OF):
            flooded.setdefault(
                one["address"], (one["person_number"], one["name"], *(birth.on, birth.text), one["address"])
            )
    chosen = [
        of for number, of in enumerate(flooded.values()) if number % _ONE_IN == 0 or of[0] == city.cases.get(_SURELY)
    ]
    rng = Random(city.seed)
    await connection.executemany(
        _SQL["add_damage"],
        [
            (city.municipality_code, f"R8-{number:05d}", *of, _DISASTER, _STRUCK_ON, _CAUSE, of[-1], degree, now)
            for number, of in enumerate(chosen, 1)
            for degree in [rng.choice(tuple(DEGREES))]
        ],
    )
