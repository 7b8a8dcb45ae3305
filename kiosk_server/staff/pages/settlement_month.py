"""One month of a centre: what agrees, what differs and why, who closed what, and what each kind comes to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.settlement import month_is_closed
from issuance_db.settlement_months import Row, SettlementMonth
from issuance_db.staff_acts import Actor, record_act
from issuance_db.statement_layouts import handling_fees
from kiosk_server.issuing.request import Kind
from kiosk_server.settling.matching import ON_ITS_WAY
from kiosk_server.settling.wording import PROPOSED, SHORT
from kiosk_server.staff.duties import SETTLEMENT_READERS, SETTLERS, SUPERVISORS
from kiosk_server.staff.page import Page
from kiosk_server.staff.pages.settlement_set_up import chosen_centre
from kiosk_server.staff.visit import Visit, is_number
from reconcile import Circumstances, Proposal, propose
from reconcile.settlement import Finding

A_PAGE: Final = 50
_Turn = Callable[[SettlementMonth, asyncpg.Connection, Actor], Awaitable[None]]
_SUMS: Final = ("printed", "fees", "handling", "without_handling", "own_printed", "own_fees", "own_unknown", "net")


class NoSuchMonth(KioskError):
    """その月はありません。精算の一覧から選んでください。 / There is no such month. Choose one from the list."""


class NothingChosen(KioskError):
    """違いが選ばれていません。左の欄に印を付けてください。 / No difference was chosen. Tick those that you mean."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A difference with what probably happened."""

    row: Row
    proposal: Proposal | None


async def _draw(visit: Visit) -> web.Response:
    query = visit.request.query
    finding, closed_too = query.get("finding"), "closed" in query
    after = int(query["after"]) if is_number(query.get("after", "")) else 0
    async with visit.database() as connection:
        month = await _month(connection, visit)
        rows = await month.differences(connection, after, finding or None, A_PAGE + 1, closed_too=closed_too)
        days, found, acts = await month.days(connection), await month.found(connection), await month.acts(connection)
        is_closed = await month_is_closed(connection, month.caller_id, month.first)
    page = [_Shown(row, propose(_circumstances(row))) for row in rows[:A_PAGE]]
    following = {"after": str(rows[A_PAGE - 1]["alert_id"])} if len(rows) > A_PAGE else None
    kept = ({"finding": finding} if finding else {}) | ({"closed": "1"} if closed_too else {})
    return visit.show(
        "settlement_month.html", month=month, days=days, found=found, acts=acts, is_closed=is_closed, page=page, finding=finding,
        closed_too=closed_too, next_page=following and following | kept, short=SHORT, proposed=PROPOSED, here=_path(month),
        may_settle=visit.may(SETTLERS), may_reopen=visit.may(SUPERVISORS),
    )  # fmt: skip


async def _explain(visit: Visit) -> web.Response:
    chosen = [alert for alert, _ in _chosen(visit.form)]
    async with visit.database() as connection:
        month = await _month(connection, visit)
        await month.explain(connection, chosen, visit.actor())
    return visit.to(_path(month), "differences_explained")


async def _confirm(visit: Visit) -> web.Response:
    read = dict(_chosen(visit.form))
    async with visit.database() as connection:
        month = await _month(connection, visit)
        await month.confirm(connection, read, visit.session.name)
    return visit.to(_path(month), "differences_confirmed")


async def _close(visit: Visit) -> web.Response:
    return await _turned(visit, SettlementMonth.close, "month_closed")


async def _reopen(visit: Visit) -> web.Response:
    return await _turned(visit, SettlementMonth.reopen, "month_reopened")


async def _turned(visit: Visit, turn: _Turn, act: str) -> web.Response:
    async with visit.database() as connection:
        month = await _month(connection, visit)
        await turn(month, connection, visit.actor())
        concerns = f"{month.caller_id} {month.first:%Y-%m}"
        await record_act(connection, visit.city, act, visit.actor(), concerns=concerns)
    return visit.to(_path(month), act)


async def _net(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        month = await _month(connection, visit)
        rows = [_with_net(row) for row in await month.net(connection, [kind.value for kind in Kind])]
        fees = await handling_fees(connection, visit.city, month.caller_id)
        is_closed, acts = await month_is_closed(connection, month.caller_id, month.first), await month.acts(connection)
    shown = [row for row in rows if row["printed"] or row["own_printed"] or row["fees"] or row["own_unknown"]]
    total = {name: sum(row[name] or 0 for row in shown) for name in _SUMS}
    return visit.show(
        "settlement_net.html",
        month=month,
        rows=shown,
        total=total,
        fees=fees,
        is_closed=is_closed,
        acts=acts,
        here=_path(month),
    )


def _with_net(row: Row) -> dict[str, Any]:
    """What is left of the fees; below zero where the centre keeps more than the resident pays."""
    return {**row, "net": row["fees"] - (row["handling"] or 0)}


async def _month(connection: asyncpg.Connection, visit: Visit) -> SettlementMonth:
    try:
        first = date.fromisoformat(f"{visit.request.match_info['month']}-01")
    except ValueError:
        raise NoSuchMonth from None
    caller = await chosen_centre(connection, visit.city, visit.request.match_info["caller"])
    return SettlementMonth(visit.city, caller, first, ON_ITS_WAY)


def _circumstances(row: Row) -> Circumstances:
    known = {one.name: row[one.name] for one in fields(Circumstances) if one.name in row}
    texts = {"finding": Finding(row["finding"]), "ours": row["ours"] or "", "theirs": row["theirs"] or ""}
    return Circumstances(**known | texts, fee_changes_at=row["changes_at"], fee_across_it=row["across"])


def _chosen(form: Mapping[str, str]) -> Sequence[tuple[int, int]]:
    """Alerts that were ticked, each with the explanation that stood beside it (0 for none)."""
    ticked = [(name.removeprefix("difference_"), said) for name, said in form.items() if name.startswith("difference_")]
    if not ticked or not all(is_number(number) and is_number(said) for number, said in ticked):
        raise NothingChosen
    return [(int(number), int(said)) for number, said in ticked]


def _path(month: SettlementMonth) -> str:
    return f"/settlement/{month.caller_id}/{month.first:%Y-%m}"


_MONTH: Final = "/settlement/{caller}/{month}"


PAGES: Final = (
    Page("GET", _MONTH, SETTLEMENT_READERS, _draw),
    Page("POST", f"{_MONTH}/explain", SETTLERS, _explain),
    Page("POST", f"{_MONTH}/confirm", SETTLERS, _confirm),
    Page("POST", f"{_MONTH}/close", SETTLERS, _close),
    Page("POST", f"{_MONTH}/reopen", SUPERVISORS, _reopen),
    Page("GET", f"{_MONTH}/net", SETTLEMENT_READERS, _net),
)
