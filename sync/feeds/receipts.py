"""What became of a file."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedIOBase
from typing import Final, Literal

import asyncpg

from civil.sql import load
from sync.feeds.errors import FileRefused
from sync.feeds.opening import FeedReader

_SQL: Final = load("sync.feeds", "feeds.sql")
UNKNOWN: Final = "unknown"
"""In place of the source, where the header cannot be read."""
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of itself; the layout tells the source. `as_of` (UTC): everything the source knew until then is in it."""

    source: str
    layout: str
    file_number: int
    as_of: datetime

    @classmethod
    def by(cls, reader: FeedReader) -> "Told":
        """Read it from the header. Raises FileRefused."""
        return cls(
            reader.layout.source,
            reader.layout.name,
            reader.header.number("file_number"),
            reader.header.instant("as_of"),
        )


def require_come(reader: FeedReader, told: Told, now: datetime) -> None:
    """The moment of a file is over: of one to come, nothing would be too old, and nobody be missed. Raises FileRefused."""
    if told.as_of > now + _CLOCK_TOLERANCE:
        raise reader.header.refused("as_of", "まだ来ていない時刻です。 / It is in the future.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """`changed` counts records of ours, `aside` those of the file that could not be read; `waits_for` is the number of the file that
    has to come first.
    """

    told: Told
    result: Literal["applied", "repeated", "overtaken", "waiting"]
    records: int = 0
    changed: int = 0
    waits_for: int | None = None
    aside: int = 0


async def keep_receipt(
    connection: asyncpg.Connection, municipality_code: str, receipt: Receipt, sha256: bytes, now: datetime
) -> None:
    """Keep the receipt of a file that was applied or has to wait, in the transaction that is open; with the lines it was applied without."""
    told = receipt.told
    receipt_id = await connection.fetchval(
        _SQL["receipt"],
        municipality_code,
        told.source,
        told.layout,
        told.file_number,
        told.as_of,
        sha256,
        receipt.records,
        receipt.changed,
        receipt.result,
        None,
        None,
        None,
        now,
    )
    if receipt.aside and receipt.result == "applied":
        await connection.execute(_SQL["faults_of"], municipality_code, receipt_id)
        detail = f"{told.layout} {told.file_number}: 読めない行 / records that cannot be read: {receipt.aside}"
        await connection.execute(_SQL["alert"], municipality_code, f"feed/{told.source}_set_aside", detail)


async def keep_refusal(
    connection: asyncpg.Connection,
    municipality_code: str,
    told: Told | None,
    stream: BufferedIOBase,
    fault: FileRefused,
    now: datetime,
) -> None:
    """Keep the receipt of a refused file in a transaction of its own, and open an alert. Reads the file once more, for its digest."""
    source = told.source if told else UNKNOWN
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").digest()
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], municipality_code)
        await connection.execute(
            _SQL["receipt"],
            municipality_code,
            source,
            told and told.layout,
            told and told.file_number,
            told and told.as_of,
            sha256,
            None,
            None,
            "refused",
            fault.line,
            fault.item,
            fault.reason,
            now,
        )
        place = f"{told.layout} {told.file_number}: " if told else ""
        detail = f"{place}{fault.line}: {fault.item}: {fault.reason}"
        await connection.execute(_SQL["alert"], municipality_code, f"feed/{source}_refused", detail)
