"""What files would have fed: registered seals and koseki of the people of the small city, as the role `sync` writes them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

import asyncpg

import pdf
from cardauth import UserCertificate
from kiosk_server.issuing.request import Caller, Channel, IssuanceRequest, Kind
from tests.issuing.city import City
from tests.sync.registry_rows import CITY

EVERY_KIND = Caller("centre", CITY, Channel.CENTRE, frozenset(Kind))
OTHERWISE = {Kind.DISASTER_DAMAGE: 0, Kind.KOSEKI_FULL: 450, Kind.KOSEKI_INDIVIDUAL: 450, Kind.KOSEKI_SUPPLEMENT: 300}
UNFED = {Kind.RESIDENT_RECORD, Kind.RESIDENT_STATEMENT}
FEES: dict[Kind, int] = {kind: OTHERWISE.get(kind, 200) for kind in Kind if kind not in UNFED}
SOURCES = ("seal", "koseki", "koseki_supplement", "tax", "disaster")
TAX_KINDS = (Kind.TAX_ASSESSMENT, Kind.TAX_INCOME, Kind.TAX_PAYMENT)
TAX_AMOUNTS = {
    "salary_revenue": 5_120_000,
    "total_income": 3_656_000,
    "total_deductions": 1_572_000,
    "taxable_income": 2_084_000,
    "city_income_levy": 123_500,
    "city_per_capita_levy": 3_000,
    "annual_tax": 126_500,
    "due": 126_500,
    "paid": 63_000,
    "unpaid": 0,
    "not_yet_due": 63_500,
}
DOMICILE = "栃木県足利市本城三丁目２１４５番地"
BIRTH = date(1980, 4, 1)
AGE_LIMIT = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class InKoseki:
    """One person of a koseki; without a number in the register where they are not in it."""

    koseki_person_number: str
    given_name: str
    person_number: str | None = None
    removed: bool = False
    items: int = 1


@dataclass(slots=True)
class Fed:
    """Writes fed data of the city, and asks for the kinds that are made of it."""

    city: City
    sync: asyncpg.Connection
    _registrations: int = 0
    _serials: int = 0

    async def fed(self, source: str, at: datetime) -> None:
        """Say up to when the source is true."""
        await self.sync.execute("UPDATE issuance.source SET fed_at = $2 WHERE source = $1", source, at)

    async def register_seal(self, person: str, text: str, **changes: object) -> bytes:
        """Register a seal that reads `text`; returns its image."""
        self._registrations += 1
        image = pdf.draw_registered_seal(text)
        row = {
            "municipality_code": CITY,
            "person_number": person,
            "registration_number": f"S{self._registrations}",
            "registered_on": date(2020, 4, 1),
            "name": f"足利　{person}",
            "birth_on": BIRTH,
            "address": DOMICILE,
            "image": image,
            "image_sha256": sha256(image).digest(),
        } | changes
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.sync.execute(
            f"INSERT INTO issuance.seal_registration ({', '.join(row)}) VALUES ({places})", *row.values()
        )
        return image

    async def delete_seal(self, person: str) -> None:
        """廃印."""
        await self.sync.execute("DELETE FROM issuance.seal_registration WHERE person_number = $1", person)

    async def tax_record(
        self, person: str, year: int = 2026, *, amounts: dict[str, int] | None = None, **changes: object
    ) -> None:
        """What the tax source says of a person in one year."""
        row = {
            "municipality_code": CITY,
            "person_number": person,
            "tax_year": year,
            "name": f"足利　{person}",
            "birth_on": BIRTH,
            "address": DOMICILE,
            "address_on_january_1": "栃木県足利市通二丁目１番地",
            "declared": True,
        } | changes
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.sync.execute(f"INSERT INTO issuance.tax_record ({', '.join(row)}) VALUES ({places})", *row.values())
        await self.sync.executemany(
            "INSERT INTO issuance.tax_amount VALUES ($1, $2, $3, $4, $5)",
            [(CITY, person, year, *pair) for pair in (TAX_AMOUNTS if amounts is None else amounts).items()],
        )

    async def damage(self, person: str, number: str = "R8-1", **changes: object) -> None:
        """What a flood did to a person's dwelling; another number is of another dwelling."""
        row = {
            "municipality_code": CITY,
            "damage_number": number,
            "person_number": person,
            "name": f"足利　{person}",
            "birth_on": BIRTH,
            "address": DOMICILE,
            "disaster": "令和８年見本台風",
            "struck_on": date(2026, 9, 12),
            "cause": "床上浸水",
            "dwelling_address": f"栃木県足利市通三丁目{number}",
            "degree": "half",
        } | changes
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.sync.execute(
            f"INSERT INTO issuance.disaster_damage ({', '.join(row)}) VALUES ({places})", *row.values()
        )

    async def koseki(self, number: str, people: Sequence[InKoseki]) -> None:
        """A koseki of these people; those of the register must have the same domicile there (`domiciled`)."""
        async with self.sync.transaction():
            await self.sync.execute(
                "INSERT INTO issuance.koseki (municipality_code, koseki_number, domicile, first_registrant) VALUES ($1, $2, $3, $4)",
                CITY, number, DOMICILE, f"足利　{people[0].given_name}",
            )  # fmt: skip
            await self._item(number, 1, None, "戸籍編製", [("編製日", "平成22年11月22日")])
            next_item = 2
            for position, one in enumerate(people, 1):
                await self.sync.execute(
                    "INSERT INTO issuance.koseki_member (municipality_code, koseki_number, position, koseki_person_number, "
                    "person_number, surname, given_name, birth_on, relationship, removed) "
                    "VALUES ($1, $2, $3, $4, $5, '足利', $6, $7, '長男', $8)",
                    CITY, number, position, one.koseki_person_number, one.person_number, one.given_name, BIRTH, one.removed,
                )  # fmt: skip
                for _ in range(one.items):
                    facts = [
                        ("出生日", "昭和55年4月1日"),
                        ("出生地", "栃木県足利市"),
                        ("届出人", f"父　{one.given_name}"),
                    ]
                    await self._item(number, next_item, position, "出生", facts)
                    next_item += 1

    async def _item(
        self, koseki: str, number: int, member: int | None, heading: str, facts: Sequence[tuple[str, str]]
    ) -> None:
        await self.sync.execute(
            "INSERT INTO issuance.koseki_item (municipality_code, koseki_number, item_number, member_position, heading) "
            "VALUES ($1, $2, $3, $4, $5)",
            CITY, koseki, number, member, heading,
        )  # fmt: skip
        for order, (label, content) in enumerate(facts, 1):
            await self.sync.execute(
                "INSERT INTO issuance.koseki_paragraph (municipality_code, koseki_number, item_number, paragraph_number, label, content) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                CITY, koseki, number, order, label, content,
            )  # fmt: skip

    async def domiciled(self, head: str, *persons: str) -> None:
        """Give these persons of the register the domicile of `head`'s koseki."""
        for person in (head, *persons):
            await self.city.registry.person(person, domicile=DOMICILE, first_registrant=f"足利　{head}")
        await self.city.project()

    async def stop(self, kind: Kind) -> None:
        """Stop a kind from now on."""
        staff = await self.city.database.connect("staff", CITY)
        await staff.execute(
            "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) VALUES ($1, $2, $3, 'ordered', 'test')",
            CITY, kind, self.city.clock.now,
        )  # fmt: skip

    async def card(self, person: str) -> UserCertificate:
        """A card with a serial of its own."""
        self._serials += 1
        return await self.city.credential(person, f"88{self._serials:06d}")

    def request(self, kind: Kind, card: UserCertificate, **changes: object) -> IssuanceRequest:
        """A request for one of these kinds."""
        return replace(self.city.request(card, kind=kind, persons="self"), **changes)  # type: ignore[arg-type]


async def open_kinds(city: City) -> Fed:
    """Fees and hours for every kind, and sources that were fed an hour ago."""
    staff = await city.database.connect("staff", CITY)
    for kind, yen in FEES.items():
        await staff.execute(
            "INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, $2, 'centre', '2020-01-01', $3)",
            CITY, kind, yen,
        )  # fmt: skip
        await staff.execute(
            "INSERT INTO issuance.service_hours SELECT $1, $2, d, '06:30', '23:00' FROM generate_series(1, 7) AS d",
            CITY, kind,
        )  # fmt: skip
    for kind in TAX_KINDS:
        await staff.execute(
            "INSERT INTO issuance.tax_year (municipality_code, kind, tax_year, offered_from) VALUES ($1, $2, 2026, '2026-06-10')",
            CITY, kind,
        )  # fmt: skip
    for source in SOURCES:
        await staff.execute(
            "INSERT INTO issuance.source VALUES ($1, $2, $3, $4)",
            CITY, source, city.clock.now - timedelta(hours=1), AGE_LIMIT,
        )  # fmt: skip
    return Fed(city, await city.database.connect("sync", CITY))
