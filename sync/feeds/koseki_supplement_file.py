"""The files of the 戸籍の附票 as layouts: a koseki, everyone in it in order, and after each the addresses. docs/feeds.md shows them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from civil.sql import load
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, action_of
from sync.feeds.items import LONGEST_ADDRESS, LONGEST_NAME, Items
from sync.feeds.koseki_file import identity, koseki_number, member_numbers, require_once
from sync.feeds.text_digest import text_digest

_CONTENT: Final = ("domicile", "first_registrant")
_RECORD: Final = ("action", "koseki_number", *_CONTENT)
_PERSON: Final = ("koseki_person_number", "person_number", "name", "birth_on", "birth_text", "sex", "removed")
_PARTS: Final = {"M": _PERSON, "A": ("address", "since_on", "since_text")}


@dataclass(frozen=True, slots=True)
class SupplementRow:
    """One 附票; a deletion has no content. `persons` is JSON, in their order."""

    line: int
    action: str
    koseki_number: str
    domicile: str | None = None
    first_registrant: str | None = None
    persons: str | None = None


def _row(record: Items, layout: Layout) -> SupplementRow:
    action = action_of(record, layout)
    number = koseki_number(record)
    if action == "delete":
        record.require_empty(_CONTENT)
        return SupplementRow(record.line, action, number)
    persons = list(_persons(record))
    if not persons:
        raise record.refused("koseki_number", "1人以上の行が要ります。 / It has a line for at least one person.")
    require_once(record, persons)
    return SupplementRow(
        record.line,
        action,
        number,
        record.text("domicile", LONGEST_ADDRESS),
        record.text("first_registrant", LONGEST_NAME),
        json.dumps(persons),
    )


def _persons(record: Items) -> Iterator[dict[str, Any]]:
    """Everyone in their order; lines A belong to the line M before them."""
    person: dict[str, Any] | None = None
    for part in record.parts:
        if part.part == "M":
            if person is not None:
                yield person
            person = _person(part)
        elif person is None:
            raise part.refused("type", "先に M の行が要ります。 / A line M has to come first.")
        else:
            person["addresses"].append(_address(part))
    if person is not None:
        yield person


def _person(part: Items) -> dict[str, Any]:
    birth, sex = part.optional_date_of("birth"), part.one_of("sex", "0", "1", "2", "")
    return {
        **member_numbers(part),
        "name": part.text("name", LONGEST_NAME),
        "birth_on": birth and birth.on and birth.on.isoformat(),
        "birth_text": birth and birth.text,
        "sex": int(sex) if sex else None,
        "addresses": [],
    }


def _address(part: Items) -> dict[str, Any]:
    since = part.optional_date_of("since")
    return {
        "address": part.text("address", LONGEST_ADDRESS),
        "since_on": since and since.on and since.on.isoformat(),
        "since_text": since and since.text,
    }


KOSEKI_SUPPLEMENT: Final = FedSource(
    name="koseki_supplement",
    difference=Layout("kiosk-koseki_supplement-difference", HEADER, _RECORD, _PARTS),
    full=Layout("kiosk-koseki_supplement-full", HEADER, _RECORD, _PARTS),
    keys=Layout("kiosk-koseki_supplement-keys", HEADER, ("koseki_number", "digest")),
    columns=tuple(SupplementRow.__dataclass_fields__),
    row=_row,
    identity=identity,
    steps=(("remove", "full"), ("add", "now"), ("add_persons", None), ("add_addresses", None)),
    reasons={
        "twice": "同じ附票が2回あります。 / The 附票 is in the file twice.",
        "has none": "その附票はありません。前のファイルが抜けていませんか。 / There is no such 附票: is a file before this one missing?",
        "in two": "同じ人が2つの附票にいます。 / The same person lives in two of them.",
    },
    statements=load("sync.feeds", "koseki_supplement.sql"),
    digest=text_digest,
    subject="koseki",
    json_columns=frozenset({"persons"}),
    items=(*_CONTENT, "persons"),
)
