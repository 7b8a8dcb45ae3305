"""The operation log: who signed in, looked at and did what; and the record that somebody looked it through."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
from aiohttp import web

from civil.calendar import JST, jst_midnight
from civil.errors import KioskError
from issuance_db.operation_log import REVIEWED, OwnActs, has_acted, read_log, reviews
from issuance_db.staff_accounts import list_accounts
from issuance_db.staff_acts import record_act
from kiosk_server.staff.duties import LOG_REVIEWERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/operations", "操作記録", "Operation log", LOG_REVIEWERS)
Row = Mapping[str, Any]
_MOST: Final = 500
_REVIEWS: Final = 12
_A_WEEK: Final = timedelta(days=6)


class PeriodWrong(KioskError):
    """期間に誤りがあります。初めの日と終わりの日を確かめてください。 / The period is wrong. Check its first and last day."""


async def _draw(visit: Visit) -> web.Response:
    query = visit.request.query
    since, until = _period(query.get("since"), query.get("until"), visit.today)
    account_id = query.get("account") or None
    end = min(jst_midnight(until + timedelta(days=1)), _before(query.get("before")))
    async with visit.database() as connection:
        rows = await read_log(connection, visit.city, jst_midnight(since), end, account_id, _MOST + 1)
        await visit.reads(connection, "operation_log", concerns=f"{since}/{until}")
        accounts = await list_accounts(connection, visit.city)
        reviewed = await reviews(connection, visit.city, _REVIEWS)
        is_own = await _is_own(visit, connection, since, until)
    shown, more = rows[:_MOST], rows[_MOST:]
    # Entries of one instant stay together: the next page begins with the first that is left out.
    before = (more[0]["happened_at"] + timedelta(microseconds=1)).isoformat() if more else None
    return visit.show(
        "operations.html", rows=shown, before=before, since=since, until=until, account=account_id or "", accounts=accounts,
        reviewed=reviewed, people=_people(accounts), is_own=is_own,
    )  # fmt: skip


def _people(accounts: Sequence[Row]) -> Mapping[tuple[bool, str], Row]:
    """Whose an entry is: an act names the person, everything else the account. One may be called as another's account."""
    by_account = {(False, one["account_id"]): one for one in accounts}
    return by_account | {(True, one["name"]): one for one in accounts}


async def _review(visit: Visit) -> web.Response:
    since, until = _period(visit.form.get("since"), visit.form.get("until"), visit.today)
    actor = visit.actor()
    async with visit.database() as connection:
        if await _is_own(visit, connection, since, until):
            raise OwnActs
        await record_act(connection, visit.city, REVIEWED, actor, concerns=f"{since}/{until}")
    return visit.to(f"/operations?since={since}&until={until}", "log_reviewed")


async def _is_own(visit: Visit, connection: asyncpg.Connection, since: date, until: date) -> bool:
    """Nobody looks their own acts through."""
    end = jst_midnight(until + timedelta(days=1))
    return await has_acted(connection, visit.city, jst_midnight(since), end, visit.session.name)


def _period(since: str | None, until: str | None, today: date) -> tuple[date, date]:
    try:
        last = date.fromisoformat(until) if until else today
        first = date.fromisoformat(since) if since else last - _A_WEEK
    except (ValueError, OverflowError):
        raise PeriodWrong from None
    if not date(2000, 1, 1) <= first <= last <= today:
        raise PeriodWrong
    return first, last


def _before(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(JST) if text else datetime.max.replace(tzinfo=JST)
    except (ValueError, OverflowError):
        raise PeriodWrong from None


PAGES: Final = (
    Page("GET", "/operations", LOG_REVIEWERS, _draw),
    Page("POST", "/operations", LOG_REVIEWERS, _review),
)
