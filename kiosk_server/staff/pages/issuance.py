"""One request: what happened, from what data, who was on the paper, and who else was being served then."""

from datetime import timedelta
from functools import partial
from typing import Final

import asyncpg
from aiohttp import hdrs, web

from civil.errors import KioskError
from issuance_db.history_search import Account, Criteria, account_of, find_requests, served_then
from issuance_db.log.proving import InclusionProof, NotInLog, ProofFails, prove_issuance
from kiosk_server.settling.wording import SHORT
from kiosk_server.staff.duties import COUNTER_STAFF, HISTORY_READERS, RESIDENT_READERS, SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.reasons import reason_words
from kiosk_server.staff.visit import Visit

_AROUND: Final = timedelta(seconds=30)
_MOST_THEN: Final = 200


class NoSuchRequest(KioskError):
    """その発行はありません。発行番号を確かめて、履歴から探してください。 / There is no such issuance. Check the number and search the history."""


async def _by_number(visit: Visit) -> web.Response:
    number = visit.request.match_info["number"]
    async with visit.database() as connection:
        found = await find_requests(connection, visit.city, Criteria(whose="of_number", number=number), None, 1)
    if not found:
        raise NoSuchRequest
    # Drawn here: a request id may hold what no address can.
    return await _page(visit, found[0]["caller_id"], found[0]["request_id"])


async def _draw(visit: Visit) -> web.Response:
    return await _page(visit, visit.request.match_info["caller"], visit.request.match_info["request"])


async def _page(visit: Visit, caller_id: str, request_id: str) -> web.Response:
    async with visit.database() as connection:
        account = await account_of(connection, visit.city, caller_id, request_id)
        if account is None:
            raise NoSuchRequest
        await visit.reads(connection, "issuance", concerns=account.request["issuance_number"] or request_id)
        in_log = await _in_log(connection, visit.city, account)
    sees_protection = visit.may(COUNTER_STAFF)
    return visit.show(
        "issuance.html", account=account, request_row=account.request, in_log=in_log,
        reason_words=partial(reason_words, sees_protection=sees_protection), sees_protection=sees_protection,
        may_stop=visit.may(SUPERVISORS), reads_koseki_access=visit.may(RESIDENT_READERS), short=SHORT,
    )  # fmt: skip


async def _in_log(connection: asyncpg.Connection, city: str, account: Account) -> InclusionProof | KioskError | None:
    """The proof; why there is none; or None for what was never recorded."""
    if account.request["recorded_at"] is None:
        return None
    try:
        return await prove_issuance(connection, city, account.request["issuance_number"])
    except (NotInLog, ProofFails) as error:
        return error


async def _proof(visit: Visit) -> web.Response:
    number = visit.request.match_info["number"]
    async with visit.database() as connection:
        proof = await prove_issuance(connection, visit.city, number)
        await visit.reads(connection, "log_proof", concerns=number)
    disposition = f'attachment; filename="{proof.leaf_number}.tlog-proof"'
    return web.Response(text=str(proof), content_type="text/plain", headers={hdrs.CONTENT_DISPOSITION: disposition})


async def _then(visit: Visit) -> web.Response:
    caller_id, request_id = visit.request.match_info["caller"], visit.request.match_info["request"]
    async with visit.database() as connection:
        account = await account_of(connection, visit.city, caller_id, request_id)
        if account is None:
            raise NoSuchRequest
        rows = await served_then(connection, visit.city, account.request["accepted_at"], _AROUND, _MOST_THEN)
    return visit.show("then.html", rows=rows, request_row=account.request, around=int(_AROUND.total_seconds()))


_REQUEST: Final = "/requests/{caller}/{request}"
PAGES: Final = (
    Page("GET", "/issuances/{number}", HISTORY_READERS, _by_number),
    Page("GET", "/issuances/{number}/proof", HISTORY_READERS, _proof),
    Page("GET", _REQUEST, HISTORY_READERS, _draw),
    Page("GET", f"{_REQUEST}/then", HISTORY_READERS, _then),
)
