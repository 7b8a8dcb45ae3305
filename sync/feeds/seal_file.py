"""The files of the seal register (印鑑登録原票) as layouts. docs/feeds.md shows them as a table."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

import asyncpg

from civil.sql import load
from keys.keyed_hash import keyed_hash
from keys.secret_key import SecretKey
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity
from sync.feeds.items import LONGEST_ADDRESS, LONGEST_NAME, Items

ACTIONS: Final = ("register", "change", "reregister", "delete")
_CONTENT: Final = ("registered_on", "name", "birth_on", "birth_text", "address", "image")
_RECORD: Final = ("action", "person_number", "registration_number", "replaces", *_CONTENT)
DIFFERENCE: Final = Layout("kiosk-seal-difference", HEADER, _RECORD)
FULL: Final = Layout("kiosk-seal-full", HEADER, _RECORD)
KEYS: Final = Layout("kiosk-seal-keys", HEADER, ("person_number", "digest"))

_LONGEST_NUMBER: Final = 20
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


def _row(record: Items, layout: Layout) -> SealRow:
    action = record.one_of("action", *(ACTIONS if layout.is_difference else ("register",)))
    person, number = record.person(), record.text("registration_number", _LONGEST_NUMBER)
    replaces = record.optional_text("replaces", _LONGEST_NUMBER)
    if (replaces is not None) != (action == "reregister"):
        raise record.refused(
            "replaces",
            "reregister のときだけ、前の登録番号を書きます。 / It is the number before, for reregister alone.",
        )
    if action == "delete":
        record.require_empty(_CONTENT)
        return SealRow(record.line, action, person, number, replaces)
    birth, image = record.birth(), _image(record)
    return SealRow(
        record.line,
        action,
        person,
        number,
        replaces,
        record.day("registered_on"),
        record.text("name", LONGEST_NAME),
        birth.on,
        birth.text,
        record.text("address", LONGEST_ADDRESS),
        image,
        hashlib.sha256(image).digest(),
    )


def _identity(record: Items) -> Identity:
    record.require_sound("person_number")
    return Identity(record.person(), record.person())


def _image(record: Items) -> bytes:
    image = record.octets("image", _MOST_IMAGE_BYTES)
    if not image.startswith(_PNG):
        raise record.refused("image", "PNG ではありません。 / It is not a PNG.")
    return image


@dataclass(frozen=True, slots=True)
class HeldSeal:
    """A registration as texts: dates are YYYY-MM-DD; of the birth either day or text may be empty."""

    person_number: str
    registration_number: str
    registered_on: str
    name: str
    birth_on: str
    birth_text: str
    address: str
    image_sha256: bytes


def seal_digest(key: SecretKey, municipality_code: str, seal: HeldSeal) -> bytes:
    """What the source writes beside each person: HMAC-SHA-256 under the shared key, so that the list tells nobody anything.

    City, then the items in their order, each after its length in bytes of UTF-8 (8 bytes, big-endian).
    """
    texts = (
        municipality_code,
        seal.person_number,
        seal.registration_number,
        seal.registered_on,
        seal.name,
        seal.birth_on,
        seal.birth_text,
        seal.address,
    )
    return keyed_hash(key, *(text.encode() for text in texts), seal.image_sha256)


def _held_digest(key: SecretKey, municipality_code: str, row: asyncpg.Record) -> bytes:
    return seal_digest(key, municipality_code, HeldSeal(**dict(row.items())))


SEAL: Final = FedSource(
    name="seal",
    difference=DIFFERENCE,
    full=FULL,
    keys=KEYS,
    columns=tuple(SealRow.__dataclass_fields__),
    row=_row,
    identity=_identity,
    steps=(("remove", "full"), ("change", "now"), ("add", "now")),
    reasons={
        "twice": "同じ番号が2回あります。 / The number is in the file twice.",
        "of another person": "他の人の登録番号です。 / The registration number is another person's.",
        "has one": "登録済みの人です。前のファイルが抜けていませんか。 / The person has a registration: is a file before this one missing?",
        "has not this one": "その人にその登録はありません。前のファイルが抜けていませんか。 / The person has no such registration: is a file before this one missing?",
    },
    statements=load("sync.feeds", "seal.sql"),
    digest=_held_digest,
    items=("registration_number", *_CONTENT),
)
