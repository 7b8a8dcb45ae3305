"""Somebody of another city whose koseki is here: their koseki, their card, and the application that staff review."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cardauth.card import JpkiCard
from issuance_db import koseki_access_review as review
from issuance_db.koseki_access_review import Application, Candidate
from issuance_db.staff_acts import Actor
from kiosk_server.issuing.request import AccessRegistration, AccessRequest, IssuanceRequest, Kind, SessionCredential
from kiosk_server.web.client import CentreProblem
from tests.issuing.card_path import HERE, CardPath, card_path
from tests.issuing.city import City
from tests.issuing.fed import BIRTH, DOMICILE, Fed, InKoseki, open_kinds
from tests.sync.registry_rows import CITY

CLERK = Actor("窓口", "カードの持ち主を確かめた")
OUTSIDER = "KP501"
FAMILY = (InKoseki("KP500", "太郎"), InKoseki(OUTSIDER, "花子"), InKoseki("KP101", "101", "101"))
KOSEKI_KINDS = [Kind.KOSEKI_FULL, Kind.KOSEKI_INDIVIDUAL, Kind.KOSEKI_SUPPLEMENT]


@dataclass
class Elsewhere:
    """The card path, fed data, and what an applicant and a clerk do."""

    cards: CardPath
    fed: Fed
    _number: int = 0

    async def request(self, card: JpkiCard, **changes: object) -> AccessRequest:
        """An application with a fresh challenge, under an id of its own."""
        self._number += 1
        presented = await self.cards.signed(card)
        base = AccessRequest(
            f"apply-{self._number}", CITY, HERE, presented, "足利　花子", BIRTH, DOMICILE, "足利　太郎"
        )
        return replace(base, **changes)  # type: ignore[arg-type]  # tests name the fields they change

    async def apply(self, card: JpkiCard, **changes: object) -> AccessRegistration:
        return await self.cards.front.apply(await self.request(card, **changes))

    async def answer(self, request: AccessRequest) -> str:
        """The state, or the code of the problem."""
        try:
            return (await self.cards.front.apply(request)).state
        except CentreProblem as problem:
            return problem.code

    async def review(self, number: int, person: str = OUTSIDER) -> tuple[Application, Candidate]:
        """What a clerk sees."""
        staff = await self.cards.city.database.connect("staff", CITY)
        one = await review.application(staff, number)
        assert one is not None
        return one, next(c for c in await review.candidates(staff, one) if c.koseki_person_number == person)

    async def accept(self, number: int, person: str = OUTSIDER) -> None:
        staff = await self.cards.city.database.connect("staff", CITY)
        one, candidate = await self.review(number, person)
        async with staff.transaction():
            await review.accept(staff, CITY, one, candidate, self.cards.city.clock.now, CLERK)

    async def accepted(self, serial: int = 8001) -> JpkiCard:
        """A card that may."""
        card = self.cards.card(serial)
        await self.accept(int((await self.apply(card)).registration_number))
        return card

    async def issuance(self, card: JpkiCard, kind: Kind = Kind.KOSEKI_FULL) -> IssuanceRequest:
        base = self.cards.issuance(SessionCredential("replaced"))
        signed = await self.cards.signed(card)
        return replace(
            base, credential=signed, kind=kind, persons="koseki" if kind is Kind.KOSEKI_SUPPLEMENT else "self"
        )

    async def answer_to_issuance(self, card: JpkiCard, kind: Kind = Kind.KOSEKI_FULL) -> str:
        return await self.cards.answer_to(await self.issuance(card, kind))


@asynccontextmanager
async def elsewhere(ashikaga: City, directory: Path) -> AsyncIterator[Elsewhere]:
    """101 lives here, in the koseki of two who live in other cities."""
    fed = await open_kinds(ashikaga)
    await fed.koseki("K5", FAMILY)
    await ashikaga.registry.person("101", domicile=DOMICILE, first_registrant="足利　太郎")
    await ashikaga.project()
    async with card_path(ashikaga, directory) as cards:
        staff = await ashikaga.database.connect("staff", CITY)
        kinds = [kind.value for kind in (Kind.RESIDENT_RECORD, Kind.SEAL_REGISTRATION, *KOSEKI_KINDS)]
        admin = await ashikaga.database.connect()
        await admin.execute("UPDATE issuance.caller SET kinds = $1", kinds)
        for kind in kinds[1:]:
            await staff.execute(
                "INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, $2, 'terminal', $3, 450)",
                CITY, kind, date(2020, 1, 1),
            )  # fmt: skip
        yield Elsewhere(cards, fed)
