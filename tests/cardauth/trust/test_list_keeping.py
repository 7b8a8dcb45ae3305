"""The list that is kept carries over an authority that hangs, and is fetched once for everybody."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cardauth.trust import Fetcher
from tests.cardauth.card.cards import NOW, jpki
from tests.cardauth.trust.authority import Authority, anchors, certificate


@dataclass
class HeldFetcher:
    """Real HTTP that gives no list before it is let go."""

    real: Fetcher
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0

    async def get(self, url: str) -> bytes:
        self.begun += 1
        await self.let_go.wait()
        return await self.real.get(url)

    async def post(self, url: str, body: bytes, content_type: str) -> bytes:
        return await self.real.post(url, body, content_type)


def held(authority: Authority) -> tuple[Authority, HeldFetcher]:
    """The authority without OCSP, as a process sees it whose lists hang."""
    authority.books.ocsp_works = False
    fetcher = HeldFetcher(authority.fetcher)
    return replace(authority, fetcher=fetcher).anew(), fetcher


async def test_while_the_authority_hangs_a_kept_list_answers_at_once(authority: Authority) -> None:
    seen, fetcher = held(authority)
    fetcher.let_go.set()
    assert await seen.verdict(certificate(serial=1)) == "good"
    fetcher.let_go.clear()
    seen.clock.advance(hours=5)
    async with asyncio.timeout(2):
        for serial in (2, 3, 4):
            assert await seen.verdict(certificate(serial=serial)) == "good"
    assert fetcher.begun == 2
    fetcher.let_go.set()


async def test_a_fetch_outlives_the_request_that_began_it_and_serves_the_others(authority: Authority) -> None:
    seen, fetcher = held(authority)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await seen.verdict(certificate(serial=1))
    waiting = [asyncio.create_task(seen.verdict(certificate(serial=serial))) for serial in (1, 2, 3)]
    await asyncio.sleep(0.05)
    fetcher.let_go.set()
    assert await asyncio.gather(*waiting) == ["good"] * 3
    assert fetcher.begun == 1


async def test_a_list_that_was_hours_old_when_it_came_is_fetched_once_an_hour_too(authority: Authority) -> None:
    authority.books.ocsp_works = False
    daily = authority.books.crl(jpki().current, NOW - timedelta(hours=5))
    authority.books.alter_crl = lambda _new: daily
    for serial in (1, 2, 3):
        assert await authority.verdict(certificate(serial=serial)) == "good"
    assert authority.books.asked.count("crl") == 1
    authority.clock.advance(hours=1)
    for serial in (4, 5):
        assert await authority.verdict(certificate(serial=serial)) == "good"
    await authority.fetched()
    assert authority.books.asked.count("crl") == 2


async def test_each_list_is_fetched_at_the_start_before_anybody_asks(authority: Authority) -> None:
    books = authority.books
    async with authority.checker.lists.kept(anchors().generations):
        async with asyncio.timeout(5):
            await authority.lists_sent(2).wait()
        books.ocsp_works = False
        for ca in jpki().generations:
            assert await authority.verdict(certificate(ca)) == "good"
    assert books.asked.count("crl") == 2


async def test_a_fetch_ends_with_the_process(authority: Authority) -> None:
    seen, fetcher = held(authority)
    async with seen.checker.lists.kept(anchors().generations):
        await asyncio.sleep(0.05)
        assert fetcher.begun == 2
    fetcher.let_go.set()
    await asyncio.sleep(0.05)
    assert authority.books.asked == []
