"""The counter of the resident registry: finding somebody (S1-2)."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from civil.errors import KioskError
from civil.prefectures import PREFECTURES
from civil.sex import Sex
from issuance_db.staff_sessions import find_search
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS
from kiosk_server.staff.opened import keep
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.register import (
    PURPOSES,
    inquirer,
    open_registered,
    registering,
    registry_keys,
    show_registered,
)
from kiosk_server.staff.register_form import entry_kinds
from kiosk_server.staff.visit import Visit
from registry.residents import MOST_FOUND, Inquired, Sight, Sought, city_transaction, inquire, measures_due

ENTRY: Final = Entry("/registry", "住民基本台帳", "Resident registry", RESIDENT_READERS)
_TEXTS: Final = (
    "name", "furigana", "birth", "address", "building", "household_number", "person_number", "resident_code", "first_registrant",
    "residence_card_number", "telephone",
)  # fmt: skip
_FIELDS: Final = (*_TEXTS, "sex", "nationality", "exact_kana", "only_now", "only_living", "purpose")
_LONGEST: Final = 200


class SoughtTooLong(KioskError):
    """探す条件が長すぎます。200字までにしてください。 / What is searched for is too long. Up to 200 characters, please."""


async def _keep(visit: Visit) -> web.Response:
    fields = {name: value for name in _FIELDS if (value := visit.form.get(name, "").strip())}
    if any(len(value) > _LONGEST for value in visit.form.values()):
        raise SoughtTooLong
    asker = inquirer(visit, fields.get("purpose", ""))
    if my_number := visit.form.get("my_number", "").replace(" ", ""):
        # It finds one person at most, and is kept nowhere.
        async with registering(visit) as register:
            sought = _sought(visit, fields, my_number)
            asked = await inquire(register, visit.city, sought, asker, visit.now, registry_keys(visit))
        if asked.found:
            return await open_registered(visit, asked.found[0].row.record.person_number, fields["purpose"])
        return await _show(visit, {}, asked)
    _sought(visit, fields)
    async with visit.database() as connection:
        return visit.to(f"/registry?search={await keep(visit, connection, fields)}")


async def _draw(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        search_id = visit.request.query.get("search", "")
        fields = await find_search(connection, visit.city, search_id, visit.token.digest) or {}
    async with registering(visit) as register:
        if not fields:
            async with city_transaction(register, visit.city):
                due = await measures_due(register, visit.city, visit.today)
            return await _show(visit, {}, None, due)
        asker = inquirer(visit, fields["purpose"])
        asked = await inquire(register, visit.city, _sought(visit, fields), asker, visit.now)
    async with visit.database() as connection:
        for one in asked.found:
            concerns = str(len(asked.found))
            await visit.reads(
                connection, "registered_found", concerns=concerns, person_number=one.row.record.person_number
            )
    return await _show(visit, fields, asked)


async def _show(visit: Visit, fields: Mapping[str, str], asked: Inquired | None, due: int = 0) -> web.Response:
    return await show_registered(
        visit, "register_search.html", fields={name: fields.get(name, "") for name in _FIELDS}, asked=asked, most=MOST_FOUND,
        purposes=PURPOSES, measures_due=due, may_act=visit.may(COUNTER_STAFF), kinds=entry_kinds(),
        sees_my_number=Sight.MY_NUMBER in inquirer(visit, "check").sights,
    )  # fmt: skip


def _sought(visit: Visit, fields: Mapping[str, str], my_number: str | None = None) -> Sought:
    texts: dict[str, Any] = {name: fields[name] for name in _TEXTS if name in fields}
    sexes = {"male": Sex.MALE, "female": Sex.FEMALE}
    home = PREFECTURES[int(visit.city[:2]) - 1] + visit.screens.city_name(visit.city)
    return Sought(
        **texts, my_number=my_number, home=home,
        sex=sexes.get(fields.get("sex", "")), is_foreign={"japanese": False, "foreign": True}.get(fields.get("nationality", "")),
        exact_kana="exact_kana" in fields, past="only_now" not in fields, removed="only_living" not in fields,
    )  # fmt: skip


async def _open(visit: Visit) -> web.Response:
    page = "/papers" if "papers" in visit.form else ""
    return await open_registered(visit, visit.text("person_number", 64), visit.form.get("purpose", ""), page)


PAGES: Final = (
    Page("GET", "/registry", RESIDENT_READERS, _draw),
    Page("POST", "/registry", RESIDENT_READERS, _keep),
    Page("POST", "/registry/open", RESIDENT_READERS, _open),
)
