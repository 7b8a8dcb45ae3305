"""One resident at the counter: who it is, what would be refused, which credentials, what was issued last."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg
from aiohttp import web

from cardauth import CredentialKey, UserCertificateKey, UserIdKey, credential_index
from civil.errors import KioskError
from issuance_db.at_counter import AtCounter, known_issuers, person_at_counter, pins_of
from issuance_db.history_search import Criteria, find_requests
from kiosk_server.staff.availability import verdicts
from kiosk_server.staff.duties import COUNTER_STAFF, HISTORY_READERS, PROTECTION_KEEPERS, RESIDENT_READERS
from kiosk_server.staff.holding import (
    SOURCE_CAUSES,
    SOURCE_STOPS,
    SOURCE_WAYS_OUT,
    can_be_lifted,
    cause_words,
    item_words,
    way_out,
)
from kiosk_server.staff.identity import DOCUMENTS, REPORTS
from kiosk_server.staff.opened import PATH, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.reasons import reason_words
from kiosk_server.staff.terms import BEARERS
from kiosk_server.staff.visit import Visit

_LATEST: Final = 5
Row = Mapping[str, Any]


class NobodyKnown(KioskError):
    """この宛名番号の住民はいません。番号を確かめて、もう一度探してください。 / Nobody has this number. Check it and search again."""


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        person = await person_at_counter(connection, visit.city, number)
        if not person.is_known:
            raise NobodyKnown
        await visit.reads(connection, "resident", person_number=number)
        credentials = await _credentials(visit, connection, person)
        judged = await verdicts(connection, visit.city, number, visit.console.keys, visit.now)
        issuers = await known_issuers(connection, visit.city)
        latest = await find_requests(connection, visit.city, Criteria(whose="of_person", number=number), None, _LATEST)
    return visit.show(
        "resident.html", number=number, opened=visit.request.match_info["opened"], person=person, verdicts=judged,
        credentials=credentials, latest=latest, may_act=visit.may(COUNTER_STAFF), sees_protection=visit.may(COUNTER_STAFF),
        keeps_protection=visit.may(PROTECTION_KEEPERS), reason_words=reason_words, cause_words=cause_words,
        item_words=item_words, way_out=way_out, source_stops=SOURCE_STOPS, source_causes=SOURCE_CAUSES,
        source_ways_out=SOURCE_WAYS_OUT, sees_differences=visit.may(HISTORY_READERS), issuers=issuers, documents=DOCUMENTS, report_sorts=REPORTS, bearers=BEARERS,
        can_lift=any(can_be_lifted(one["cause"], one["item"]) for one in person.holds),
        is_set_here=any(one["source"] == "staff" for one in person.suppressions),
        has_left=person.resident is None and any(one["source"] == "feed" for one in person.suppressions),
    )  # fmt: skip


async def _credentials(visit: Visit, connection: asyncpg.Connection, person: AtCounter) -> Sequence[Row]:
    """Both sorts as rows of one table, each with its PIN's state."""
    rows = (*person.certificates, *person.user_ids)
    indexes = [credential_index(visit.console.keys, visit.city, _key(row)) for row in rows]
    pins = await pins_of(connection, visit.city, indexes)
    return [
        {**row, "pin": pins[index.first], "state": _state(visit, row)} for row, index in zip(rows, indexes, strict=True)
    ]


def _key(row: Row) -> CredentialKey:
    return UserIdKey(row["user_id"]) if "user_id" in row else UserCertificateKey(row["issuer_key_id"], row["serial"])


def _state(visit: Visit, row: Row) -> str:
    if row["revoked_at"] is not None and row["revoked_at"] <= visit.now:
        return "stopped"
    return "usable" if row["usable_from"] <= visit.now else "later"


PAGES: Final = (Page("GET", PATH, RESIDENT_READERS, _draw),)
