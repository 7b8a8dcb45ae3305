"""閲覧台帳, department ledgers, and who inspected what (S1-5, R-30): each recorded before its file leaves, and kept nowhere."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from issuance_db.suppressions import suppressed_persons
from kiosk_server.cli.registry_ledger_files import ledger_file, provided_file, published_file
from kiosk_server.cli.registry_lists import Suffix
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS, SUPERVISORS
from kiosk_server.staff.identity import DOCUMENTS, IdentityNotChecked
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer_of_page, registering
from kiosk_server.staff.register_ledger_form import BASES, STRATA, DayWrong, asked_list, day, suffix_asked, visit_told
from kiosk_server.staff.visit import Visit
from registry.residents import (
    Means,
    city_transaction,
    inspections,
    make_ledger,
    newest_lists,
    provide,
    provisions,
    record_inspection,
)

_PATH: Final = "/registry/ledgers"
_SHOWN: Final = 30
_KINDS: Final[Mapping[Suffix, str]] = {".csv": "text/csv", ".pdf": "application/pdf"}


async def _draw(visit: Visit) -> web.Response:
    async with registering(visit) as register, city_transaction(register, visit.city):
        made = await newest_lists(register, visit.city, _SHOWN)
    departments = [one for one in provisions().values() if one.means is Means.DEPARTMENT]
    return visit.show(
        "register_ledgers.html", made=made, bases=BASES, strata=STRATA, departments=departments, documents=DOCUMENTS,
        may_make=visit.may(SUPERVISORS), may_record=visit.may(COUNTER_STAFF),
    )  # fmt: skip


async def _make(visit: Visit) -> web.Response:
    asked, suffix = asked_list(visit.form), suffix_asked(visit.form)
    maker = inquirer_of_page(visit, visit.actor().reason)
    async with registering(visit) as register, city_transaction(register, visit.city):
        made = await make_ledger(register, visit.city, asked, maker, visit.now, await _protected(visit))
        # What cannot be drawn undoes the record.
        content = await asyncio.to_thread(ledger_file, suffix, made, asked, visit.today)
    async with visit.database() as connection:
        await visit.reads(connection, "registered_list", concerns=str(made.extract_id))
    return _sent(content, suffix, f"inspection-list-{made.extract_id}")


async def _provide(visit: Visit) -> web.Response:
    asker = inquirer_of_page(visit, visit.actor().reason)
    async with registering(visit) as register:
        protected = await _protected(visit)
        made = await provide(
            register, visit.city, visit.form.get("provision", ""), asker, visit.now, protected=protected
        )
    async with visit.database() as connection:
        await visit.reads(connection, "registered_list", concerns=str(made.extract_id))
    content = await asyncio.to_thread(provided_file, made)
    return _sent(content, ".csv", f"provision-{made.extract_id}")


async def _record(visit: Visit) -> web.Response:
    word = visit.form.get("identity_check", "")
    if word not in DOCUMENTS:
        raise IdentityNotChecked
    told = visit_told(visit.form, DOCUMENTS[word][0])
    recorder = inquirer_of_page(visit, "閲覧の記録")
    async with registering(visit) as register, city_transaction(register, visit.city):
        await record_inspection(register, visit.city, told, recorder, visit.now)
    return visit.to(_PATH, "inspection_recorded")


async def _publish(visit: Visit) -> web.Response:
    query = visit.request.query
    since, until, suffix = day(query.get("since", "")), day(query.get("until", "")), suffix_asked(query)
    if since >= until:
        raise DayWrong
    async with registering(visit) as register, city_transaction(register, visit.city):
        found = await inspections(register, visit.city, since, until)
    content = await asyncio.to_thread(published_file, suffix, found, since, until)
    return _sent(content, suffix, f"inspections-{since}-{until}")


async def _protected(visit: Visit) -> frozenset[str]:
    async with visit.database() as connection:
        return await suppressed_persons(connection, visit.city)


def _sent(content: bytes, suffix: Suffix, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"'}
    return web.Response(body=content, content_type=_KINDS[suffix], headers=headers)


PAGES: Final = (
    Page("GET", _PATH, RESIDENT_READERS, _draw),
    Page("POST", _PATH, SUPERVISORS, _make),
    Page("POST", f"{_PATH}/provision", SUPERVISORS, _provide),
    Page("POST", f"{_PATH}/inspection", COUNTER_STAFF, _record),
    Page("GET", f"{_PATH}/published", RESIDENT_READERS, _publish),
)
