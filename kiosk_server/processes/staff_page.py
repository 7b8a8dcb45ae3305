"""What the staff page shows: number, kind, state, fee, time and terminal of the latest issuances. No personal data."""

import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from civil.calendar import JST
from issuance_db import history
from issuance_db.database import Database
from kiosk_server.issuing.request import Kind

_LATEST: Final = 100
_PAGE: Final = Template(files("kiosk_server.processes").joinpath("staff_page.html").read_text(encoding="utf-8"))
_HEADINGS: Final = ("受付日時", "発行番号", "種別", "状態", "手数料", "端末")
_KINDS: Final = {kind.value: kind.label for kind in Kind}
_STATES: Final = {"accepted": "処理中", "answered": "発行済み", "refused": "発行不可", "abandoned": "中断"}
_OUTCOMES: Final = {"printed": "印刷済み", "cancelled": "取消し", "failed": "印刷失敗"}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def build_staff_app(database: Database, municipality_codes: Sequence[str]) -> web.Application:
    """GET / for a browser on this machine."""

    async def latest(_request: web.Request) -> web.Response:
        tables = [_table(code, await _rows(database, code)) for code in municipality_codes]
        page = _PAGE.substitute(tables="\n".join(tables))
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    app = web.Application(middlewares=[_only_by_a_local_name])
    app.router.add_get("/", latest)
    return app


@web.middleware
async def _only_by_a_local_name(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A page elsewhere may point a name of its own at this machine (DNS rebinding).
    host = request.headers.get(hdrs.HOST, "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    if name not in _LOCAL_NAMES:
        raise web.HTTPForbidden
    return await handler(request)


async def _rows(database: Database, municipality_code: str) -> Sequence[Mapping[str, Any]]:
    async with database.city(municipality_code) as connection:
        return await history.list_requests(connection, municipality_code, limit=_LATEST)


def _table(municipality_code: str, rows: Sequence[Mapping[str, Any]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    body = "\n".join(_row(row) for row in rows) or f'<tr><td colspan="{len(_HEADINGS)}">まだありません。</td></tr>'
    return f"<h2>市区町村コード {municipality_code}</h2>\n<table>\n<tr>{head}</tr>\n{body}\n</table>"


def _row(row: Mapping[str, Any]) -> str:
    state = _STATES.get(row["state"], row["state"])
    outcome = _OUTCOMES.get(row["outcome"] or "", "")
    cells = (
        f"{row['accepted_at'].astimezone(JST):%Y-%m-%d %H:%M:%S}",
        row["issuance_number"] or "-",
        _KINDS.get(row["kind"], row["kind"]),
        f"{state}({outcome})" if outcome else state,
        "-" if row["fee"] is None else f"{row['fee']:,}円",
        " / ".join((row["terminal_operator"], row["terminal_store"], row["terminal_id"])),
    )
    return "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"
