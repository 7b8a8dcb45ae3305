"""What stands against the persons an answer showed, at the moment it is asked for again."""

from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.clock import Clock
from civil.sql import load
from issuance_db import intents
from issuance_db.residents import LockSubject, lock_for_permit
from issuance_db.sources import is_unchanged, reads_of

_SQL: Final = load("issuance_db", "shown_now.sql")


@dataclass(frozen=True, slots=True)
class ShownNow:
    """Whether anybody is suppressed, stopped or behind the registry, and whether a seal that was shown is no longer that seal."""

    any_suppressed: bool
    any_stopped: bool
    any_behind: bool
    seal_changed: bool


async def shown_now(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str, asking: str, clock: Clock
) -> ShownNow:
    """Take the permit's locks on everyone the issuance showed and on who asks (宛名番号), and look at them as they are then.

    The clock is read once the locks are held: a stop that was set while we waited has begun.
    """
    subjects = await intents.subjects(connection, municipality_code, issuance_number)
    koseki_persons = await intents.koseki_persons(connection, municipality_code, issuance_number)
    reads = await reads_of(connection, municipality_code, issuance_number)
    await lock_for_permit(
        connection,
        municipality_code,
        {
            LockSubject("person", asking),
            *(LockSubject("person", person) for person, _ in subjects),
            *(LockSubject("household", household) for _, household in subjects),
            *intents.locked_beside(reads, koseki_persons),
        },
    )
    persons = {person for person, _ in subjects} | {
        one.person_number for one in koseki_persons if one.person_number is not None
    }
    rows = await connection.fetch(
        _SQL["shown_now"], municipality_code, sorted(persons | {asking}), issuance_number, clock()
    )
    shown = [row for row in rows if row["person_number"] in persons]
    outside = [one.koseki_person_number for one in koseki_persons]
    suppressed = any(row["suppressed"] for row in shown) or await connection.fetchval(
        _SQL["koseki_persons_suppressed"], municipality_code, outside
    )
    seals = [read for read in reads if read.source == "seal"]
    return ShownNow(
        suppressed,
        any(row["stopped"] for row in rows),
        any(row["behind"] for row in shown),
        not await is_unchanged(connection, municipality_code, seals),
    )
