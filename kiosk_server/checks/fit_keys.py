"""The keys behind a gate: a process that is not fit has no key to sign documents with."""

from datetime import timedelta

from keys.document_certified import DocumentCertified
from keys.document_key import DocumentKey
from keys.provider import KeyProvider, Marker
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from kiosk_server.checks.fit_service import require_fit_now
from kiosk_server.checks.fitness import Fitness


class FitKeys:
    """`KeyProvider` whose document and statement keys are there only while the process is fit: what it had begun is not signed."""

    def __init__(self, keys: KeyProvider, fitness: Fitness) -> None:
        self._keys = keys
        self._fitness = fitness

    @property
    def marker(self) -> Marker:
        """As the provider."""
        return self._keys.marker

    def secret(self, purpose: Purpose, version: int | None = None) -> SecretKey:
        """As the provider."""
        return self._keys.secret(purpose, version)

    def versions(self, purpose: Purpose, *, begun_for: timedelta | None = None) -> tuple[int, ...]:
        """As the provider."""
        return self._keys.versions(purpose, begun_for=begun_for)

    def versions_in_force(self, purpose: Purpose) -> tuple[int, ...]:
        """As the provider."""
        return self._keys.versions_in_force(purpose)

    def document_signer(self) -> DocumentKey:
        """As the provider. Raises ``Refusal`` (busy) while the process is not fit."""
        require_fit_now(self._fitness)
        return self._keys.document_signer()

    def document_certificates(self) -> tuple[DocumentCertified, ...]:
        """As the keys say."""
        return self._keys.document_certificates()

    def statement_signer(self, purpose: Purpose, version: int | None = None) -> StatementKey:
        """As the provider. Raises ``Refusal`` (busy) while the process is not fit."""
        require_fit_now(self._fitness)
        return self._keys.statement_signer(purpose, version)
