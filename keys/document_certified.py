"""A certificate of a document signing key with the dates between which documents are signed under it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DocumentCertified:
    """Certificate and those above it (DER, leaf's issuer first); in use from `not_before` to before `not_after` (aware)."""

    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    not_before: datetime
    not_after: datetime

    def in_force(self, instant: datetime) -> bool:
        """Whether a document of this instant may be signed under it."""
        return self.not_before <= instant < self.not_after
