"""Alerts: what happened, what is known, what to do, who has it; explained by one person and closed by another."""

from collections import Counter
from functools import partial
from typing import Final

from aiohttp import web

from issuance_db.alerts import NoSuchAlert, confirm_alert, explain_alert, list_alerts, show_alert, take_alert
from issuance_db.staff_acts import Actor
from kiosk_server.staff.alert_words import detail_of, group_of, rest_of, words_of
from kiosk_server.staff.duties import ALERT_HANDLERS, COUNTER_STAFF, DECIDERS, EVERYBODY, HISTORY_READERS
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.visit import Visit, is_number

ENTRY: Final = Entry("/alerts", "警報", "Alerts", EVERYBODY)
_A_PAGE: Final = 100
_TAKEN: Final = "警報の引受け / alert taken on"


async def _draw(visit: Visit) -> web.Response:
    query = visit.request.query
    closed_too, of, page = query.get("closed") == "1", query.get("of", ""), query.get("page", "")
    async with visit.database() as connection:
        rows = await list_alerts(connection, visit.city, closed_too=closed_too)
    group = partial(group_of, sees_protection=visit.may(COUNTER_STAFF))
    groups = Counter(group(row["cause"]) for row in rows)
    chosen = [row for row in rows if of in {"", group(row["cause"])}]
    number = max(int(page), 1) if is_number(page) else 1
    # What is open longest comes first, and is never pushed out by what is new.
    before, end = (number - 1) * _A_PAGE, number * _A_PAGE
    return visit.show(
        "alerts.html", rows=(chosen[::-1] if closed_too else chosen)[before:end], closed_too=closed_too, of=of,
        groups=groups.most_common(), next_page=number + 1 if len(chosen) > end else None, place=number,
        may_read=visit.may(HISTORY_READERS), words_of=partial(words_of, sees_protection=visit.may(COUNTER_STAFF)), rest_of=rest_of,
        detail_of=detail_of,        now=visit.now,
    )  # fmt: skip


async def _one(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        alert = await show_alert(connection, visit.city, visit.number("alert", NoSuchAlert))
    last = alert["explanations"][-1] if alert["explanations"] else None
    return visit.show(
        "alert.html", alert=alert, last=last, words=words_of(alert["cause"], sees_protection=visit.may(COUNTER_STAFF)), rest=rest_of(alert["cause"]),
        detail_of=detail_of, may_read=visit.may(HISTORY_READERS), may_explain=visit.may(ALERT_HANDLERS), may_confirm=visit.may(DECIDERS),
    )  # fmt: skip


async def _take(visit: Visit) -> web.Response:
    alert_id = visit.number("alert", NoSuchAlert)
    async with visit.database() as connection:
        await take_alert(connection, visit.city, alert_id, Actor(visit.session.name, _TAKEN))
    return visit.to(f"/alerts/{alert_id}", "alert_taken")


async def _explain(visit: Visit) -> web.Response:
    alert_id, explanation = visit.number("alert", NoSuchAlert), visit.text("explanation")
    async with visit.database() as connection:
        await explain_alert(connection, visit.city, alert_id, visit.session.name, explanation)
    return visit.to(f"/alerts/{alert_id}", "alert_explained")


async def _confirm(visit: Visit) -> web.Response:
    """Of the explanation that was on the page: one that came since has not been read."""
    alert_id, read = visit.number("alert", NoSuchAlert), visit.text("explanation_id")
    if not is_number(read):
        raise NoSuchAlert
    async with visit.database() as connection:
        await confirm_alert(connection, visit.city, alert_id, visit.session.name, explanation_id=int(read))
    return visit.to("/alerts", "alert_closed")


PAGES: Final = (
    Page("GET", "/alerts", EVERYBODY, _draw),
    Page("GET", "/alerts/{alert}", EVERYBODY, _one),
    Page("POST", "/alerts/{alert}/take", ALERT_HANDLERS, _take),
    Page("POST", "/alerts/{alert}/explain", ALERT_HANDLERS, _explain),
    Page("POST", "/alerts/{alert}/confirm", DECIDERS, _confirm),
)
