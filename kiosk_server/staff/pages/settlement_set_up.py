"""What is set for each centre: the layout of its tables and its handling fee."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.settlement import centres
from issuance_db.staff_acts import record_act
from issuance_db.statement_layouts import add_handling_fee, add_layout, handling_fees, newest_layout
from kiosk_server.settling.layout import DEFAULT, FIELDS, REQUIRED, TableLayout, read_words, require_layout
from kiosk_server.staff.duties import SETTLEMENT_READERS, SETTLERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit

LABELS: Final = {
    "issuance_number": ("発行番号", "issuance number"),
    "request_id": ("請求ID", "request id"),
    "kind": ("証明書の種別", "kind"),
    "operator": ("事業者", "shop chain"),
    "store": ("店舗", "shop"),
    "terminal": ("端末", "terminal"),
    "occurred_at": ("日時", "date and time"),
    "outcome": ("結果", "outcome"),
    "fee_yen": ("手数料", "fee"),
    "line": ("行", "line"),
    "columns": ("見出し", "headings"),
    "closed_at": ("締めの時刻", "closing time"),
}
"""What the parts of a statement are called."""
_MOST_YEN: Final = 100_000


class NoSuchCentre(KioskError):
    """その交付センターはありません。 / There is no such centre."""


class HandlingFeeWrong(KioskError):
    """適用日と、0から100,000円の整数を入れてください。 / Give the day, and whole yen from 0 to 100,000."""


async def layout_of(connection: asyncpg.Connection, municipality_code: str, caller_id: str) -> TableLayout:
    """The centre's layout, or ours where none was set."""
    kept = await newest_layout(connection, municipality_code, caller_id)
    return DEFAULT if kept is None else TableLayout(kept["columns"], kept["words"])


async def chosen_centre(connection: asyncpg.Connection, municipality_code: str, caller_id: str) -> str:
    """The centre of an address or a form. Raises NoSuchCentre."""
    if caller_id not in await centres(connection, municipality_code):
        raise NoSuchCentre
    return caller_id


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        caller = await chosen_centre(connection, visit.city, visit.request.match_info["caller"])
        layout = await layout_of(connection, visit.city, caller)
        fees = await handling_fees(connection, visit.city, caller)
    words = "\n".join(f"{theirs} = {ours}" for theirs, ours in layout.words.items())
    return visit.show(
        "settlement_set_up.html", caller=caller, columns=layout.columns, words=words, fees=fees, labels={name: LABELS[name] for name in FIELDS}, required=REQUIRED,
        may_settle=visit.may(SETTLERS),
    )  # fmt: skip


async def _set_layout(visit: Visit) -> web.Response:
    columns = {name: visit.form.get(f"column_{name}", "") for name in FIELDS}
    layout = require_layout(columns, read_words(visit.form.get("words", "")))
    async with visit.database() as connection:
        caller = await chosen_centre(connection, visit.city, visit.request.match_info["caller"])
        await add_layout(connection, visit.city, caller, {"columns": layout.columns, "words": layout.words})
        await record_act(connection, visit.city, "statement_layout_set", visit.actor(), concerns=caller)
    return visit.to(_path(caller), "layout_set")


async def _set_handling_fee(visit: Visit) -> web.Response:
    effective_from, yen = _fee(visit.form)
    async with visit.database() as connection:
        caller = await chosen_centre(connection, visit.city, visit.request.match_info["caller"])
        await add_handling_fee(connection, visit.city, caller, effective_from, yen)
        concerns = f"{caller} {effective_from} {yen}"
        await record_act(connection, visit.city, "handling_fee_set", visit.actor(), concerns=concerns)
    return visit.to(_path(caller), "handling_fee_set")


def _fee(form: Mapping[str, str]) -> tuple[date, int]:
    try:
        effective_from, yen = date.fromisoformat(form.get("effective_from", "")), int(form.get("yen", ""))
    except ValueError:
        raise HandlingFeeWrong from None
    if not 0 <= yen <= _MOST_YEN:
        raise HandlingFeeWrong
    return effective_from, yen


def _path(caller: str) -> str:
    return f"/settlement/{caller}/set-up"


PAGES: Final = (
    Page("GET", "/settlement/{caller}/set-up", SETTLEMENT_READERS, _draw),
    Page("POST", "/settlement/{caller}/set-up/layout", SETTLERS, _set_layout),
    Page("POST", "/settlement/{caller}/set-up/handling-fee", SETTLERS, _set_handling_fee),
)
