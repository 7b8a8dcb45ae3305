"""The point of no return: a permitted intent becomes a recorded one, its answer is kept, the books have it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.history import RecordedLevel
from issuance_db.intents import Intent, KeptAnswer
from issuance_db.steps import one_after_another

_SQL: Final = load("issuance_db", "recording.sql")


@dataclass(frozen=True, slots=True)
class Finished:
    """What is recorded of a certificate. ``document_digest`` is the permitted one, ``file_digest`` that of the signed file.

    ``answer`` is kept until ``kept_until`` (UTC); ``level`` is None where nothing above B-B was wanted.
    """

    asked_by: str
    document_digest: bytes
    file_digest: bytes
    file_bytes: int
    answer: KeptAnswer = field(repr=False)
    kept_until: datetime
    level: RecordedLevel | None = None


async def record(connection: asyncpg.Connection, intent: Intent, finished: Finished, now: datetime) -> bool:
    """Record a permitted intent whose request was answered in this transaction: its bytes for a retry, and in the books
    everyone it shows and how old its data was. False: it was voided or permitted for other bytes, and nothing is written.
    """
    city, level, answer = intent.lease.key.municipality_code, finished.level, finished.answer
    with one_after_another():
        row = await connection.fetchrow(
            _SQL["record"],
            city,
            intent.issuance_number,
            now,
            finished.document_digest,
            answer.sealed,
            answer.key_version,
            answer.pages,
            finished.kept_until,
            finished.file_digest,
            finished.file_bytes,
            finished.asked_by,
            *((None, None, None) if level is None else (level.asked, level.made, level.reason)),
        )
    if row is not None and intent.koseki_persons:
        await connection.execute(_SQL["issued_koseki_persons"], city, intent.issuance_number, intent.registration)
    return row is not None
