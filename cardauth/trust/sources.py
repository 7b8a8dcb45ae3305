"""Where the authority says which certificates are revoked, and what fetches that."""

from dataclasses import dataclass
from typing import Protocol

from civil.errors import KioskError


class FetchFailed(KioskError):
    """失効情報を取得できません。 / Revocation information could not be fetched."""


class Fetcher(Protocol):
    """Fetches small answers over HTTP, within its own limits of time and size."""

    async def get(self, url: str) -> bytes:
        """The body of an answer 200. Raises FetchFailed for everything else."""
        ...

    async def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """As `get`, with a body."""
        ...


@dataclass(frozen=True, slots=True)
class RevocationSources:
    """Addresses of the authority. ``{key_id}`` in the one of the lists stands for the generation (lower-case hex)."""

    ocsp_url: str | None
    crl_url: str | None

    def crl_of(self, key_id: str) -> str | None:
        """Where the list of this generation is."""
        return None if self.crl_url is None else self.crl_url.replace("{key_id}", key_id)
