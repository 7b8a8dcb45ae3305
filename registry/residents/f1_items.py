"""The 169 items of 住民基本台帳ファイル (F1): PIA 別添１, lines 2379-2398 of its text, with type, bound and where each is kept.

The PIA gives names and no types. Types and closed tables are ours: `docs/decisions/0051-items-of-the-register.md`.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType


class Kept(StrEnum):
    """Where an item is kept."""

    COLUMN = "column"
    """A column of `registry.person_history`, an item of `PersonRecord`."""
    FURTHER = "further"
    """A part of the column `further`: items that few people have."""
    EVENT = "event"
    """Said by the event that wrote the row, or by the one that removed the person."""
    HOUSEHOLD = "household"
    """Said by the row of the household's head."""
    HISTORY = "history"
    """The values an item had, read from the earlier rows."""


@dataclass(frozen=True, slots=True)
class F1Item:
    """One item: `item` as the source spells it, `name` as the program calls it, `values` its closed table or nothing."""

    id: str
    item: str
    source_line: int
    type: str
    kept: Kept
    name: str
    values: tuple[str, ...]


@cache
def f1_items() -> Sequence[F1Item]:
    """Return the items in the order of the source."""
    text = resources.files("registry.residents").joinpath("data/f1_items.csv").read_text(encoding="utf-8")
    return tuple(
        F1Item(
            row["id"], row["item"], int(row["source_line"]), row["type"], Kept(row["kept"]), row["name"],
            tuple(row["values"].split("|")) if row["values"] else (),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


FURTHER: Mapping[str, F1Item] = MappingProxyType({item.name: item for item in f1_items() if item.kept is Kept.FURTHER})
"""The items of the column `further`, by name, in the order of its parts."""
