"""The fake authority over HTTP on the loopback, and what a test does with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from aiohttp.test_utils import TestServer

from cardauth.trust import (
    CardTrust,
    CertificateRefused,
    Fetcher,
    RevocationChecker,
    RevocationPolicy,
    RevocationSources,
    RevocationUnknown,
    TrustAnchors,
)
from kiosk_server.demo.jpki import DemoJpki, Profile, issue_user_certificate
from kiosk_server.demo.jpki.generations import CaGeneration, authority_name, make_generation
from kiosk_server.demo.jpki.serving import Books, build_authority_app
from kiosk_server.revocation_fetcher import HttpFetcher
from tests.cardauth.card.cards import NOW, card_key, jpki

ISSUED = NOW - timedelta(days=365)
PROFILE = Profile(4242, ISSUED)
X400_ADDRESS = b"\xa3\x00"
"""A GeneralName of a kind that the library knows and does not read (DER)."""


@dataclass
class Clock:
    """A clock that stands where a test puts it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def certificate(ca: CaGeneration | None = None, *, key: str = "rsa", **changes: object) -> bytes:
    """A user certificate of the current generation, with what a test changes in its profile."""
    profile = replace(PROFILE, **changes)  # type: ignore[arg-type]  # tests name what they change
    return issue_user_certificate(ca or jpki().current, card_key(key), profile).der


@cache
def stranger() -> CaGeneration:
    """An authority with the very same name and key id as the current generation, and a key of its own."""
    return make_generation(jpki().current.key_id, 0x06D18006, NOW - timedelta(days=1000))


@cache
def real_looking() -> CaGeneration:
    """An authority whose name is not one of those for tests."""
    return make_generation("ab" * 20, 7, NOW - timedelta(days=1000), name=authority_name("Somebody else"))


@dataclass
class Authority:
    """The books, a checker that asks over HTTP, and trust in its generations."""

    books: Books
    clock: Clock
    trust: CardTrust
    checker: RevocationChecker
    sources: RevocationSources
    fetcher: Fetcher = field(repr=False)

    async def verdict(self, der: bytes) -> str:
        """`good`, `not known`, or the reason of the refusal."""
        try:
            await self.trust.require_unrevoked(self.trust.trusted(der))
        except CertificateRefused as refused:
            return refused.reason.value
        except RevocationUnknown:
            return "not known"
        return "good"

    async def fetched(self) -> None:
        """Wait for the fetch of the current generation's list that runs, or that is due."""
        key_id = self.books.jpki.current.key_id
        (ca,) = (one for one in anchors(self.books.jpki).generations if one.key_id == key_id)
        running = self.checker.lists.refresh(ca)
        if running is not None:
            await running

    def lists_sent(self, number: int) -> asyncio.Event:
        """Set once so many lists have been sent."""
        done = asyncio.Event()

        def count(raw: bytes) -> bytes:
            if self.books.asked.count("crl") >= number:
                done.set()
            return raw

        self.books.alter_crl = count
        return done

    def anew(self, policy: RevocationPolicy | None = None, **sources: str | None) -> "Authority":
        """The same authority as seen by a process that knows nothing yet."""
        given = replace(self.sources, **sources)
        checker = RevocationChecker(given, self.fetcher, self.clock, policy or RevocationPolicy())
        trust = CardTrust(anchors(self.books.jpki), checker, self.clock)
        return replace(self, trust=trust, checker=checker, sources=given)


def anchors(of: DemoJpki | None = None) -> TrustAnchors:
    return TrustAnchors.from_pem((of or jpki()).anchors_pem, is_demo=True)


@asynccontextmanager
async def open_authority() -> AsyncIterator[Authority]:
    clock = Clock()
    books = Books(jpki(), clock)
    server = TestServer(build_authority_app(books))
    await server.start_server()
    base = str(server.make_url("")).rstrip("/")
    sources = RevocationSources(f"{base}/ocsp", f"{base}/crl/{{key_id}}.crl")
    async with HttpFetcher() as fetcher:
        checker = RevocationChecker(sources, fetcher, clock)
        try:
            yield Authority(books, clock, CardTrust(anchors(), checker, clock), checker, sources, fetcher)
        finally:
            await server.close()
