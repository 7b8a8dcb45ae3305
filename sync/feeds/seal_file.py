"""The files of the seal register (印鑑登録原票) as layouts. docs/feeds.md shows them as a table."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from civil.recorded_date import RecordedDate, UnacceptableDate
from sync.feeds.envelope import EnvelopeReader, Layout
from sync.feeds.items import Items

SOURCE: Final = "seal"
ACTIONS: Final = ("register", "change", "reregister", "delete")
_CONTENT: Final = ("registered_on", "name", "birth_on", "birth_text", "address", "image")
_RECORD: Final = ("action", "person_number", "registration_number", "replaces", *_CONTENT)
DIFFERENCE: Final = Layout("kiosk-seal-difference", ("file_number", "as_of"), _RECORD)
FULL: Final = Layout("kiosk-seal-full", ("file_number", "as_of"), _RECORD)
KEYS: Final = Layout("kiosk-seal-keys", ("file_number", "as_of"), ("person_number", "digest"))

_LONGEST_NUMBER: Final = 20
_LONGEST_NAME: Final = 100
_LONGEST_ADDRESS: Final = 200
_MOST_IMAGE_BYTES: Final = 65_536
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class SealRow:
    """One record, in the order of the columns of the temporary table; a deletion has no content."""

    line: int
    action: str
    person_number: str
    registration_number: str
    replaces: str | None
    registered_on: date | None = None
    name: str | None = None
    birth_on: date | None = None
    birth_text: str | None = None
    address: str | None = None
    image: bytes | None = None
    image_sha256: bytes | None = None


COLUMNS: Final = tuple(SealRow.__dataclass_fields__)


def seal_rows(reader: EnvelopeReader) -> Iterator[SealRow]:
    """Each record of a difference or a full file, checked by itself. Raises FileRefused."""
    accepted = ACTIONS if reader.layout is DIFFERENCE else ("register",)
    for record in reader.records():
        yield _row(record, accepted)


def _row(record: Items, accepted: tuple[str, ...]) -> SealRow:
    action = record.one_of("action", *accepted)
    person, number = record.digits("person_number"), record.text("registration_number", _LONGEST_NUMBER)
    replaces = record.optional_text("replaces", _LONGEST_NUMBER)
    if not person:
        raise record.refused("person_number", "空です。 / It is empty.")
    if (replaces is not None) != (action == "reregister"):
        raise record.refused(
            "replaces",
            "reregister のときだけ、前の登録番号を書きます。 / It is the number before, for reregister alone.",
        )
    if action == "delete":
        _require_no_content(record)
        return SealRow(record.line, action, person, number, replaces)
    birth, image = _birth(record), _image(record)
    return SealRow(
        record.line,
        action,
        person,
        number,
        replaces,
        record.day("registered_on"),
        record.text("name", _LONGEST_NAME),
        birth.on,
        birth.text,
        record.text("address", _LONGEST_ADDRESS),
        image,
        hashlib.sha256(image).digest(),
    )


def _require_no_content(record: Items) -> None:
    for item in _CONTENT:
        if record.texts[item]:
            raise record.refused(item, "delete では空にします。 / It is empty for delete.")


def _birth(record: Items) -> RecordedDate:
    try:
        return RecordedDate(record.optional_day("birth_on"), record.optional_text("birth_text", _LONGEST_NUMBER))
    except UnacceptableDate as error:
        raise record.refused("birth_text", str(error)) from None


def _image(record: Items) -> bytes:
    image = record.octets("image", _MOST_IMAGE_BYTES)
    if not image.startswith(_PNG):
        raise record.refused("image", "PNG ではありません。 / It is not a PNG.")
    return image
