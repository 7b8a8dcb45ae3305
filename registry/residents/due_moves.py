"""転出予定日が来た人の転出: planned movers whose day has come are removed, household by household (令13条)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.recorded_date import RecordedDate
from registry.residents.errors import RegisterRefusal
from registry.residents.event import ResidentEvent
from registry.residents.reading import city_transaction, due_move_outs
from registry.residents.recording import record_event

OPERATOR: Final = "自動処理(転出予定日)"
"""Who enters these events: nobody sits at a screen."""


@dataclass(frozen=True, slots=True)
class DueDone:
    """How many persons were removed, and the households (世帯番号) whose event the register refuses, with why."""

    persons: int
    refused: Mapping[str, RegisterRefusal]


async def record_due_move_outs(
    connection: asyncpg.Connection, municipality_code: str, *, place: str, now: datetime
) -> DueDone:
    """Record 転出 (OU9) of everybody whose planned day is today in Japan or earlier; safe to repeat, and right however late.

    Takes a connection of role `registry` outside any transaction. Each household and day is an event of its own: what is
    refused of one keeps nobody else, and whoever moved meanwhile is not moved twice.
    """
    async with city_transaction(connection, municipality_code):
        due = await due_move_outs(connection, municipality_code, jst_date(now))
    together: dict[tuple[str, date], list[str]] = {}
    for one in due:
        together.setdefault((one.household_number, one.planned_on), []).append(one.person_number)
    persons, refused = 0, dict[str, RegisterRefusal]()
    for (household, day), numbers in together.items():
        event = ResidentEvent(kind="OU9", occurred=RecordedDate(day), changes={number: {} for number in numbers})
        try:
            await record_event(connection, municipality_code, event, operator=OPERATOR, place=place, now=now)
        except RegisterRefusal as refusal:
            refused[household] = refusal
        else:
            persons += len(numbers)
    return DueDone(persons, refused)
