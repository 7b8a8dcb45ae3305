"""The files of the tax register (課税台帳) as layouts: a record for each person and tax year. docs/feeds.md shows them as a table."""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from civil.sql import load
from civil.tax_items import ITEMS
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity, action_of
from sync.feeds.items import LONGEST_ADDRESS, LONGEST_NAME, Items
from sync.feeds.text_digest import text_digest

_CONTENT: Final = ("name", "birth_on", "birth_text", "address", "address_on_january_1", "declared", "amounts")
_RECORD: Final = ("action", "person_number", "tax_year", *_CONTENT)
_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 2200
_AMOUNT: Final = re.compile(r"(?P<item>[a-z_0-9]+)=(?P<amount>-?(?:0|[1-9][0-9]{0,14}))", re.ASCII)


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One record, in the order of the columns of the temporary table; a deletion has no content. `amounts` is JSON."""

    line: int
    action: str
    person_number: str
    tax_year: int
    name: str | None = None
    birth_on: date | None = None
    birth_text: str | None = None
    address: str | None = None
    address_on_january_1: str | None = None
    declared: bool | None = None
    amounts: str | None = None


def _row(record: Items, layout: Layout) -> TaxRow:
    action, person, year = action_of(record, layout), record.person(), record.number("tax_year")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise record.refused("tax_year", "西暦の年度です。 / It is a western year.")
    if action == "delete":
        record.require_empty(_CONTENT)
        return TaxRow(record.line, action, person, year)
    birth = record.birth()
    return TaxRow(
        record.line,
        action,
        person,
        year,
        record.text("name", LONGEST_NAME),
        birth.on,
        birth.text,
        record.text("address", LONGEST_ADDRESS),
        record.text("address_on_january_1", LONGEST_ADDRESS),
        record.one_of("declared", "0", "1") == "1",
        json.dumps(_amounts(record)),
    )


def _identity(record: Items) -> Identity:
    record.require_sound("person_number", "tax_year")
    person = record.person()
    return Identity(f"{person}/{record.number('tax_year')}", person)


def _amounts(record: Items) -> dict[str, int]:
    """`item=amount` separated by semicolons, each item once."""
    amounts: dict[str, int] = {}
    for text in filter(None, record.texts["amounts"].split(";")):
        match = _AMOUNT.fullmatch(text)
        if match is None or match["item"] not in ITEMS or match["item"] in amounts:
            raise record.refused(
                "amounts", "項目=金額;… で、各項目は1回です。 / It is item=amount;… with each item once."
            )
        amounts[match["item"]] = int(match["amount"])
    return amounts


TAX: Final = FedSource(
    name="tax",
    difference=Layout("kiosk-tax-difference", HEADER, _RECORD),
    full=Layout("kiosk-tax-full", HEADER, _RECORD),
    keys=Layout("kiosk-tax-keys", HEADER, ("person_number", "digest")),
    columns=tuple(TaxRow.__dataclass_fields__),
    row=_row,
    identity=_identity,
    steps=(("remove", "full"), ("add", "now"), ("add_amounts", None)),
    reasons={
        "twice": "同じ人の同じ年度が2回あります。 / A person's year is in the file twice.",
        "has none": "その人のその年度はありません。前のファイルが抜けていませんか。 / The person has no such year: is a file before this one missing?",
    },
    statements=load("sync.feeds", "tax.sql"),
    digest=text_digest,
    json_columns=frozenset({"amounts"}),
    items=_CONTENT,
)
