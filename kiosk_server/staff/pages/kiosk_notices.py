"""What the city tells at the first screen of its kiosks: seen before and after in every language, stored, taken back with one act."""

from typing import Final

from aiohttp import web

from issuance_db.kiosk_notices import (
    WIDEST,
    NoSuchNotice,
    add_notice,
    list_notices,
    notice_at,
    shown_in,
    withdraw_notice,
)
from kiosk_server.staff.duties import EVERYBODY, SUPERVISORS
from kiosk_server.staff.notice_form import hidden, texts_of, window_of
from kiosk_server.staff.page import Page
from kiosk_server.staff.visit import Visit
from kiosk_server.terminal.words import BY_NAME, LANGUAGES

_PATH: Final = "/settings/notices"
_MOST: Final = 100


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        rows = await list_notices(connection, visit.city, _MOST)
        now = await notice_at(connection, visit.city, visit.now)
    return visit.show(
        "kiosk_notices.html", rows=rows, shown=now, now=visit.now, languages=LANGUAGES, names=BY_NAME, widest=WIDEST,
        may_act=visit.may(SUPERVISORS),
    )  # fmt: skip


async def _preview(visit: Visit) -> web.Response:
    texts, window = texts_of(visit.form), window_of(visit.form, visit.now)
    async with visit.database() as connection:
        before = await notice_at(connection, visit.city, window.starts_at)
    screens = [(one, shown_in(before, one.catalogue), shown_in(texts, one.catalogue)) for one in LANGUAGES]
    return visit.show(
        "kiosk_notice_preview.html", fields=hidden(visit.form, texts), window=window, screens=screens, names=BY_NAME,
        is_planned=window.starts_at > visit.now,
    )  # fmt: skip


async def _store(visit: Visit) -> web.Response:
    actor, texts, window = visit.actor(), texts_of(visit.form), window_of(visit.form, visit.now)
    async with visit.database() as connection:
        await add_notice(connection, visit.city, actor, window, texts)
    return visit.to(_PATH, "notice_stored")


async def _withdraw(visit: Visit) -> web.Response:
    number, actor = visit.number("notice", NoSuchNotice), visit.actor()
    async with visit.database() as connection:
        await withdraw_notice(connection, visit.city, number, actor, visit.now)
    return visit.to(_PATH, "notice_withdrawn")


PAGES: Final = (
    Page("GET", _PATH, EVERYBODY, _draw),
    Page("POST", f"{_PATH}/preview", SUPERVISORS, _preview),
    Page("POST", _PATH, SUPERVISORS, _store),
    Page("POST", f"{_PATH}/{{notice}}/withdraw", SUPERVISORS, _withdraw),
)
