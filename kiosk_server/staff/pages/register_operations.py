"""操作記録 of the register (R-51): everything done with it in a period, the review of that, and what one person is told (R-80)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from civil.errors import KioskError
from kiosk_server.cli.registry_control_files import (
    OPERATION_NAMES,
    disclosure_file,
    is_out_of_hours,
    known_in_front,
    operation_row,
    operations_file,
)
from kiosk_server.staff.duties import LOG_REVIEWERS, PROTECTION_KEEPERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer_of_page, opened_registered, registering
from kiosk_server.staff.visit import Visit
from registry.residents import Operation, city_transaction, disclose, operations, record_review, reviews

_PATH: Final = "/registry/operations"
_MOST: Final = 500
_A_WEEK: Final = timedelta(days=7)
_LONGEST: Final = timedelta(days=93)
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeriodWrong(KioskError):
    """期間に誤りがあります。終わりの日は、初めの日より後の、明日までの日にしてください。期間は93日までです。 /
    The period is wrong: its end is later than its beginning, and tomorrow at the latest. It has 93 days at most."""


async def _draw(visit: Visit) -> web.Response:
    since, until = _period(visit)
    async with registering(visit) as register, city_transaction(register, visit.city):
        done = await operations(register, visit.city, since, until)
        reviewed = await reviews(register, visit.city)
    await _reads(visit, since, until)
    return visit.show(
        "register_operations.html", since=since, until=until, names=OPERATION_NAMES, rows=[operation_row(one) for one in done[-_MOST:][::-1]],
        count=len(done), most=_MOST, by_staff=_by_staff(done), reviewed=reviewed[:12], is_over=until <= visit.today,
    )  # fmt: skip


async def _file(visit: Visit) -> web.Response:
    since, until = _period(visit)
    async with registering(visit) as register, city_transaction(register, visit.city):
        done = await operations(register, visit.city, since, until)
    await _reads(visit, since, until)
    headers = {"Content-Disposition": f'attachment; filename="operations-{since}-{until}.csv"'}
    content = await asyncio.to_thread(operations_file, done)
    return web.Response(body=content, content_type="text/csv", headers=headers)


async def _review(visit: Visit) -> web.Response:
    since, until = _period(visit)
    reviewer = inquirer_of_page(visit, visit.actor().reason)
    async with registering(visit) as register, city_transaction(register, visit.city):
        await record_review(register, visit.city, since, until, reviewer, visit.now)
    return visit.to(f"{_PATH}?since={since}&until={until}", "log_reviewed")


async def _disclose(visit: Visit) -> web.Response:
    number, _ = await opened_registered(visit)
    asker = inquirer_of_page(visit, f"開示: {visit.actor().reason}")
    async with registering(visit) as register:
        told = await disclose(register, visit.city, number, asker, visit.now)
    async with visit.database() as connection:
        await visit.reads(connection, "registered_disclosed", person_number=number)
        in_front = await known_in_front(connection, visit.city, number)
        content = await asyncio.to_thread(disclosure_file, told, *in_front)
    headers = {"Content-Disposition": 'attachment; filename="disclosure.xlsx"'}
    return web.Response(body=content, content_type=_XLSX, headers=headers)


async def _reads(visit: Visit, since: date, until: date) -> None:
    async with visit.database() as connection:
        await visit.reads(connection, "registered_operations", concerns=f"{since}/{until}")


def _period(visit: Visit) -> tuple[date, date]:
    given = visit.form or visit.request.query
    try:
        until = date.fromisoformat(given.get("until") or str(visit.today + timedelta(days=1)))
        since = date.fromisoformat(given.get("since") or str(until - _A_WEEK))
    except (ValueError, OverflowError):
        raise PeriodWrong from None
    if not (since < until <= visit.today + timedelta(days=1) and until - since <= _LONGEST):
        raise PeriodWrong
    return since, until


def _by_staff(done: Sequence[Operation]) -> Sequence[tuple[str | int, ...]]:
    """Of each: how many operations, persons shown, out of hours, with a My Number, refused; whoever did most first."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for one in done:
        counts = (1, one.persons, is_out_of_hours(one), one.my_number_seen, one.refused)
        found[one.staff].update({place: int(count) for place, count in enumerate(counts)})
    ordered = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))
    return [(staff, *(counts[place] for place in range(5))) for staff, counts in ordered]


PAGES: Final = (
    Page("GET", _PATH, LOG_REVIEWERS, _draw),
    Page("GET", f"{_PATH}/file", LOG_REVIEWERS, _file),
    Page("POST", _PATH, LOG_REVIEWERS, _review),
    Page("POST", "/registry/person/{opened}/disclosure", PROTECTION_KEEPERS, _disclose),
)
