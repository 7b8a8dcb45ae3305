"""The record of a ceremony: text for persons, signed by a key that only both persons together have."""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys.errors import RecordAltered
from keys.shares import record_key

_SALT: Final = "塩 / salt: "
_KEY: Final = "記録の鍵 / key of this record: "
_SIGNATURE: Final = "署名 / signature: "
_SALT_BYTES: Final = 16
_TITLE: Final = "鍵の儀式の記録 / Record of a key ceremony"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What is written down. `when` is aware; each line of `keys`, `checked` and `confirmed` is text for persons."""

    act: str
    when: datetime
    host: str
    program: str
    persons: tuple[str, str]
    keys: Sequence[str]
    checked: Sequence[str]
    confirmed: Sequence[str] = ()
    previous: str | None = None
    """SHA-256 (hexadecimal) of the record before, if there is one."""

    def __str__(self) -> str:
        return "\n".join(
            [
                _TITLE,
                f"行為 / act: {self.act}",
                f"日時 / when: {self.when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                f"機械 / machine: {self.host}",
                f"プログラム / program: {self.program}",
                f"立会人 / persons: {self.persons[0]}, {self.persons[1]}",
                *([] if self.previous is None else [f"前の記録 / record before: {self.previous}"]),
                "鍵 / keys (SHA-256 of a public key, or a check value of a secret one):",
                *(f"  {line}" for line in self.keys),
                "確かめたこと / checked:",
                *(f"  {place}. {line}" for place, line in enumerate(self.checked, start=1)),
                "確認 / confirmed:",
                *(f"  {line}" for line in self.confirmed),
                "",
            ]
        )


def signed_record(ceremony: Ceremony, passphrase: bytes) -> str:
    """The whole record, signed (Ed25519, RFC 8032) with the key that the joint passphrase makes."""
    salt = os.urandom(_SALT_BYTES)
    private = record_key(passphrase, salt)
    public = private.public_key().public_bytes_raw()
    text = f"{ceremony}{_SALT}{salt.hex()}\n{_KEY}{public.hex()}\n"
    return f"{text}{_SIGNATURE}{base64.b64encode(private.sign(text.encode())).decode()}\n"


def key_of_record(record: str) -> str:
    """The public key (64 hexadecimal digits) by which a record is signed as it says. Raises RecordAltered.

    Whose key that is, the record itself cannot prove: compare it with the printed copies, or use `is_of_shares`.
    """
    text, mark, signature = record.rpartition(_SIGNATURE)
    public = _line(text, _KEY)
    try:
        if not mark:
            raise RecordAltered
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(base64.b64decode(signature.rstrip("\n"), validate=True), text.encode())
    except (InvalidSignature, ValueError, binascii.Error):
        raise RecordAltered from None
    return public


def is_of_shares(record: str, passphrase: bytes) -> bool:
    """Whether the record was signed by those whose shares make this passphrase. Raises RecordAltered."""
    public = key_of_record(record)
    salt = bytes.fromhex(_line(record, _SALT))
    return record_key(passphrase, salt).public_key().public_bytes_raw().hex() == public


def digest_of_record(record: str) -> str:
    """By which the next record names this one."""
    return hashlib.sha256(record.encode()).hexdigest()


def _line(text: str, label: str) -> str:
    found = [line.removeprefix(label) for line in text.splitlines() if line.startswith(label)]
    if len(found) != 1:
        raise RecordAltered
    return found[0]
