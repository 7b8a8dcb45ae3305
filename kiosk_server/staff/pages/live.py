"""What is being issued now, by machine and terminal: the page, and the events that renew it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from issuance_db.live import latest_requests, recent_sums
from kiosk_server.staff.duties import EVERYBODY
from kiosk_server.staff.events import follow
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.screens import age, jst
from kiosk_server.staff.terms import term
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import Said, sayer

ENTRY: Final = Entry("/live", "発行状況", "Live", EVERYBODY)
MINUTES: Final = 5
EVERY_SECONDS: Final = 2.0
_LATEST: Final = 25
_SUMS: Final = 60
_SINCE: Final = timedelta(minutes=MINUTES)
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Live:
    """As the books were at an instant."""

    at: datetime
    latest: Sequence[Mapping[str, Any]]
    sums: Sequence[Mapping[str, Any]]


async def _draw(visit: Visit) -> web.Response:
    live = await _read(visit)
    return visit.show("live.html", at=live.at, minutes=MINUTES, tables=_tables(visit, live))


async def _events(visit: Visit) -> web.StreamResponse:
    async def read() -> Mapping[str, Any]:
        live = await visit.console.streams.once(visit.city, lambda: _read(visit))
        return {"at": jst(live.at, "%H:%M:%S"), "tables": _tables(visit, live)}

    return await follow(visit, read, EVERY_SECONDS)


async def _read(visit: Visit) -> Live:
    now = visit.now
    async with visit.database() as connection:
        latest = await latest_requests(connection, visit.city, now - _SINCE, _LATEST)
        return Live(now, latest, await recent_sums(connection, visit.city, now - _SINCE, _SUMS))


def _tables(visit: Visit, live: Live) -> Mapping[str, Rows]:
    """The cells of every table of the page, by its name."""
    say = sayer(visit.language)
    return {
        "nodes": [[row["node"] or "-", *_sums(row, say)] for row in live.sums if not row["is_terminal"]],
        "terminals": [[_terminal(row), *_sums(row, say)] for row in live.sums if row["is_terminal"]],
        "latest": [_request(say, row) for row in live.latest],
    }


def _sums(row: Mapping[str, Any], say: Said) -> Sequence[str]:
    counts = [str(row[name]) for name in ("requests", "under_way", "issued", "refused")]
    return [*counts, _seconds(row["half"]), _seconds(row["most"]), age(row["age"], say)]


def _request(say: Said, row: Mapping[str, Any]) -> Sequence[str]:
    result = row["state"] if row["state"] != "refused" else row["result_code"]
    what = "result" if row["state"] == "refused" else "state"
    return [
        jst(row["accepted_at"], "%H:%M:%S"), row["node"] or "-", _terminal(row), say(*term("kind", row["kind"])),
        say(*term(what, result)), _seconds(row["seconds"]), age(row["age"], say),
    ]  # fmt: skip


def _terminal(row: Mapping[str, Any]) -> str:
    return f"{row['terminal_operator']} / {row['terminal_store']} / {row['terminal_id']}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


PAGES: Final = (
    Page("GET", "/live", EVERYBODY, _draw),
    Page("GET", "/live/events", EVERYBODY, _events, is_stream=True),
)
