"""The files of the register of disaster damage (被災者台帳) as layouts: a record for each applicant and dwelling. docs/feeds.md shows them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from civil.disaster import DEGREES
from civil.sql import load
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity, action_of
from sync.feeds.items import LONGEST_NAME, Items
from sync.feeds.text_digest import text_digest

_CONTENT: Final = (
    "name", "birth_on", "birth_text", "address", "disaster", "struck_on", "cause", "dwelling_address", "degree", "reassessing_since",
)  # fmt: skip
_RECORD: Final = ("action", "damage_number", "person_number", *_CONTENT)
_LONGEST_TEXT: Final = 200
_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DamageRow:
    """One record, in the order of the columns of the temporary table; a deletion has no content."""

    line: int
    action: str
    damage_number: str
    person_number: str
    name: str | None = None
    birth_on: date | None = None
    birth_text: str | None = None
    address: str | None = None
    disaster: str | None = None
    struck_on: date | None = None
    cause: str | None = None
    dwelling_address: str | None = None
    degree: str | None = None
    reassessing_since: datetime | None = None


def _row(record: Items, layout: Layout) -> DamageRow:
    action, (number, person) = action_of(record, layout), _identity(record)
    if action == "delete":
        record.require_empty(_CONTENT)
        return DamageRow(record.line, action, number, person)
    birth = record.birth()
    return DamageRow(
        record.line,
        action,
        number,
        person,
        record.text("name", LONGEST_NAME),
        birth.on,
        birth.text,
        record.text("address", _LONGEST_TEXT),
        record.text("disaster", _LONGEST_TEXT),
        record.day("struck_on"),
        record.text("cause", _LONGEST_TEXT),
        record.text("dwelling_address", _LONGEST_TEXT),
        record.one_of("degree", *DEGREES),
        record.optional_instant("reassessing_since"),
    )


def _identity(record: Items) -> Identity:
    record.require_sound("damage_number", "person_number")
    number, person = record.texts["damage_number"], record.person()
    if _NUMBER.fullmatch(number) is None:
        raise record.refused(
            "damage_number", "英数字とハイフン40字以内です。 / It is at most 40 letters, digits and hyphens."
        )
    return Identity(number, person)


DISASTER: Final = FedSource(
    name="disaster",
    difference=Layout("kiosk-disaster-difference", HEADER, _RECORD),
    full=Layout("kiosk-disaster-full", HEADER, _RECORD),
    keys=Layout("kiosk-disaster-keys", HEADER, ("person_number", "digest")),
    columns=tuple(DamageRow.__dataclass_fields__),
    row=_row,
    identity=_identity,
    steps=(("remove", "full"), ("add", "now")),
    reasons={
        "twice": "同じものが2回あります。 / The same is there twice.",
        "has none": "その番号はその人にありません。前のファイルが抜けていませんか。 / The person has no such number: is a file before this one missing?",
        "of another person": "他の人の番号です。 / The number is another person's.",
    },
    statements=load("sync.feeds", "disaster.sql"),
    digest=text_digest,
    items=("person_number", *_CONTENT),
)
