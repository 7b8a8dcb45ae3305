"""Whom the front believes on the card path, from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cardauth.trust import CardTrust, RevocationChecker, RevocationSources, TrustAnchors
from civil.clock import Clock
from keys.provider import Marker
from kiosk_server.revocation_fetcher import HttpFetcher
from kiosk_server.settings import Settings


@asynccontextmanager
async def card_trust(settings: Settings, marker: Marker, clock: Clock) -> AsyncIterator[CardTrust | None]:
    """Trust in the CA generations of KIOSK_JPKI_CA, or None where it is not set. Raises AnchorsUnacceptable, SettingsInvalid."""
    if settings.jpki_ca is None:
        yield None
        return
    anchors = TrustAnchors.from_pem(settings.path("jpki_ca").read_bytes(), is_demo=marker == "demo")
    sources = RevocationSources(settings.jpki_ocsp_url, settings.jpki_crl_url)
    async with HttpFetcher() as fetcher:
        checker = RevocationChecker(sources, fetcher, clock)
        async with checker.lists.kept(anchors.generations):
            yield CardTrust(anchors, checker, clock)
