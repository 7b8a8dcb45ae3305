"""抑止対象者一覧: everybody under a protective measure, whose period is over or ends soon first."""

from datetime import date
from typing import Final

from aiohttp import web

from issuance_db.suppressions import suppressed_persons
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer_of_page, registering, show_registered
from kiosk_server.staff.visit import Visit
from registry.residents import Measure, PersonRecord, city_transaction, measure_of, protected_people

_SEEN_FOR: Final = "支援措置の点検"
_ORDER: Final = [*Measure]


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        in_front = await suppressed_persons(connection, visit.city)
        await visit.reads(connection, "registered_protected")
    asker = inquirer_of_page(visit, _SEEN_FOR)
    async with registering(visit) as register, city_transaction(register, visit.city):
        people = await protected_people(register, visit.city, asker, visit.now, in_front)
    measured = [(measure_of(one.record, visit.today), one.record) for one in people]
    return await show_registered(
        visit, "register_protection.html", people=sorted(measured, key=_urgency), sees_ground=visit.may(COUNTER_STAFF),
    )  # fmt: skip


def _urgency(one: tuple[Measure | None, PersonRecord]) -> tuple[int, date, str]:
    measure, record = one
    order = len(_ORDER) if measure is None else _ORDER.index(measure)
    return order, record.suppressed_until or date.max, record.person_number


PAGES: Final = (Page("GET", "/registry/protection", RESIDENT_READERS, _draw),)
