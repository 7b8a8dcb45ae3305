"""By which a town reaches the register: whoever is asked calls the functions that the screens call, and may be gone before it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import asyncpg

from registry.residents import (
    Draft,
    DueMoveOut,
    HistoryRow,
    IncomingPerson,
    OpenDraft,
    add_resident_codes,
    assign_numbers,
    city_transaction,
    draft,
    drafts_about,
    due_move_outs,
    household_members,
    load_initial,
    persons_as_of,
    turn_year,
)
from registry.residents.numbering import Subject
from tests.registry.office import KEYS

Call = Callable[..., Awaitable[Any]]
"""Takes a connection of role `registry` outside any transaction, the city, and what it is about."""


class Struck(Exception):
    """Whoever was asked is gone, and nobody knows whether it was done."""


class Desk(Protocol):
    """Somebody who calls a function of the register for the town."""

    async def ask(self, call: Call, *about: Any, **details: Any) -> Any:
        """Return what the call returns; raises what it raises, and Struck."""


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """Calls from this process, which nobody kills."""

    connection: asyncpg.Connection
    city: str

    async def ask(self, call: Call, *about: Any, **details: Any) -> Any:
        return await call(self.connection, self.city, *about, **details)


async def settled(connection: asyncpg.Connection, city: str, people: list[IncomingPerson], now: datetime) -> int:
    return (await load_initial(connection, city, people, KEYS, operator="移行", place="市民課", now=now)).persons


async def people_of(connection: asyncpg.Connection, city: str, at: datetime) -> dict[str, HistoryRow]:
    async with city_transaction(connection, city):
        return await persons_as_of(connection, city, at)


async def members_of(connection: asyncpg.Connection, city: str, household: str) -> tuple[HistoryRow, ...]:
    async with city_transaction(connection, city):
        return await household_members(connection, city, household)


async def due(connection: asyncpg.Connection, city: str, day: date) -> tuple[DueMoveOut, ...]:
    async with city_transaction(connection, city):
        return await due_move_outs(connection, city, day)


async def new_numbers(connection: asyncpg.Connection, city: str, subject: Subject, count: int) -> tuple[str, ...]:
    async with city_transaction(connection, city):
        return await assign_numbers(connection, city, subject, count)


async def codes_fetched(connection: asyncpg.Connection, city: str, codes: list[str]) -> None:
    async with city_transaction(connection, city):
        await add_resident_codes(connection, city, codes)


async def year_turned(connection: asyncpg.Connection, city: str, day: date) -> int:
    return await turn_year(connection, day)


async def waiting_about(connection: asyncpg.Connection, city: str, based_on: dict[str, int]) -> tuple[OpenDraft, ...]:
    async with city_transaction(connection, city):
        return await drafts_about(connection, city, based_on)


async def draft_as_it_stands(connection: asyncpg.Connection, city: str, draft_id: int) -> Draft:
    async with city_transaction(connection, city):
        return await draft(connection, city, draft_id)
