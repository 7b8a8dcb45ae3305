"""How old a source may become, with its days of rest, and how much a file may change: seen before and after, and confirmed with a reason."""

from typing import Final

from aiohttp import web

from kiosk_server.sources.setting import one_source, store_limit, store_shares, tried_limit
from kiosk_server.staff.duties import SUPERVISORS
from kiosk_server.staff.holding import SOURCE_STOPS
from kiosk_server.staff.page import Page
from kiosk_server.staff.source_form import limit_fields, limit_now, limit_of, shares_of
from kiosk_server.staff.terms import WEEKDAYS
from kiosk_server.staff.visit import Visit

_ONE: Final = "/sources/of/{source}"


async def _preview_limit(visit: Visit) -> web.Response:
    limit, source = limit_of(visit.form), _source(visit)
    async with visit.database() as connection:
        now = await one_source(connection, visit.city, source, visit.now)
        then = await tried_limit(connection, visit.city, source, limit, visit.now)
    return visit.show(
        "source_preview.html", what="limit", fields=limit_fields(limit), now=now, then=then, limits=(limit_now(now), limit),
        weekdays=WEEKDAYS, stops=SOURCE_STOPS,
    )  # fmt: skip


async def _set_limit(visit: Visit) -> web.Response:
    limit, source, actor = limit_of(visit.form), _source(visit), visit.actor()
    async with visit.database() as connection:
        await store_limit(connection, visit.city, source, limit, actor)
    return visit.to(f"/sources/of/{source}", "source_set")


async def _preview_shares(visit: Visit) -> web.Response:
    lost, changed = shares_of(visit.form)
    async with visit.database() as connection:
        now = await one_source(connection, visit.city, _source(visit), visit.now)
    fields = {"lost": str(lost), "changed": str(changed)}
    return visit.show("source_preview.html", what="shares", fields=fields, now=now, shares=(lost, changed))


async def _set_shares(visit: Visit) -> web.Response:
    shares, source, actor = shares_of(visit.form), _source(visit), visit.actor()
    async with visit.database() as connection:
        await store_shares(connection, visit.city, source, shares, actor)
    return visit.to(f"/sources/of/{source}", "source_set")


def _source(visit: Visit) -> str:
    return visit.request.match_info["source"]


PAGES: Final = (
    Page("POST", f"{_ONE}/limit/preview", SUPERVISORS, _preview_limit),
    Page("POST", f"{_ONE}/limit", SUPERVISORS, _set_limit),
    Page("POST", f"{_ONE}/shares/preview", SUPERVISORS, _preview_shares),
    Page("POST", f"{_ONE}/shares", SUPERVISORS, _set_shares),
)
