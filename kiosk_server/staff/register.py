"""What the pages of the resident registry stand on: its connection, who looks and what for, and whose page is open."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_sessions import find_search
from issuance_db.suppressions import suppressed_persons
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.opened import NotOpen, keep
from kiosk_server.staff.register_words import for_pages
from kiosk_server.staff.terms import Term
from kiosk_server.staff.visit import Visit
from registry.residents import Inquirer, Previewed, RegistryKeys, Sight, look_at_household, look_at_person

PURPOSES: Final[Mapping[str, Term]] = {
    "notification": ("届出の受付", "a notification at the counter"),
    "certificate": ("証明書の交付", "a certificate"),
    "correction": ("職権による記載・修正・消除", "an ex officio act"),
    "enquiry": ("本人・代理人からの問合せ", "a question of the person or an agent"),
    "official": ("公用請求・他部署への回答", "a request of an office"),
    "check": ("記載内容の点検", "checking what is recorded"),
}
"""Chosen with every search, kept with everything it leads to."""
PLACE: Final = "職員画面"
KEPT_AS: Final = "registered"
_SIGHTS: Final[Mapping[Duty, frozenset[Sight]]] = {
    Duty.COUNTER: frozenset({Sight.KOSEKI, Sight.RESIDENT_CODE, Sight.RESIDENCE}),
    Duty.SUPERVISOR: frozenset(Sight),
    Duty.MY_NUMBER: frozenset({Sight.MY_NUMBER}),
}


class NoRegister(KioskError):
    """住民基本台帳の画面は、このシステムの台帳を使う市で開きます。運用担当に、設定 KIOSK_OWN_REGISTRY=true と役割 registry のパスワードを依頼してください。 /
    These pages are for a city whose resident registry is this program's. Ask those who run the service for KIOSK_OWN_REGISTRY=true and the password of role registry."""


class PurposeNotChosen(KioskError):
    """照会の目的を選んでください。 / Choose what the inquiry is for."""


@asynccontextmanager
async def registering(visit: Visit) -> AsyncIterator[asyncpg.Connection]:
    """A connection of role `registry`, outside any transaction. Raises NoRegister."""
    if visit.console.register is None:
        raise NoRegister
    async with visit.console.register.connection() as connection:
        yield connection


async def show_registered(visit: Visit, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page that may show persons: whom the issuing side protects is marked too, which the register does not know."""
    async with visit.database() as connection:
        protected_in_front = await suppressed_persons(connection, visit.city)
    return visit.show(
        template, status=status, protected_in_front=protected_in_front, **for_pages(visit.language), **values
    )


def inquirer(visit: Visit, purpose: str) -> Inquirer:
    """The person, with a word of `PURPOSES`. Raises PurposeNotChosen."""
    if purpose not in PURPOSES:
        raise PurposeNotChosen
    return inquirer_of_page(visit, PURPOSES[purpose][0])


def inquirer_of_page(visit: Visit, words: str) -> Inquirer:
    """The person, with what the page is for."""
    duties = [Duty(duty) for duty in visit.session.duties]
    sights = frozenset[Sight]().union(*(_SIGHTS.get(duty, frozenset()) for duty in duties))
    return Inquirer(visit.session.account_id, words, sights)


def registry_keys(visit: Visit) -> RegistryKeys:
    """The keys of My Number."""
    return RegistryKeys.of(visit.console.keys)


async def open_registered(visit: Visit, person_number: str, purpose: str, page: str = "") -> web.Response:
    """Send the browser to the page of a person (宛名番号), or to a page below it."""
    inquirer(visit, purpose)
    async with visit.database() as connection:
        search = await keep(visit, connection, {KEPT_AS: person_number, "purpose": purpose})
    return visit.to(f"/registry/person/{search}{page}")


async def opened_registered(visit: Visit) -> tuple[str, str]:
    """宛名番号 of the page's person and what they were looked up for. Raises NotOpen."""
    async with visit.database() as connection:
        fields = await find_search(connection, visit.city, visit.request.match_info["opened"], visit.token.digest)
        if fields is None or KEPT_AS not in fields:
            raise NotOpen
        await visit.reads(connection, "registered", person_number=fields[KEPT_AS])
    return fields[KEPT_AS], fields["purpose"]


async def log_preview(visit: Visit, register: asyncpg.Connection, previewed: Previewed, words: str) -> None:
    """Write down whom a preview shows: the members of the households it touches, and whoever is concerned and lives in none of them."""
    asker, shown = inquirer_of_page(visit, words), set[str]()
    for household in previewed.households:
        members = await look_at_household(register, visit.city, household, asker, visit.now)
        shown |= {one.record.person_number for one in members}
    known = {number for number, (before, _) in previewed.persons.items() if before is not None}
    for number in sorted(known - shown):
        await look_at_person(register, visit.city, number, asker, visit.now)
    async with visit.database() as connection:
        for number in sorted(known | shown):
            await visit.reads(connection, "registered", person_number=number)
