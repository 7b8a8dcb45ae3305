"""Making an invented card for the demo city: a key, a certificate of the demo's authority, and a PIN of its own."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.cli.running_demo import NotTold
from kiosk_server.demo.directory import DemoDirectory, make_private
from kiosk_server.demo.jpki import Profile, issue_user_certificate
from kiosk_server.demo.jpki.issuing import CardPrivateKey
from kiosk_server.demo.jpki.keeping import kept_jpki
from kiosk_server.demo.virtual_card import CardContents
from kiosk_server.demo.virtual_card.card_file import write_card

_SERIAL: Final = re.compile(r"[1-9][0-9]{0,40}", re.ASCII)
_PIN: Final = re.compile(r"[0-9]{4}", re.ASCII)
_SINCE: Final = timedelta(days=30)
_RSA_BITS: Final = 2048


class CardMiswritten(KioskError):
    """番号は十進数で先頭に 0 を付けず、カードの暗証番号は数字4桁です。 /
    A serial is decimal without leading zeros, and a card's PIN has four digits."""


def make_card(directory: DemoDirectory, serial: str, generation: int, key: str, pin: str) -> Path:
    """Write the card under its serial. Raises CardMiswritten, NotTold where no demo has ever run."""
    if directory.read("city") is None:
        raise NotTold(
            "先に kiosk up --demo を起動してください(場所が違うときは --data-dir)。 / "
            "Start kiosk up --demo first (and name its --data-dir if it has another one)."
        )
    if _SERIAL.fullmatch(serial) is None or _PIN.fullmatch(pin) is None:
        raise CardMiswritten
    now = utc_now()
    ca = kept_jpki(directory, now).generations[generation - 1]
    issued = issue_user_certificate(ca, _new_key(key), Profile(int(serial), now - _SINCE))
    contents = CardContents(issued.der, ca.certificate.public_bytes(Encoding.DER), issued.private_key, pin)
    make_private(directory.cards)
    path = directory.cards / f"{serial}.json"
    write_card(path, contents)
    path.with_suffix(".tries").unlink(missing_ok=True)
    return path


def _new_key(kind: str) -> CardPrivateKey:
    if kind == "p384":
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
