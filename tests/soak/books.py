"""The books after a soak: O2, nothing left open, no mismatch, and everything that `kiosk fsck` looks for."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from issuance_db.fsck import check
from tests.system.installation import Installation
from tests.system.oracle import charged, more_than_one_answer
from tests.system.running import CITY

_ORPHANS_END_WITHIN_SECONDS: Final = 30.0
_MOST_CONCERNS: Final = 5
_OPEN: Final = """
SELECT (SELECT count(*) FROM issuance.request WHERE state = 'accepted')
    + (SELECT count(*) FROM issuance.intent WHERE state IN ('proposed', 'permitted'))
"""
_MISMATCHES: Final = "SELECT detail FROM history.alert WHERE cause = 'mismatch'"


async def books_in_order(
    installation: Installation, books: asyncpg.Connection, refused_for_good: Sequence[str]
) -> list[str]:
    """What is wrong with them. `refused_for_good` are requests for which nothing but refusals ever came."""
    left_open = await _left_open(books)
    return [
        *(f"request {one} was answered more than once" for one in await more_than_one_answer(books)),
        *(f"request {one} was refused and has a fee line" for one in await charged(books, refused_for_good)),
        *(f"mismatch: {row['detail']}" for row in await books.fetch(_MISMATCHES)),
        *([f"{left_open} requests or attempts were left open"] if left_open else []),
        *await _fsck(installation),
    ]


async def _left_open(books: asyncpg.Connection) -> int:
    """How many have not ended, although the sweeper had time enough."""
    now = asyncio.get_running_loop().time
    give_up = now() + _ORPHANS_END_WITHIN_SECONDS
    while (number := await books.fetchval(_OPEN)) and now() < give_up:  # noqa: ASYNC110 - other processes end them
        await asyncio.sleep(1)
    return int(number)


async def _fsck(installation: Installation) -> list[str]:
    reader = await installation.connect("fsck")
    try:
        found = await check(reader, CITY, datetime.now(UTC))
    finally:
        await reader.close()
    return [f"fsck {one.rule.invariant} {one.rule.name}: {', '.join(one.concerns[:_MOST_CONCERNS])}" for one in found]
