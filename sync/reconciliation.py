"""Compares the live F6 with the registry (整合処理, S2-4), both ways, deletions included."""

from typing import Final

import asyncpg

from civil.sql import load
from reconcile import Comparison, RecordDigest, canonical_digest, compare
from sync.errors import CityNotSet

_SQL: Final = load("sync", "reconciliation.sql")
_KEYS_OF_A_ROW: Final = ("side", "person_number")


async def compare_with_registry(connection: asyncpg.Connection) -> Comparison:
    """Compare the city of this transaction (`kiosk.municipality`), as `sync`; keys are 宛名番号.

    `missing`: in the register and not in F6. `extra`: in F6 and no longer in the register. `different`: another content,
    suppression, key or sequence. My Number is compared by its blind index; nothing is decrypted. Both sides are read in
    one statement, but what the projection has not applied yet is a difference too: look again at those persons before
    calling it a fault. Must run inside a transaction. Raises CityNotSet if that names no city.
    """
    if await connection.fetchval(_SQL["city"]) is None:
        raise CityNotSet
    sides: dict[str, list[RecordDigest]] = {"registry": [], "issuance": []}
    async for row in connection.cursor(_SQL["both_sides"], prefetch=1000):
        sides[row["side"]].append(_digest(row))
    return compare(sides["registry"], sides["issuance"])


def _digest(row: asyncpg.Record) -> RecordDigest:
    fields = {name: value for name, value in row.items() if name not in _KEYS_OF_A_ROW}
    return RecordDigest(row["person_number"], canonical_digest(fields))
