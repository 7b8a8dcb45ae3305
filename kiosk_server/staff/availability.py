"""What a kiosk would refuse somebody now, by the kiosk's own rules; only the hours are left aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from cardauth import RefOwner
from civil.calendar import jst_date
from issuance_db import city
from issuance_db.city import Concerned
from issuance_db.requests import Terminal
from keys.provider import KeyProvider
from kiosk_server.issuing.findings import RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.kinds.kind import Moment
from kiosk_server.issuing.opening import require_nobody_stopped, require_not_retired
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import Kind

_CHANNEL: Final = "centre"
_NOBODY: Final = b""
_NOWHERE: Final = Terminal("", "", "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind, and the word of ours for what stands against it; None: nothing does."""

    kind: str
    reason: str | None


async def verdicts(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, keys: KeyProvider, now: datetime
) -> Sequence[Verdict]:
    """One for each kind. ``now`` is UTC."""
    found = []
    for kind in Kind:
        try:
            found.append(Verdict(kind, await against(connection, municipality_code, person_number, kind, keys, now)))
        except RecordMoved:
            found.append(Verdict(kind, "record_behind_registry"))
        except RecordContradictsItself:
            found.append(Verdict(kind, "record_contradicts_itself"))
        except Refusal as refusal:
            found.append(Verdict(kind, refusal.reason))
    return found


async def against(
    connection: asyncpg.Connection,
    municipality_code: str,
    person_number: str,
    kind: Kind,
    keys: KeyProvider,
    now: datetime,
) -> str | None:
    """What stands against this kind for the person now, by the checks of a menu; None for nothing. Raises as a menu does."""
    settings = await city.city_on(connection, municipality_code, kind, _CHANNEL, jst_date(now))
    if settings is None or settings.fee_yen is None:
        return "kind_not_offered"
    about = Concerned(kind, _NOWHERE, frozenset({person_number}))
    standing = await city.standing(connection, municipality_code, about, now, now)
    require_not_retired(standing)
    require_nobody_stopped(standing)
    if standing.is_stopped:
        return "kind_stopped"
    # What is sealed for the asking terminal is thrown away here.
    owner = RefOwner(municipality_code, _CHANNEL, _NOBODY)
    await KINDS[kind].offer(connection, owner, person_number, Moment(now, now, settings, keys))
    return None
