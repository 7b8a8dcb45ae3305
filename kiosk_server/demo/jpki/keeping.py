"""The demo's authority in the demo's directory: its generations with their keys, and what it has revoked."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from civil.clock import Clock
from kiosk_server.demo.city.credentials import ISSUER_KEY_ID
from kiosk_server.demo.directory import DemoDirectory, make_private
from kiosk_server.demo.jpki.generations import DemoJpki, make_demo_jpki, read_generations
from kiosk_server.demo.jpki.serving import Books
from kiosk_server.embedded.secret_file import write_secret

_REVOKED: Final = "revoked"
_GENERATIONS: Final = 2


def kept_jpki(directory: DemoDirectory, now: datetime) -> DemoJpki:
    """The authority of this demo, made at the first start: its current generation issued the cards of the demo city."""
    if not directory.jpki_ca.exists():
        make_private(directory.jpki)
        made = make_demo_jpki(ISSUER_KEY_ID, now)
        for number, generation in enumerate(made.generations, 1):
            write_secret(_file(directory, number, "pem"), generation.pem.decode())
            write_secret(_file(directory, number, "key"), generation.private_pem.decode())
        # Last: its being there says that the others are.
        write_secret(directory.jpki_ca, made.anchors_pem.decode())
    numbers = range(1, _GENERATIONS + 1)
    return read_generations(
        [
            (_file(directory, number, "pem").read_bytes(), _file(directory, number, "key").read_bytes())
            for number in numbers
        ]
    )


def revoke_card(directory: DemoDirectory, key_id: str, serial: str) -> None:
    """Have the authority say from now on that this certificate is revoked, because it was superseded."""
    directory.keep(
        _REVOKED, {**(directory.read(_REVOKED) or {}), f"{key_id}/{serial}": x509.ReasonFlags.superseded.value}
    )


class KeptBooks(Books):
    """Books that read what is revoked from the directory, each time they are asked."""

    def __init__(self, directory: DemoDirectory, jpki: DemoJpki, clock: Clock) -> None:
        """Take where it is kept."""
        super().__init__(jpki, clock)
        self._directory = directory

    def look(self) -> None:
        """Take over what was revoked meanwhile."""
        kept: Mapping[str, str] = self._directory.read(_REVOKED) or {}
        for name, reason in kept.items():
            key_id, _, serial = name.partition("/")
            self.revoked[key_id, int(serial)] = x509.ReasonFlags(reason)


def _file(directory: DemoDirectory, number: int, kind: str) -> Path:
    return directory.jpki / f"generation-{number}.{kind}"
