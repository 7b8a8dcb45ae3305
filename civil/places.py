"""Places of the city the product is shown with: Ashikaga, municipality code 092029."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Town:
    """A town (町) with its postal code of 7 digits and its reading in full-width katakana."""

    postal_code: str
    name: str
    kana: str


@cache
def towns() -> Sequence[Town]:
    """Return the 115 towns of Ashikaga by postal code (日本郵便 郵便番号データ; see data/README.md)."""
    text = resources.files("civil").joinpath("data/ashikaga_towns.csv").read_text(encoding="utf-8")
    return tuple(Town(**row) for row in csv.DictReader(text.splitlines()))
