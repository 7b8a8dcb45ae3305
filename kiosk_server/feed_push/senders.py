"""Who may push: client certificates that the city has put into a directory, one file for each sender."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from civil.errors import KioskError


class SenderUnreadable(KioskError):
    """送り手の証明書を読めません(PEM)。 / The certificate of a sender cannot be read (PEM)."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Of which city, and what its file is called."""

    municipality_code: str
    name: str


def senders_in(directories: Mapping[str, Path]) -> dict[bytes, Sender]:
    """Each sender by the SHA-256 of its certificate (DER), from the `*.pem` of each city's directory.

    A certificate in two directories may push for the last of them alone. Raises SenderUnreadable and OSError.
    """
    return {
        _sha256(path): Sender(city, path.stem)
        for city, directory in directories.items()
        for path in sorted(directory.glob("*.pem"))
    }


def _sha256(path: Path) -> bytes:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise SenderUnreadable(f"{path.name}: {SenderUnreadable()}") from None
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
