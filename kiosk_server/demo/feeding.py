"""Seals, koseki, their 附票, tax records and damage of the demo: invented for everybody who has a PIN, and written as a feed would."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import asyncpg

from civil.calendar import attained
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from civil.sql import load
from kiosk_server.demo import city as demo_city
from kiosk_server.demo.city.koseki import DemoKoseki, Item, Resident, make_koseki
from kiosk_server.demo.damage_feeding import feed_damages
from kiosk_server.demo.provisioning import DsnForRole
from kiosk_server.demo.supplement_feeding import feed_supplements
from kiosk_server.demo.tax_feeding import feed_taxes
from pdf import draw_registered_seal

_SQL: Final = load("kiosk_server.demo", "feeding.sql")
_SOURCES: Final = ("seal", "koseki", "koseki_supplement", "tax", "disaster")
_SEAL_AGE: Final = 15
_MOST_LETTERS: Final = 6
_REGISTERED_ON: Final = date(2020, 4, 1)


async def feed(dsn: DsnForRole, city: demo_city.DemoCity, chosen: Sequence[str], now: datetime) -> None:
    """After the projection, as of ``now`` (UTC): what both registers say of a person is the same."""
    code = city.municipality_code
    persons = sorted({*chosen, *city.cases.values()})
    residents = await _as_staff(dsn, code, persons, now)
    connection = await asyncpg.connect(dsn("sync"))
    try:
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], code)
            await connection.execute(_SQL["lock"], code)
            await connection.executemany(_SQL["add_seal"], _seals(code, residents, set(persons), now))
            await feed_taxes(connection, city, residents, set(persons), now)
            await feed_damages(connection, city, residents, set(persons), now)
            kosekis = list(make_koseki(_with_domicile(residents), city.seed))
            for koseki in kosekis:
                await _add_koseki(connection, code, koseki, now)
            await feed_supplements(connection, code, kosekis, residents, city.seed, now)
    finally:
        await connection.close()


async def _as_staff(dsn: DsnForRole, code: str, persons: Sequence[str], now: datetime) -> list[asyncpg.Record]:
    """Say how old each source may be, and read the residents."""
    connection = await asyncpg.connect(dsn("staff"))
    try:
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], code)
            for source in _SOURCES:
                await connection.execute(_SQL["add_source"], code, source, now)
            return list(await connection.fetch(_SQL["residents"], code, list(persons)))
    finally:
        await connection.close()


def _seals(
    code: str, residents: Sequence[asyncpg.Record], persons: set[str], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for number, one in enumerate(residents, 1):
        birth = RecordedDate(one["birth_on"], one["birth_text"])
        if one["person_number"] in persons and attained(birth, _SEAL_AGE, demo_city.AS_OF):
            image = draw_registered_seal(_letters(one["alias"] or one["name"]))
            yield (
                code,
                one["person_number"],
                f"{number:07d}",
                _REGISTERED_ON + timedelta(days=number % 2000),
                one["name"],
                one["birth_on"],
                one["birth_text"],
                one["address"],
                image,
                sha256(image).digest(),
                now,
            )


def _letters(name: str) -> str:
    """What is carved: the letters of the name that the font of the seals draws."""
    letters = [letter for letter in name if not letter.isspace() and _is_common(letter)]
    return "".join(letters[:_MOST_LETTERS]) or "印"


def _is_common(letter: str) -> bool:
    try:
        letter.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def _with_domicile(residents: Sequence[asyncpg.Record]) -> Iterator[Resident]:
    for one in residents:
        if one["domicile"] is not None and one["first_registrant"] is not None:
            facts = {name: one[name] for name in Resident.__dataclass_fields__} | {"sex": Sex(one["sex"])}
            yield Resident(**facts)


async def _add_koseki(connection: asyncpg.Connection, code: str, koseki: DemoKoseki, now: datetime) -> None:
    number = koseki.koseki_number
    await connection.execute(_SQL["add_koseki"], code, number, koseki.domicile, koseki.first_registrant, now)
    members: list[tuple[Any, ...]] = []
    items: list[tuple[int | None, Item]] = [(None, item) for item in koseki.items]
    for position, one in enumerate(koseki.people, 1):
        surname, given_name = one.name.split("　")
        members.append(
            (
                code, number, position, one.koseki_person_number, one.person_number, surname, given_name,
                one.furigana.split("　")[-1] if one.furigana else None, one.birth_on, one.birth_text, one.spouse_kind,
                one.father, one.mother, one.relationship,
            )
        )  # fmt: skip
        items += [(position, item) for item in one.items]
    await connection.executemany(_SQL["add_member"], members)
    await _add_items(connection, code, number, items)


async def _add_items(
    connection: asyncpg.Connection, code: str, koseki: str, items: Sequence[tuple[int | None, Item]]
) -> None:
    numbered = list(enumerate(items, 1))
    await connection.executemany(
        _SQL["add_item"], [(code, koseki, number, member, heading) for number, (member, (heading, _)) in numbered]
    )
    await connection.executemany(
        _SQL["add_paragraph"],
        [
            (code, koseki, number, order, label, content)
            for number, (_, (_, paragraphs)) in numbered
            for order, (label, content) in enumerate(paragraphs, 1)
        ],
    )
