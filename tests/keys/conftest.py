from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from keys.development_ca import issue_document_certificate, make_development_ca
from keys.document_key import DocumentKey, DocumentPrivateKey
from keys.file_provider import FileKeyProvider, create_keys

PASSPHRASE = b"correct horse battery staple"


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def demo_keys(tmp_path: Path, clock: MovableClock) -> Path:
    """Give a directory with fresh demo keys."""
    directory = tmp_path / "keys"
    create_keys(directory, PASSPHRASE, marker="demo", clock=clock)
    return directory


@pytest.fixture
def open_keys(clock: MovableClock) -> Callable[[Path], FileKeyProvider]:
    """Give a way to open a key directory as a new process would."""
    return lambda directory: FileKeyProvider(directory, PASSPHRASE, clock=clock)


def document_key_of(private_key: DocumentPrivateKey) -> DocumentKey:
    """Give a private key a demo certificate."""
    now = MovableClock().now
    ca = make_development_ca("試験認証局 DEMO CA", now)
    certificate = issue_document_certificate(ca, private_key.public_key(), now)
    return DocumentKey(private_key, certificate.public_bytes(Encoding.DER), (ca.certificate_der,))


@pytest.fixture(scope="session")
def document_key() -> DocumentKey:
    """Give an elliptic curve document key with a demo certificate."""
    return document_key_of(ec.generate_private_key(ec.SECP256R1()))
