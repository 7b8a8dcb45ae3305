"""The files of the koseki register (戸籍) as layouts: a koseki, its members in order, its items with their paragraphs. docs/feeds.md shows them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from civil.sql import load
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity, action_of
from sync.feeds.items import LONGEST_ADDRESS, LONGEST_NAME, Items
from sync.feeds.text_digest import text_digest

_CONTENT: Final = ("domicile", "first_registrant", "pending_since")
_RECORD: Final = ("action", "koseki_number", *_CONTENT)
_PARENTS: Final = ("father", "mother", "adoptive_father", "adoptive_mother")
_MEMBER: Final = (
    "koseki_person_number", "person_number", "surname", "given_name", "given_name_furigana", "birth_on", "birth_text", "spouse_kind",
    *_PARENTS, "relationship", "removed",
)  # fmt: skip
_PARTS: Final = {"M": _MEMBER, "I": ("member", "heading"), "P": ("label", "content")}
_LONGEST_NUMBER: Final = 40
_LONGEST_CONTENT: Final = 2_000


@dataclass(frozen=True, slots=True)
class KosekiRow:
    """One koseki; a deletion has no content. `members` and `items` are JSON, in their order."""

    line: int
    action: str
    koseki_number: str
    domicile: str | None = None
    first_registrant: str | None = None
    pending_since: datetime | None = None
    members: str | None = None
    items: str | None = None


def koseki_number(record: Items) -> str:
    """The item `koseki_number`, as it is."""
    return record.text("koseki_number", _LONGEST_NUMBER)


def identity(record: Items) -> Identity:
    """A koseki is named, and locked, by its number."""
    record.require_sound("koseki_number")
    return Identity(koseki_number(record), koseki_number(record))


def require_once(record: Items, people: Iterable[Mapping[str, Any]]) -> None:
    """Nobody is twice in one koseki."""
    numbers = [person["koseki_person_number"] for person in people]
    if len(set(numbers)) < len(numbers):
        raise record.refused("koseki_number", "同じ人が2回あります。 / Somebody is in it twice.")


def member_numbers(member: Items) -> dict[str, Any]:
    """How a member is named across koseki, and in the register of residents, where they are in it."""
    return {
        "koseki_person_number": member.text("koseki_person_number", _LONGEST_NUMBER),
        "person_number": member.person() if member.texts["person_number"] else None,
        "removed": member.one_of("removed", "0", "1") == "1",
    }


def _row(record: Items, layout: Layout) -> KosekiRow:
    action = action_of(record, layout)
    number = koseki_number(record)
    if action == "delete":
        record.require_empty(_CONTENT)
        return KosekiRow(record.line, action, number)
    members = [_member(part) for part in record.parts if part.part == "M"]
    if not members:
        raise record.refused("koseki_number", "1人以上の行が要ります。 / It has a line for at least one member.")
    require_once(record, members)
    return KosekiRow(
        record.line,
        action,
        number,
        record.text("domicile", LONGEST_ADDRESS),
        record.text("first_registrant", LONGEST_NAME),
        record.optional_instant("pending_since"),
        json.dumps(members),
        json.dumps(list(_items(record, len(members)))),
    )


def _member(member: Items) -> dict[str, Any]:
    birth = member.birth()
    return {
        **member_numbers(member),
        "surname": member.text("surname", LONGEST_NAME),
        "given_name": member.text("given_name", LONGEST_NAME),
        "given_name_furigana": member.optional_text("given_name_furigana", LONGEST_NAME),
        "birth_on": birth.on and birth.on.isoformat(),
        "birth_text": birth.text,
        "spouse_kind": member.one_of("spouse_kind", "夫", "妻", "") or None,
        **{parent: member.optional_text(parent, LONGEST_NAME) for parent in _PARENTS},
        "relationship": member.text("relationship", LONGEST_NAME),
    }


def _items(record: Items, members: int) -> Iterator[dict[str, Any]]:
    """The items in their order; lines P belong to the line I before them."""
    item: dict[str, Any] | None = None
    for part in record.parts:
        if part.part == "I":
            if item is not None:
                yield item
            item = {
                "member": _of_member(part, members),
                "heading": part.text("heading", LONGEST_NAME),
                "paragraphs": [],
            }
        elif part.part == "P":
            if item is None:
                raise part.refused("type", "先に I の行が要ります。 / A line I has to come first.")
            paragraph = {"label": part.text("label", LONGEST_NAME), "content": part.text("content", _LONGEST_CONTENT)}
            item["paragraphs"].append(paragraph)
    if item is not None:
        yield item


def _of_member(part: Items, members: int) -> int | None:
    if not part.texts["member"]:
        return None
    number = part.number("member")
    if not 1 <= number <= members:
        raise part.refused("member", "その番目の人がいません。 / There is no member of that place.")
    return number


KOSEKI: Final = FedSource(
    name="koseki",
    difference=Layout("kiosk-koseki-difference", HEADER, _RECORD, _PARTS),
    full=Layout("kiosk-koseki-full", HEADER, _RECORD, _PARTS),
    keys=Layout("kiosk-koseki-keys", HEADER, ("koseki_number", "digest")),
    columns=tuple(KosekiRow.__dataclass_fields__),
    row=_row,
    identity=identity,
    steps=(("remove", "full"), ("add", "now"), ("add_members", None), ("add_items", None), ("add_paragraphs", None)),
    reasons={
        "twice": "同じ戸籍が2回あります。 / The koseki is in the file twice.",
        "has none": "その戸籍はありません。前のファイルが抜けていませんか。 / There is no such koseki: is a file before this one missing?",
        "in two": "同じ人が2つの戸籍にいます。 / The same person lives in two koseki.",
    },
    statements=load("sync.feeds", "koseki.sql"),
    digest=text_digest,
    subject="koseki",
    json_columns=frozenset({"members", "items"}),
    items=(*_CONTENT, "members", "items"),
)
