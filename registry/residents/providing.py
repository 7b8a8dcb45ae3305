"""提供・移転 (PIA R-30): the closed table of who may have which items under which law, and the one way in which items leave the register.

The 55 rows of 番号法別表第二 that the PIA names (lines 340-343), the inspections of 法11条・11条の2, and the departments of the city. There is no
function for anything else: who is not in the table, or asks for an item that its row does not name, is refused, and that is kept.
"""

import asyncio
import csv
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.errors import KioskError
from civil.sql import load
from registry.residents.extracting import Leaving, keep, listable
from registry.residents.inquiry_log import Inquirer
from registry.residents.person_record import ITEM_NAMES, HistoryRow, item_of
from registry.residents.reading import city_transaction, current_rows
from registry.residents.sampling import Listable, Scope
from registry.residents.typed_items import item_text

_SQL: Final = load("registry.residents", "ledgers.sql")
_AT_ONCE: Final = 500
HEAD_NAME: Final = "head_name"
_MEASURE: Final = "suppressed"
"""支援措置: told with whatever else is asked for, since whoever has the address must not tell it on."""
PROVIDED_NAMES: Final = MappingProxyType({**ITEM_NAMES, HEAD_NAME: "世帯主の氏名"})
"""The items that can be provided, by the name staff know them by."""


class Means(StrEnum):
    """How items leave."""

    NETWORK = "network"
    """情報提供ネットワークシステム: one person at a time, on an inquiry."""
    INSPECTION = "inspection"
    """閲覧: the lists of `ledgers`."""
    DEPARTMENT = "department"
    """庁内: a department's own ledger, or single persons."""


@dataclass(frozen=True, slots=True)
class Provision:
    """A row of the table: who, under which provision, which items, and of which ages (both included, None: any)."""

    id: str
    means: Means
    recipient: str
    basis: str
    items: tuple[str, ...]
    youngest: int | None
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What was provided: its number, the items, and a row of texts for each person."""

    extract_id: int
    items: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class NotProvided(KioskError):
    """提供できません。その相手・項目・対象者への提供を認める規定が、提供の表にありません(R-30)。断ったことは記録されました。 /
    Not provided: no provision of the table allows this recipient, item or person (R-30). The refusal is recorded."""


@cache
def provisions() -> Mapping[str, Provision]:
    """The table, by id, in its order."""
    text = resources.files("registry.residents").joinpath("data/provisions.csv").read_text(encoding="utf-8")
    rows = (_provision(row) for row in csv.DictReader(text.splitlines()))
    return MappingProxyType({one.id: one for one in rows})


async def provide(
    connection: asyncpg.Connection,
    municipality_code: str,
    provision_id: str,
    asker: Inquirer,
    now: datetime,
    *,
    items: Sequence[str] | None = None,
    persons: Sequence[str] | None = None,
    protected: Collection[str] = (),
) -> Extract:
    """Provide items of persons (all items of the provision, all residents of its ages, unless told), and keep that it was done.

    A department is told who is under a protective measure; over the network such a person is not provided but answered by hand.
    `protected` are persons whom another room protects. Takes a connection of role `registry` outside any transaction: what is refused is recorded too. Raises NotProvided.
    """
    provision = provisions().get(provision_id)
    async with city_transaction(connection, municipality_code):
        found = await _provided(connection, municipality_code, provision, items, persons, protected, now)
        if found is not None and provision is not None:
            return await _kept(connection, municipality_code, provision, found, asker, now)
        await connection.execute(
            _SQL["insert_refused"], municipality_code, now, asker.staff, asker.purpose, provision_id[:100], list(items or ()),
            list(persons or ()),
        )  # fmt: skip
    raise NotProvided


@dataclass(frozen=True, slots=True)
class _Found:
    items: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]
    is_everybody: bool


async def _provided(
    connection: asyncpg.Connection,
    city: str,
    provision: Provision | None,
    items: Sequence[str] | None,
    persons: Sequence[str] | None,
    protected: Collection[str],
    now: datetime,
) -> _Found | None:
    if provision is None or provision.means is Means.INSPECTION:
        return None
    if not set(items or ()) <= set(provision.items) or (persons is None and provision.means is Means.NETWORK):
        return None
    with_protected = provision.means is Means.DEPARTMENT
    people = await listable(connection, city, jst_date(now), with_protected=with_protected)
    left_out = frozenset[str]() if with_protected else protected
    in_scope = await asyncio.to_thread(_in_scope, people, provision, left_out)
    wanted = in_scope if persons is None else dict.fromkeys(persons)
    if not wanted or not wanted.keys() <= in_scope.keys():
        return None
    asked = tuple(item for item in provision.items if items is None or item in {*items, _MEASURE})
    return _Found(asked, await _texts(connection, city, asked, list(wanted), protected), persons is None)


def _in_scope(people: Sequence[Listable], provision: Provision, left_out: Collection[str]) -> dict[str, None]:
    scope = Scope(youngest=provision.youngest, oldest=provision.oldest)
    return dict.fromkeys(one.person_number for one in people if scope.has(one) and one.person_number not in left_out)


async def _texts(
    connection: asyncpg.Connection,
    city: str,
    items: Collection[str],
    persons: Sequence[str],
    protected: Collection[str],
) -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for begin in range(0, len(persons), _AT_ONCE):
        part = await current_rows(connection, city, persons[begin : begin + _AT_ONCE])
        heads = await _head_names(connection, city, part) if HEAD_NAME in items else {}
        texts |= await asyncio.to_thread(_texts_of, part, items, heads, protected)
    return {number: texts[number] for number in persons}


def _texts_of(
    people: Mapping[str, HistoryRow], items: Collection[str], heads: Mapping[str, str], protected: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for number, row in people.items():
        told: dict[str, object] = {HEAD_NAME: heads.get(row.record.household_number)}
        told |= {_MEASURE: True} if number in protected else {}
        texts[number] = tuple(item_text(told[item] if item in told else item_of(row.record, item)) for item in items)
    return texts


async def _head_names(connection: asyncpg.Connection, city: str, people: Mapping[str, HistoryRow]) -> Mapping[str, str]:
    households = {row.record.household_number for row in people.values()}
    rows = await connection.fetch(_SQL["head_names"], city, list(households))
    return {row["household_number"]: row["name"] for row in rows}


async def _kept(
    connection: asyncpg.Connection, city: str, provision: Provision, found: _Found, asker: Inquirer, now: datetime
) -> Extract:
    rows = tuple(found.rows.values())
    asked = json.dumps({"items": found.items, "persons": None if found.is_everybody else len(rows)})
    leaving = Leaving(provision.id, provision.basis, provision.recipient, asked, None, list(found.rows), rows)
    number, _ = await keep(connection, city, leaving, asker, now)
    return Extract(number, found.items, rows)


def _provision(row: Mapping[str, str]) -> Provision:
    youngest, oldest = (int(row[age]) if row[age] else None for age in ("youngest", "oldest"))
    items = tuple(row["items"].split("|"))
    return Provision(row["id"], Means(row["means"]), row["recipient"], row["basis"], items, youngest, oldest)
