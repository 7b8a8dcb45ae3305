"""What a counter is shown of one resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from civil.sql import load
from issuance_db.pins import CredentialIndex

_SQL: Final = load("issuance_db", "at_counter.sql")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AtCounter:
    """One person. ``resident`` is None, and ``household`` empty, for somebody who is not in the issuance record."""

    resident: Row | None
    household: Sequence[Row]
    certificates: Sequence[Row]
    user_ids: Sequence[Row]
    holds: Sequence[Row]
    stopped_sources: Sequence[Row]
    suppressions: Sequence[Row]

    @property
    def is_known(self) -> bool:
        """Whether anything at all is known under the number."""
        return self.resident is not None or any(
            (self.certificates, self.user_ids, self.holds, self.stopped_sources, self.suppressions)
        )


async def person_at_counter(connection: asyncpg.Connection, municipality_code: str, person_number: str) -> AtCounter:
    """Everything but the PINs, which are found by a hash (`pins_of`)."""
    key = municipality_code, person_number
    resident = await connection.fetchrow(_SQL["resident"], *key)
    return AtCounter(
        None if resident is None else dict(resident.items()),
        await _rows(connection, "household", *key),
        await _rows(connection, "certificates", *key),
        await _rows(connection, "user_ids", *key),
        await _rows(connection, "holds", *key),
        await _rows(connection, "stopped_sources", *key),
        await _rows(connection, "suppressions", *key),
    )


async def pins_of(
    connection: asyncpg.Connection, municipality_code: str, indexes: Sequence[CredentialIndex]
) -> Mapping[bytes, Row]:
    """By the first keyed hash of the credential: ``registered_at`` (None: no PIN), ``failures``, ``locked_at``."""
    pairs = [(index.every[0], standing) for index in indexes for standing in index.every]
    columns = [[pair[place] for pair in pairs] for place in (0, 1)]
    return {row["first"]: row for row in await _rows(connection, "pins", municipality_code, *columns)}


async def known_issuers(connection: asyncpg.Connection, municipality_code: str) -> Sequence[str]:
    """Key ids of the issuers of certificates that the city has registered."""
    return [row["issuer_key_id"] for row in await _rows(connection, "issuers", municipality_code)]


async def _rows(connection: asyncpg.Connection, name: str, *arguments: object) -> Sequence[Row]:
    return [dict(row.items()) for row in await connection.fetch(_SQL[name], *arguments)]
