"""What every room may ask of keys, wherever they are kept."""

from datetime import timedelta
from typing import Literal, Protocol

from keys.development_ca import is_demo_certificate
from keys.document_certified import DocumentCertified
from keys.document_key import DocumentKey
from keys.errors import DemoKeyInProduction, KeyNotFound
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey

__all__ = [
    "DocumentCertified",
    "DocumentKey",
    "KeyProvider",
    "Marker",
    "SecretKey",
    "StatementKey",
    "require_production",
]

Marker = Literal["demo", "production"]
"""What the keys were made for. It is readable without the passphrase, and bound to every wrapped key."""


class KeyProvider(Protocol):
    """Gives the keys of one installation."""

    @property
    def marker(self) -> Marker:
        """Whether these are demo or production keys."""
        ...

    def secret(self, purpose: Purpose, version: int | None = None) -> SecretKey:
        """Return the key of a version, even a retired one, or else the newest in force; raises KeyNotFound."""
        ...

    def versions(self, purpose: Purpose, *, begun_for: timedelta | None = ...) -> tuple[int, ...]:
        """Return the versions there are, newest first; with `begun_for`, those made and begun that long ago, ended or not."""
        ...

    def versions_in_force(self, purpose: Purpose) -> tuple[int, ...]:
        """Return those that may make something new now, newest first."""
        ...

    def document_signer(self) -> DocumentKey:
        """Return the document signing key with its certificate; raises KeyNotFound without either."""
        ...

    def document_certificates(self) -> tuple[DocumentCertified, ...]:
        """Return every certificate of a document signing key there is, past and coming ones too; nothing that signs."""
        ...

    def statement_signer(self, purpose: Purpose, version: int | None = None) -> StatementKey:
        """Return the key of a statement purpose by the rules of `secret`; raises KeyNotFound."""
        ...


def require_production(provider: KeyProvider) -> None:
    """Raise DemoKeyInProduction unless the keys, and the document certificate if any, are production ones."""
    if provider.marker != "production":
        raise DemoKeyInProduction
    try:
        certificate_der = provider.document_signer().certificate_der
    except KeyNotFound:
        return
    if is_demo_certificate(certificate_der):
        raise DemoKeyInProduction
