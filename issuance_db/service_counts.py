"""Counts of what was asked and issued in a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "service_counts.sql")
Row = Mapping[str, Any]
_LEVELS: Final = {
    0b011111: "month", 0b101111: "day", 0b110111: "kind", 0b111011: "operator", 0b111110: "hour", 0b111100: "weekday_hour", 0b111111: "all",
}  # fmt: skip
"""What `grouping()` says of each group: a bit for each column that is not of it."""


class CountingTooLong(KioskError):
    """集計に時間がかかりすぎるため、やめました。期間を短くしてください。 / Counting took too long and was given up. Choose a shorter period."""


@dataclass(frozen=True, slots=True)
class ServiceCounts:
    """`groups`: rows by the name of what they are grouped by; amounts in yen, ages and latencies in seconds."""

    groups: Mapping[str, Sequence[Row]]
    refusals: Sequence[Row]
    ages: Sequence[Row]
    latencies: Sequence[Row]


async def count_service(
    connection: asyncpg.Connection, municipality_code: str, since: datetime, until: datetime
) -> ServiceCounts:
    """From `since` to before `until` (UTC), in the order of what is grouped by. Raises CountingTooLong."""
    try:
        await connection.execute(_SQL["bounded"])
        counts, *lists = [
            [dict(row.items()) for row in await connection.fetch(_SQL[name], municipality_code, since, until)]
            for name in ("counts", "refusals", "ages", "latencies")
        ]
    except asyncpg.QueryCanceledError:
        raise CountingTooLong from None
    groups: dict[str, list[Row]] = {name: [] for name in _LEVELS.values()}
    for row in counts:
        groups[_LEVELS[row["level"]]].append(row)
    return ServiceCounts(groups, *lists)
