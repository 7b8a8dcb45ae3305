"""支援措置の一時解除 on a person's page: a supervisor lets others make papers for some minutes. Kiosks and lists go on as before."""

from typing import Final

from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_acts import record_act
from issuance_db.suppressions import suppressed_persons
from kiosk_server.staff.duties import PROTECTION_KEEPERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer, inquirer_of_page, opened_registered, registering
from kiosk_server.staff.visit import Visit, is_number
from registry.residents import (
    city_transaction,
    end_temporary_release,
    look_at_household,
    look_at_person,
    protected_among,
    release_temporarily,
)

_PATH: Final = "/registry/person/{opened}"


class NobodyProtected(KioskError):
    """この人は支援措置を受けていません。一時解除は要りません。 / There is no protective measure, so nothing to release."""


async def _release(visit: Visit) -> web.Response:
    number, purpose = await opened_registered(visit)
    actor, minutes = visit.actor(), visit.form.get("minutes", "")
    officer = inquirer_of_page(visit, actor.reason)
    async with registering(visit) as register, city_transaction(register, visit.city):
        asker, persons = inquirer(visit, purpose), {number}
        if "household" in visit.form:
            home = (
                await look_at_person(register, visit.city, number, asker, visit.now)
            ).current.record.household_number
            members = await look_at_household(register, visit.city, home, asker, visit.now)
            persons |= {one.record.person_number for one in members}
        async with visit.database() as connection:
            in_front = await suppressed_persons(connection, visit.city)
        protected = await protected_among(register, visit.city, persons) | (persons & in_front)
        if number not in protected:
            raise NobodyProtected
        lasts = int(minutes) if is_number(minutes) else 0
        await release_temporarily(register, visit.city, protected, lasts, officer, visit.now)
    async with visit.database() as connection:
        for one in sorted(protected):
            await record_act(
                connection, visit.city, "protection_released", actor, concerns=f"{lasts}分", person_number=one
            )
    return _back(visit, "protection_released")


async def _end(visit: Visit) -> web.Response:
    number, _ = await opened_registered(visit)
    officer = inquirer_of_page(visit, "一時解除の終了")
    async with registering(visit) as register, city_transaction(register, visit.city, isolation="read_committed"):
        await end_temporary_release(register, visit.city, number, officer, visit.now)
    return _back(visit, "protection_release_ended")


def _back(visit: Visit, said: str) -> web.Response:
    return visit.to(f"/registry/person/{visit.request.match_info['opened']}", said)


PAGES: Final = (
    Page("POST", f"{_PATH}/release", PROTECTION_KEEPERS, _release),
    Page("POST", f"{_PATH}/release/end", PROTECTION_KEEPERS, _end),
)
