"""The authority's lists as one process keeps them: fetched by tasks of their own, which no request cancels."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import datetime

from cardauth.trust import crl
from cardauth.trust.anchors import CaGeneration
from cardauth.trust.crl import RevocationList
from cardauth.trust.errors import RevocationUnknown
from cardauth.trust.ocsp import RevocationAnswerUnusable
from cardauth.trust.revocation_policy import RevocationPolicy
from cardauth.trust.sources import Fetcher, FetchFailed, RevocationSources
from civil.clock import Clock


class RevocationLists:
    """The newest list of each generation, in memory, and when one was last tried to be fetched."""

    def __init__(self, sources: RevocationSources, fetcher: Fetcher, clock: Clock, policy: RevocationPolicy) -> None:
        """Take where lists are, what fetches them, and how old one may be."""
        self._sources = sources
        self._fetcher = fetcher
        self._clock = clock
        self._policy = policy
        self._kept: dict[str, RevocationList] = {}
        self._tried: dict[str, datetime] = {}
        self._fetches: dict[str, asyncio.Task[None]] = {}

    async def of(self, ca: CaGeneration) -> RevocationList:
        """The kept list at once while it may be believed, else the one that a fetch brings. Raises RevocationUnknown."""
        fetch = self.refresh(ca)
        found = self._believed(ca)
        if found is None and fetch is not None:
            # Whoever waits may be given up; the fetch is for everybody.
            await asyncio.shield(fetch)
            found = self._believed(ca)
        if found is None:
            raise RevocationUnknown
        return found

    def refresh(self, ca: CaGeneration) -> asyncio.Task[None] | None:
        """The fetch of this generation's list that runs, begun now where one is due; None where none is."""
        running = self._fetches.get(ca.key_id)
        if running is not None and not running.done():
            return running
        url, now = self._sources.crl_of(ca.key_id), self._clock()
        tried = self._tried.get(ca.key_id)
        rests = tried is not None and now - tried < self._policy.crl_refetch
        if url is None or (rests and self._believed(ca) is not None):
            return None
        self._tried[ca.key_id] = now
        self._fetches[ca.key_id] = asyncio.create_task(self._fetch(url, ca), context=Context())
        return self._fetches[ca.key_id]

    @asynccontextmanager
    async def kept(self, generations: Iterable[CaGeneration]) -> AsyncIterator[None]:
        """Keep the list of each generation new from now on, whether anybody asks or not, until the block ends."""
        keeping = asyncio.create_task(self._keep(tuple(generations)))
        try:
            yield
        finally:
            tasks = [keeping, *self._fetches.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, generations: tuple[CaGeneration, ...]) -> None:
        while True:
            for ca in generations:
                self.refresh(ca)
            await asyncio.sleep(self._policy.crl_refetch.total_seconds())

    def _believed(self, ca: CaGeneration) -> RevocationList | None:
        kept = self._kept.get(ca.key_id)
        return kept if kept is not None and kept.is_fresh(self._policy, self._clock()) else None

    async def _fetch(self, url: str, ca: CaGeneration) -> None:
        try:
            raw = await self._fetcher.get(url)
            # A list of a country is long; reading it must not stop the others.
            found = await asyncio.to_thread(crl.read_list, raw, ca)
        except (FetchFailed, RevocationAnswerUnusable):
            return
        kept = self._kept.get(ca.key_id)
        if kept is None or found.since >= kept.since:  # else somebody sends an old list again
            self._kept[ca.key_id] = found
