"""Tax records of the demo: invented for every adult of the people it feeds, written as a feed would."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.calendar import attained
from civil.recorded_date import RecordedDate
from civil.sql import load
from kiosk_server.demo import city as demo_city
from kiosk_server.demo.city.tax import TAX_YEARS, make_amounts

_SQL: Final = load("kiosk_server.demo", "tax_feeding.sql")
_AGE: Final = 15
_UNDECLARED: Final = "sex_blank"
"""The case of the demo city that has declared nothing."""


async def feed_taxes(
    connection: asyncpg.Connection,
    city: demo_city.DemoCity,
    residents: Iterable[asyncpg.Record],
    persons: Collection[str],
    now: datetime,
) -> None:
    """As role ``sync`` in the transaction that holds the city's lock: what the record says of a person, the tax record says."""
    records: list[tuple[Any, ...]] = []
    amounts: list[tuple[Any, ...]] = []
    code, undeclared = city.municipality_code, city.cases.get(_UNDECLARED)
    for one in residents:
        person = one["person_number"]
        if person not in persons or not attained(
            RecordedDate(one["birth_on"], one["birth_text"]), _AGE, demo_city.AS_OF
        ):
            continue
        for year in TAX_YEARS:
            holder = (one["name"], one["birth_on"], one["birth_text"], one["address"], one["address"])
            records.append((code, person, year, *holder, person != undeclared, now))
            amounts += [(code, person, year, *pair) for pair in make_amounts(person, year, city.seed).items()]
    await connection.executemany(_SQL["add_record"], records)
    await connection.executemany(_SQL["add_amount"], amounts)
