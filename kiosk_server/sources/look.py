"""One look at everything that certificates are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from issuance_db.data_age import Behind, behind_register
from issuance_db.holds import list_held
from issuance_db.repairs import last_reconciled
from sync.feeds.status import SourceStatus, source_status

_RESIDENTS: Final = "resident"


@dataclass(frozen=True, slots=True)
class Register:
    """Our own: what of it is not in the issuance record yet, and when (UTC; None: never) all of it and a part were compared."""

    behind: Behind
    whole_at: datetime | None
    part_at: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """`register` is None where residents come in files. Of those held back: by the comparison with it, by a row refused, otherwise."""

    register: Register | None
    sources: Sequence[SourceStatus]
    differing: int
    refused: int
    held_otherwise: int


async def look_at(connection: asyncpg.Connection, municipality_code: str, now: datetime) -> Look:
    """Of one city, as `staff`; `now` is UTC."""
    held = await list_held(connection, municipality_code)
    compared = await last_reconciled(connection, municipality_code)
    sources = await source_status(connection, municipality_code, now)
    behind = await behind_register(connection, municipality_code)
    differing = sum(row["item"] == "reconciliation" for row in held)
    refused = sum(row["cause"] == "projection" for row in held)
    is_fed = any(source.source == _RESIDENTS for source in sources)
    register = None if is_fed else Register(behind, compared["whole_at"], compared["part_at"])
    return Look(register, sources, differing, refused, len(held) - differing - refused)
