"""The evidence of a quarter for the report on safety (総務省 2024-04-16: what was asked of cities after misissues), out of the books alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "safety_report.sql")
_COUNTED: Final = ("requests", "papers", "attempts", "compared", "settled", "people")
Row = Mapping[str, Any]


class ReportTooLong(KioskError):
    """集計に時間がかかりすぎるため、やめました。混み合わない時間に、もう一度作ってください。 /
    Counting took too long and was given up. Make it again at a quieter time."""


@dataclass(frozen=True, slots=True)
class SafetyEvidence:
    """`counts` by name; `ages` in seconds by source; `alerts` by cause; `stops` each; `checkpoint` is the last, if any."""

    counts: Mapping[str, int]
    ages: Sequence[Row]
    alerts: Sequence[Row]
    stops: Sequence[Row]
    checkpoint: Row | None


async def safety_evidence(
    connection: asyncpg.Connection, municipality_code: str, since: datetime, until: datetime
) -> SafetyEvidence:
    """From `since` to before `until` (UTC), in the city of this transaction. Raises ReportTooLong."""
    try:
        await connection.execute(_SQL["bounded"])
        found = {
            name: await connection.fetch(statement, municipality_code, since, until)
            for name, statement in _SQL.items()
            if name != "bounded"
        }
    except asyncpg.QueryCanceledError:
        raise ReportTooLong from None
    rows = {name: [dict(row.items()) for row in told] for name, told in found.items()}
    counts = {name: int(number) for part in _COUNTED for name, number in rows[part][0].items()}
    return SafetyEvidence(counts, rows["ages"], rows["alerts"], rows["stops"], next(iter(rows["log"]), None))
