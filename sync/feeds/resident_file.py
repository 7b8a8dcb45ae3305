"""The files of a resident register (住民基本台帳) of another system as layouts: a record for each resident. docs/feeds.md shows them."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from civil.sql import load
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity, action_of
from sync.feeds.items import LONGEST_ADDRESS, LONGEST_NAME, Items
from sync.feeds.text_digest import text_digest

_NAMES: Final = (
    "furigana",
    "former_surname",
    "former_surname_furigana",
    "alias",
    "alias_furigana",
    "relationship",
    "head_name",
    "first_registrant",
)
_ADDRESSES: Final = ("domicile", "previous_address", "address_before_move")
_DATES: Final = ("resident_since", "address_since", "foreign_resident_since")
_DAYS: Final = ("address_notified_on", "planned_move_out_on")
_RESIDENCE: Final = {
    "category": "article_30_45_category",
    "status": "residence_status",
    "period": "residence_period",
    "card_number": "residence_card_number",
}
_CONTENT: Final = (
    "household_number", "member_order", "is_head", "name", "furigana", "former_surname", "former_surname_furigana", "alias",
    "alias_furigana", "birth_on", "birth_text", "sex", "relationship", "head_name", "domicile", "first_registrant", "resident_since_on",
    "resident_since_text", "address", "address_since_on", "address_since_text", "address_notified_on", "previous_address",
    "address_before_move", "nationality", "foreign_resident_since_on", "foreign_resident_since_text", "article_30_45_category",
    "residence_status", "residence_period", "residence_expires_on", "residence_card_number", "planned_move_out_on", "suppressed",
)  # fmt: skip
_RECORD: Final = ("action", "person_number", *_CONTENT)
_MOST_MEMBERS: Final = 999


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """One resident, in the order of the columns of the temporary table; a deletion has no content."""

    line: int
    action: str
    person_number: str
    household_number: str | None = None
    member_order: int | None = None
    is_head: bool | None = None
    name: str | None = None
    furigana: str | None = None
    former_surname: str | None = None
    former_surname_furigana: str | None = None
    alias: str | None = None
    alias_furigana: str | None = None
    birth_on: date | None = None
    birth_text: str | None = None
    sex: int | None = None
    relationship: str | None = None
    head_name: str | None = None
    domicile: str | None = None
    first_registrant: str | None = None
    resident_since_on: date | None = None
    resident_since_text: str | None = None
    address: str | None = None
    address_since_on: date | None = None
    address_since_text: str | None = None
    address_notified_on: date | None = None
    previous_address: str | None = None
    address_before_move: str | None = None
    nationality: str | None = None
    foreign_resident_since_on: date | None = None
    foreign_resident_since_text: str | None = None
    article_30_45: str | None = None
    planned_move_out_on: date | None = None
    suppressed: bool | None = None


def _row(record: Items, layout: Layout) -> ResidentRow:
    action, person = action_of(record, layout), record.person()
    if action == "delete":
        record.require_empty(_CONTENT)
        return ResidentRow(record.line, action, person)
    return ResidentRow(record.line, action, person, **_place(record), **_texts(record), **_dates(record))


def _place(record: Items) -> dict[str, Any]:
    """Where the resident stands in the household; what stands against showing them."""
    order = record.number("member_order")
    if order > _MOST_MEMBERS:
        raise record.refused("member_order", f"{_MOST_MEMBERS}までです。 / It is at most {_MOST_MEMBERS}.")
    return {
        "household_number": _household(record),
        "member_order": order,
        "is_head": record.one_of("is_head", "0", "1") == "1",
        "sex": int(record.one_of("sex", "0", "1", "2")),
        "suppressed": record.one_of("suppressed", "0", "1") == "1",
    }


def _texts(record: Items) -> dict[str, Any]:
    texts: dict[str, Any] = {item: record.optional_text(item, LONGEST_NAME) for item in _NAMES}
    texts |= {item: record.optional_text(item, LONGEST_ADDRESS) for item in _ADDRESSES}
    return texts | {
        "name": record.text("name", LONGEST_NAME),
        "address": record.text("address", LONGEST_ADDRESS),
        "nationality": record.optional_text("nationality", LONGEST_NAME),
        "article_30_45": _article_30_45(record),
    }


def _article_30_45(record: Items) -> str | None:
    """法30条の45の区分 with what goes with it, in JSON as the issuance record has it."""
    told = {name: record.optional_text(item, LONGEST_NAME) for name, item in _RESIDENCE.items()}
    expires = record.optional_day("residence_expires_on")
    told["expires_on"] = expires.isoformat() if expires else None
    if told["category"] is None and any(told.values()):
        raise record.refused("article_30_45_category", "空です。 / It is empty.")
    return json.dumps(told) if told["category"] else None


def _dates(record: Items) -> dict[str, Any]:
    birth = record.birth()
    dates: dict[str, Any] = {"birth_on": birth.on, "birth_text": birth.text}
    for what in _DATES:
        since = record.optional_date_of(what)
        dates |= {f"{what}_on": since and since.on, f"{what}_text": since and since.text}
    return dates | {day: record.optional_day(day) for day in _DAYS}


def _household(record: Items) -> str:
    number = record.digits("household_number")
    if not number:
        raise record.refused("household_number", "空です。 / It is empty.")
    return number


def _identity(record: Items) -> Identity:
    """Whose household it is has to be known too: where a member cannot be read, nobody of it is issued."""
    record.require_sound("person_number", "household_number")
    return Identity(f"{_household(record)}/{record.person()}", record.person())


RESIDENT: Final = FedSource(
    name="resident",
    difference=Layout("kiosk-resident-difference", HEADER, _RECORD),
    full=Layout("kiosk-resident-full", HEADER, _RECORD),
    keys=Layout("kiosk-resident-keys", HEADER, ("person_number", "digest")),
    columns=tuple(ResidentRow.__dataclass_fields__),
    row=_row,
    identity=_identity,
    steps=(
        ("remove", None), ("move", None), ("put", None), ("put_extension", None), ("put_key", "now"), ("move_households", "now"),
        ("suppress", "now"), ("lift", None),
    ),
    reasons={
        "twice": "同じ人が2回あります。 / The person is in the file twice.",
        "has none": "その人はいません。前のファイルが抜けていませんか。 / There is no such person: is a file before this one missing?",
        "registry here": "この市区町村の住民は当方の住民基本台帳にあります。ファイルでは受け取れません。 / The residents of this city are in our own registry, and cannot come from files.",
    },
    statements=load("sync.feeds", "resident.sql"),
    digest=text_digest,
    json_columns=frozenset({"article_30_45"}),
    items=tuple(item for item in _CONTENT if not item.startswith("residence_")),
)  # fmt: skip
