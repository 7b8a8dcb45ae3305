"""Certificates and notices of the counter from a person's page (S1-3): asked for, seen, then made once and kept nowhere."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

import pdf
from civil.errors import KioskError
from issuance_db.staff_sessions import find_search
from kiosk_server.counter_making import AskedPaper, Handing, kind_of, paper_of, prints_my_number
from kiosk_server.staff.duties import COUNTER_STAFF
from kiosk_server.staff.opened import NotOpen, keep
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import (
    KEPT_AS,
    inquirer,
    inquirer_of_page,
    opened_registered,
    registering,
    show_registered,
)
from kiosk_server.staff.register_paper_facts import PaperMoved, Ready, concerned, drawn, ready, with_my_numbers
from kiosk_server.staff.register_papers import (
    APPLICANTS,
    CERTIFICATE,
    CHECKS,
    HANDED_OUT,
    OPTIONS,
    PAST,
    STATED,
    STATEMENT,
    asked_paper,
    identity_of,
    kept_fields,
    why_asked,
)
from kiosk_server.staff.visit import Visit
from registry.residents import (
    NobodyHandedTo,
    Sight,
    city_transaction,
    drafts_about,
    handed_out_to,
    look_at_household,
    look_at_person,
    next_paper_number,
    record_paper,
    require_my_number_sight,
)

_FORM: Final = "/registry/person/{opened}/papers"
_PAPER: Final = "/registry/papers/{opened}"
_LONGEST_NAME: Final = 200


async def _draw(visit: Visit) -> web.Response:
    fields: Mapping[str, str] = {}
    if again := visit.request.query.get("again"):
        fields = await _kept(visit, again)
    return await _form(visit, fields)


async def _form(visit: Visit, fields: Mapping[str, str], refusal: KioskError | None = None) -> web.Response:
    number, purpose = await opened_registered(visit)
    asker = inquirer(visit, purpose)
    async with registering(visit) as register:
        person = (await look_at_person(register, visit.city, number, asker, visit.now)).current
        members = await look_at_household(register, visit.city, person.record.household_number, asker, visit.now)
        async with city_transaction(register, visit.city):
            notices = await handed_out_to(register, visit.city, number, list(HANDED_OUT.values()))
            drafts = await drafts_about(
                register, visit.city, concerned([person.record, *(one.record for one in members)])
            )
    return await show_registered(
        visit, "register_papers.html", status=200 if refusal is None else 409, person=person.record, error=refusal, fields=fields,
        members=members if person.record.in_register else (person,), notices=notices, drafts=drafts, opened=visit.request.match_info["opened"],
        certificate=CERTIFICATE, statement=STATEMENT, stated=STATED, applicants=APPLICANTS, checks=CHECKS, options=OPTIONS, past=PAST,
    )  # fmt: skip


async def _ask(visit: Visit) -> web.Response:
    number, purpose = await opened_registered(visit)
    fields = kept_fields(visit.form)
    try:
        asked = _asked(fields, number)
        async with registering(visit) as register, city_transaction(register, visit.city, isolation="read_committed"):
            found = await ready(visit, register, asked, why_asked(fields), fields)
            paper_number = await next_paper_number(register, visit.today)
            await drawn(visit, asked, found, paper_number, is_preview=True)
    except KioskError as refusal:
        return await _form(visit, fields, refusal)
    kept = {
        **fields,
        KEPT_AS: number,
        "purpose": purpose,
        "of": visit.request.match_info["opened"],
        "number": paper_number,
    }
    async with visit.database() as connection:
        return visit.to(f"/registry/papers/{await keep(visit, connection, kept)}")


def _asked(fields: Mapping[str, str], person_number: str) -> AskedPaper:
    """Everything that needs no look into the register."""
    asked = asked_paper(fields, person_number)
    why_asked(fields)
    identity_of(fields)
    if not fields.get("handed_to", "").strip():
        raise NobodyHandedTo
    return asked


async def _kept(visit: Visit, opened: str) -> Mapping[str, str]:
    async with visit.database() as connection:
        fields = await find_search(connection, visit.city, opened, visit.token.digest)
    if fields is None or "paper" not in fields:
        raise NotOpen
    return fields


async def _read(visit: Visit, fields: Mapping[str, str]) -> tuple[AskedPaper, Ready]:
    asked = _asked(fields, fields[KEPT_AS])
    async with registering(visit) as register, city_transaction(register, visit.city, isolation="read_committed"):
        return asked, await ready(visit, register, asked, why_asked(fields), fields)


async def _preview(visit: Visit) -> web.Response:
    fields = await _kept(visit, visit.request.match_info["opened"])
    asked, found = await _read(visit, fields)
    made = await drawn(visit, asked, found, fields["number"], is_preview=True)
    return await show_registered(
        visit, "register_paper.html", kept=visit.request.match_info["opened"], fields=fields, found=found, pages=made.pages,
        kind=kind_of(asked, found.facts), applicants=APPLICANTS, identity=identity_of(fields), prints_my_number=prints_my_number(asked),
        sees_my_number=Sight.MY_NUMBER in inquirer_of_page(visit, why_asked(fields)).sights,
    )  # fmt: skip


async def _picture(visit: Visit) -> web.Response:
    fields = await _kept(visit, visit.request.match_info["opened"])
    asked, found = await _read(visit, fields)
    made = await drawn(visit, asked, found, fields["number"], is_preview=True)
    return web.Response(body=await asyncio.to_thread(pdf.page_picture, made.content), content_type="image/png")


async def _make(visit: Visit) -> web.Response:
    fields = await _kept(visit, visit.request.match_info["opened"])
    asked, number, why = _asked(fields, fields[KEPT_AS]), fields["number"], why_asked(fields)
    maker = inquirer_of_page(visit, why)
    async with registering(visit) as register:
        if prints_my_number(asked):
            await require_my_number_sight(register, visit.city, maker, (asked.notice.value, number), visit.now)
        async with city_transaction(register, visit.city, isolation="read_committed"):
            found = await ready(visit, register, asked, why, fields)
            if found.digest != visit.form.get("seen"):
                raise PaperMoved
            found = await with_my_numbers(visit, register, found, maker, number)
            made = await drawn(visit, asked, found, number)
            handing = Handing(maker, fields["handed_to"], identity_of(fields), found.released_by)
            paper = paper_of(asked, found.facts, made, number, handing)
            await record_paper(register, visit.city, paper, maker, visit.now)
    async with visit.database() as connection:
        await visit.reads(connection, "registered_paper", concerns=number, person_number=fields[KEPT_AS])
        for one in paper.persons if prints_my_number(asked) else ():
            await visit.reads(connection, "registered_my_number", concerns=number, person_number=one)
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return web.Response(body=made.content, content_type="application/pdf", headers=headers)


PAGES: Final = (
    Page("GET", _FORM, COUNTER_STAFF, _draw),
    Page("POST", _FORM, COUNTER_STAFF, _ask),
    Page("GET", _PAPER, COUNTER_STAFF, _preview),
    Page("GET", f"{_PAPER}/picture", COUNTER_STAFF, _picture),
    Page("POST", _PAPER, COUNTER_STAFF, _make),
)
