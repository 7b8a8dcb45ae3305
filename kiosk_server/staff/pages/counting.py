"""Counts and fees of a period: by day, month, kind, shop chain and hour, refusals by reason, latency, age of the data. No persons."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from aiohttp import web
from markupsafe import Markup

from civil.calendar import jst_midnight
from civil.errors import KioskError
from issuance_db.service_counts import Row, count_service
from kiosk_server.staff.charts import bars, week
from kiosk_server.staff.duties import EVERYBODY
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.screens import age, seconds
from kiosk_server.staff.terms import WEEKDAYS, term
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import Said, sayer

ENTRY: Final = Entry("/counts", "集計", "Counts", EVERYBODY)
_MOST_DAYS: Final = 397
"""Thirteen months."""
_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)


class PeriodRefused(KioskError):
    """期間は、初めの日から終わりの日まで13か月以内で選んでください。 / Choose a first and a last day, at most thirteen months apart."""


async def _draw(visit: Visit) -> web.Response:
    first, last = _period(visit.request.query, visit.today)
    async with visit.database() as connection:
        counts = await count_service(
            connection, visit.city, jst_midnight(first), jst_midnight(last + timedelta(days=1))
        )
    say = sayer(visit.language)
    by_hour = {(row["weekday"], row["hour"]): row["requests"] for row in counts.groups["weekday_hour"]}
    (total,) = counts.groups["all"]
    return visit.show(
        "counts.html", first=first, last=last, total=total, counts=counts, week=_week(say, by_hour),
        refusals=_refusals(say, counts.refusals), latencies=_latencies(say, counts.latencies), ages=_ages(say, counts.ages), weekdays=WEEKDAYS, by_hour=by_hour,
    )  # fmt: skip


def _period(query: Mapping[str, str], today: date) -> tuple[date, date]:
    try:
        last = date.fromisoformat(query.get("until") or today.isoformat())
        first = date.fromisoformat(query.get("since") or last.replace(day=1).isoformat())
    except ValueError:
        raise PeriodRefused from None
    if not _EARLIEST <= first <= last <= _LATEST or not timedelta() <= last - first < timedelta(days=_MOST_DAYS):
        raise PeriodRefused
    return first, last


def _week(say: Said, by_hour: Mapping[tuple[int, int], int]) -> Markup:
    return week(say("曜日と時間ごとの請求", "Requests by weekday and hour"), [say(*day) for day in WEEKDAYS], by_hour)


def _refusals(say: Said, rows: Sequence[Row]) -> Markup:
    shown = [(say(*term("result", row["reason"])), row["requests"], f"{row['requests']:,}") for row in rows]
    return bars(say("理由ごとの発行不可・中断", "Refused and abandoned by reason"), shown)


def _latencies(say: Said, rows: Sequence[Row]) -> Markup:
    shown = [(say(*term("kind", row["kind"])), row["most"], seconds(row["most"], say)) for row in rows]
    return bars(say("発行にかかった時間(95%がこれより短い)", "Time to issue: 95 % took less"), shown)


def _ages(say: Said, rows: Sequence[Row]) -> Markup:
    shown = [(say(*term("source", row["source"])), row["most"], age(row["most"], say)) for row in rows]
    return bars(say("データの古さ(95%がこれより新しい)", "Age of the data: 95 % was younger"), shown)


PAGES: Final = (Page("GET", "/counts", EVERYBODY, _draw),)
