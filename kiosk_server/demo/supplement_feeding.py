"""附票 of the demo's koseki, written as a feed would."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.sql import load
from kiosk_server.demo.city.koseki import DemoKoseki
from kiosk_server.demo.city.koseki_supplement import InSupplement, Lived, make_supplement

_SQL: Final = load("kiosk_server.demo", "supplement_feeding.sql")


async def feed_supplements(
    connection: asyncpg.Connection,
    code: str,
    kosekis: Iterable[DemoKoseki],
    residents: Sequence[asyncpg.Record],
    seed: int,
    now: datetime,
) -> None:
    """One for each koseki, as of ``now`` (UTC), in the transaction that ``connection`` (role `sync`) has open."""
    lived = {
        one["person_number"]: Lived(**{name: one[name] for name in Lived.__dataclass_fields__}) for one in residents
    }
    for koseki in kosekis:
        await connection.execute(
            _SQL["add_supplement"], code, koseki.koseki_number, koseki.domicile, koseki.first_registrant, now
        )
        people = make_supplement(koseki, lived, seed)
        await connection.executemany(_SQL["add_person"], _persons(code, koseki.koseki_number, people))
        await connection.executemany(_SQL["add_address"], _addresses(code, koseki.koseki_number, people))


def _persons(code: str, koseki: str, people: Sequence[InSupplement]) -> list[tuple[Any, ...]]:
    return [
        (
            code, koseki, position, one.person.koseki_person_number, one.person.person_number, one.person.name,
            one.person.birth_on, one.person.birth_text, one.sex,
        )
        for position, one in enumerate(people, 1)
    ]  # fmt: skip


def _addresses(code: str, koseki: str, people: Sequence[InSupplement]) -> list[tuple[Any, ...]]:
    return [
        (code, koseki, position, number, at.address, at.since_on, at.since_text)
        for position, one in enumerate(people, 1)
        for number, at in enumerate(one.addresses, 1)
    ]
