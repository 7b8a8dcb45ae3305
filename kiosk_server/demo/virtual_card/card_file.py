"""A virtual card as files: what is on it, and beside it the number of PIN tries left."""

import base64
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from civil.errors import KioskError
from kiosk_server.demo.jpki.issuing import CardPrivateKey
from kiosk_server.demo.virtual_card.contents import MOST_TRIES, Behaviour, CardContents
from kiosk_server.embedded.secret_file import write_secret


class NoSuchCard(KioskError):
    """そのカードはありません。kiosk card list で確かめてください。 / There is no such card. Look with kiosk card list."""


class FileCounter:
    """Tries left in a file of its own, written whole and flushed to the disk before a try is answered."""

    def __init__(self, path: Path) -> None:
        """Take the file; a card that was never tried has none yet."""
        self._path = path

    def read(self) -> int:
        """Tries left."""
        try:
            return min(int(self._path.read_text(encoding="ascii")), MOST_TRIES)
        except FileNotFoundError:
            return MOST_TRIES

    def write(self, left: int) -> None:
        """Keep it."""
        beside = self._path.with_suffix(".tries-new")
        with beside.open("w", encoding="ascii") as file:
            file.write(str(left))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def counter_of(card: Path) -> FileCounter:
    """The counter that belongs to a card file."""
    return FileCounter(card.with_suffix(".tries"))


def write_card(path: Path, contents: CardContents, behaviour: Behaviour | None = None) -> None:
    """Write the card (mode 0600): it holds a private key and a PIN, both invented."""
    pem = contents.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    values = {
        "certificate": base64.b64encode(contents.certificate).decode(),
        "ca_certificate": base64.b64encode(contents.ca_certificate).decode(),
        "private_key": pem.decode(),
        "pin": contents.pin,
        "label": contents.label,
        "behaviour": asdict(behaviour or Behaviour()),
    }
    write_secret(path, json.dumps(values, indent=1))


def read_card(path: Path) -> tuple[CardContents, Behaviour]:
    """Read what `write_card` wrote. Raises NoSuchCard."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        contents = CardContents(
            certificate=base64.b64decode(values["certificate"]),
            ca_certificate=base64.b64decode(values["ca_certificate"]),
            private_key=_key(values["private_key"]),
            pin=values["pin"],
            label=values["label"],
        )
        return contents, Behaviour(**values["behaviour"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoSuchCard from None


def _key(pem: str) -> CardPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("not a card's key")  # noqa: TRY004 - of the file
    return key
