"""Compares the live F6 with the registry (整合処理, S2-4), both ways, deletions included, by digests of ever smaller parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.sql import load
from reconcile import Comparison, RangeDigest, RecordDigest, compare, differing_ranges
from sync.errors import CityNotSet

_SQL: Final = load("sync", "reconciliation.sql")
RANGE_BITS: Final = 12
"""4,096 ranges: some 40 persons of a city of 150,000 in each."""

ITEMS: Final = (
    "name", "birth_on", "birth_text", "sex", "head_name", "relationship", "domicile", "first_registrant", "resident_since_on",
    "resident_since_text", "address", "address_since_on", "address_since_text", "address_notified_on", "previous_address",
    "nationality", "foreign_resident_since_on", "foreign_resident_since_text", "article_30_45_category", "article_30_45_status",
    "article_30_45_period", "article_30_45_expires_on", "article_30_45_card_number", "alias", "my_number_index",
    "my_number_key_version", "furigana", "former_surname", "former_surname_furigana", "alias_furigana", "address_before_move",
    "household_number", "member_order", "is_head", "planned_move_out_on", "person_sequence", "household_sequence", "suppressed",
)  # fmt: skip
"""What `registry.register_side` and `issuance.record_side` give of each person, in their order."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides that are compared, the one that is right first; all that another derived file needs besides its items.

    `ranges` and `keys` are statements as those of reconciliation.sql; `beside` is what they take after city, bits and ranges.
    """

    sides: tuple[str, str]
    ranges: str
    keys: str
    beside: tuple[str, ...] = ()


_REGISTER: Final = Pair(("register", "record"), _SQL["ranges"], _SQL["keys"])


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which keys (宛名番号) differ at one moment, and how many each side holds of what was asked for."""

    in_register: int
    in_records: int
    comparison: Comparison


async def compare_with_registry(connection: asyncpg.Connection, ranges: Sequence[int] | None = None) -> Comparison:
    """Compare the city of this transaction (`kiosk.municipality`), as `sync`; keys are 宛名番号. As `narrow`."""
    return (await narrow(connection, ranges)).comparison


async def narrow(
    connection: asyncpg.Connection, ranges: Sequence[int] | None = None, pair: Pair = _REGISTER
) -> Narrowed:
    """Compare the city of this transaction, or some of its 4,096 ranges, as `sync`; F6 with the register unless another pair is told.

    `missing`: in the register and not in F6. `extra`: in F6 and no longer in the register. `different`: another content,
    suppression, key or sequence; whoever is protected though not in the register counts by that alone. What the projection has
    not applied yet differs too. In a transaction of `repeatable read` both steps see one moment; in another, a change
    between them may hide or show a difference. Raises CityNotSet if the transaction names no city.
    """
    city = await connection.fetchval(_SQL["city"])
    if city is None:
        raise CityNotSet
    first, second = await _range_digests(connection, city, ranges, pair)
    counts = [sum(one.count for one in side.values()) for side in (first, second)]
    differing = differing_ranges(first, second)
    found = await _compared(connection, city, differing, pair) if differing else Comparison((), (), ())
    return Narrowed(counts[0], counts[1], found)


async def _range_digests(
    connection: asyncpg.Connection, city: str, ranges: Sequence[int] | None, pair: Pair
) -> Sequence[Mapping[int, RangeDigest]]:
    sides: dict[str, dict[int, RangeDigest]] = {side: {} for side in pair.sides}
    for row in await connection.fetch(pair.ranges, city, RANGE_BITS, ranges, *pair.beside):
        sides[row["side"]][row["range"]] = RangeDigest(row["count"], row["digest"])
    return tuple(sides.values())


async def _compared(connection: asyncpg.Connection, city: str, ranges: Sequence[int], pair: Pair) -> Comparison:
    sides: dict[str, list[RecordDigest]] = {side: [] for side in pair.sides}
    async for row in connection.cursor(pair.keys, city, RANGE_BITS, ranges, *pair.beside, prefetch=1000):
        sides[row["side"]].append(RecordDigest(row["key"], row["digest"]))
    return compare(*sides.values())
