"""Whoever a comparison stopped, by whichever source, as one list: how they differ, since when, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg

from issuance_db.repairs import last_reconciled, list_doubts
from kiosk_server.difference_words import CAUSES, FOUND, WAYS_OUT, event_told, file_told, items_told
from kiosk_server.staff.screens import jst
from kiosk_server.staff.terms import Term
from sync.feeds.status import last_compared, list_source_doubts

REGISTRY: Final = "registry"
_RESIDENTS: Final = "resident"
WAYS: Final[Mapping[str, Term]] = {
    REGISTRY: ("台帳そのもの", "the register itself"),
    "said": ("ファイルで伝えられた内容", "what its files said"),
    "list": ("連携元の一覧", "a list of its own"),
}
"""What we compare with."""
_REPAIR: Final = (
    "原因を確かめ、台帳からの作り直しを承認します / find out why, then approve that the record is made anew"
)


@dataclass(frozen=True, slots=True)
class Differing:
    """A number (宛名番号, or of a koseki) that nothing of `source` is issued to; texts as those of `difference_words`.

    `since` is UTC; `begun` names the first event, or the last file, that tells otherwise. `act`: what staff can do about it here.
    """

    source: str
    number: str
    since: datetime
    found: str
    items: str
    begun: str
    way_out: str
    act: Literal["repair", "release"] | None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """`source` beside one of WAYS: all of it (UTC; None: never yet) with how many records either side had then, a part, and who is stopped now."""

    source: str
    way: str
    whole_at: datetime | None
    part_at: datetime | None
    theirs: int | None
    ours: int | None
    differing: int


async def all_differing(
    connection: asyncpg.Connection, municipality_code: str, *, sees_protection: bool
) -> Sequence[Differing]:
    """Of the register first, then source by source. Who need not know of a protective measure reads of a stop."""
    of_register = await list_doubts(connection, municipality_code)
    of_sources = await list_source_doubts(connection, municipality_code)
    hidden = {} if sees_protection else {"suppressed": "stopped"}
    return [*(_of_register(row, hidden) for row in of_register), *(_of_source(row, hidden) for row in of_sources)]


async def all_compared(connection: asyncpg.Connection, municipality_code: str) -> Sequence[Compared]:
    """The register, unless residents come in files, and every source that is compared, by name."""
    found = [Compared(**row) for row in await last_compared(connection, municipality_code)]
    if any(one.source == _RESIDENTS for one in found):
        return found
    last = await last_reconciled(connection, municipality_code)
    return [Compared(source=REGISTRY, way=REGISTRY, **last), *found]


def _of_register(row: Mapping[str, Any], hidden: Mapping[str, str]) -> Differing:
    begun = event_told(row["since_kind"])
    if row["since_at"] is not None:
        begun = " / ".join(f"{part} {jst(row['since_at'])}" for part in begun.split(" / "))
    return Differing(
        REGISTRY, row["person_number"], row["since"], CAUSES.get(row["cause"], row["cause"] or "-"), _items(row, hidden), begun, _REPAIR,
        "repair", row["approved_by"],
    )  # fmt: skip


def _of_source(row: Mapping[str, Any], hidden: Mapping[str, str]) -> Differing:
    return Differing(
        row["source"], row["number"], row["since"], FOUND[row["difference"]], _items(row, hidden), file_told(row["since_file"]),
        WAYS_OUT[row["found_by"]], "release" if row["found_by"] == "list" else None,
    )  # fmt: skip


def _items(row: Mapping[str, Any], hidden: Mapping[str, str]) -> str:
    return items_told(hidden.get(item, item) for item in row["items"] or ())
