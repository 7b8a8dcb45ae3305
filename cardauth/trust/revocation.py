"""Whether a certificate still stands: asked by OCSP, else looked up in the list, else not known, and then nobody passes."""

import asyncio
import os
from collections import OrderedDict
from datetime import datetime
from typing import Final, TypeVar

from cryptography.x509.ocsp import OCSPCertStatus

from cardauth.certificate import ReadCertificate
from cardauth.errors import Reason
from cardauth.trust import ocsp
from cardauth.trust.anchors import CaGeneration
from cardauth.trust.errors import CertificateRefused
from cardauth.trust.list_keeping import RevocationLists
from cardauth.trust.ocsp import RevocationAnswerUnusable
from cardauth.trust.revocation_policy import RevocationPolicy
from cardauth.trust.sources import Fetcher, FetchFailed, RevocationSources
from civil.clock import Clock

_NONCE_BYTES: Final = 32
_MOST_KEPT: Final = 20_000
_USUAL: Final = RevocationPolicy()

_Key = tuple[str, str]
_Value = TypeVar("_Value")


class RevocationChecker:
    """What one process knows of revocations, in memory only: a serial belongs to a person."""

    def __init__(
        self, sources: RevocationSources, fetcher: Fetcher, clock: Clock, policy: RevocationPolicy = _USUAL
    ) -> None:
        """Take where to ask, what fetches, and how old an answer may be."""
        self._sources = sources
        self._fetcher = fetcher
        self._clock = clock
        self._policy = policy
        self._good: OrderedDict[_Key, datetime] = OrderedDict()
        self._revoked: OrderedDict[_Key, None] = OrderedDict()
        self.lists = RevocationLists(sources, fetcher, clock, policy)

    async def require_good(self, read: ReadCertificate, ca: CaGeneration) -> None:
        """Raises CertificateRefused for a revoked certificate, and RevocationUnknown when neither source can be had."""
        key = (ca.key_id, read.serial)
        if key in self._revoked:
            raise CertificateRefused(Reason.CERTIFICATE_REVOKED)
        until = self._good.get(key)
        if until is not None and self._clock() < until:
            return
        await self._look(read, ca, key)

    async def _look(self, read: ReadCertificate, ca: CaGeneration, key: _Key) -> None:
        try:
            is_revoked, until = await self._by_ocsp(read, ca)
        except (FetchFailed, RevocationAnswerUnusable):
            is_revoked, until = await self._by_list(read, ca)
        if is_revoked:
            _keep(self._revoked, key, None)
            raise CertificateRefused(Reason.CERTIFICATE_REVOKED)
        _keep(self._good, key, until)

    async def _by_ocsp(self, read: ReadCertificate, ca: CaGeneration) -> tuple[bool, datetime]:
        if self._sources.ocsp_url is None:
            raise FetchFailed
        asked = ocsp.question(read, ca, os.urandom(_NONCE_BYTES))
        raw = await self._fetcher.post(self._sources.ocsp_url, asked.der, ocsp.CONTENT_TYPE)
        now = self._clock()
        single = ocsp.read_answer(raw, asked, ca, self._policy, now)
        if single.certificate_status is OCSPCertStatus.UNKNOWN:
            # The authority does not know what bears its own signature: nobody passes with that, whatever a list says.
            raise CertificateRefused(Reason.CERTIFICATE_UNKNOWN_TO_ISSUER)
        until = now + self._policy.good_for
        return single.certificate_status is OCSPCertStatus.REVOKED, min(until, single.next_update_utc or until)

    async def _by_list(self, read: ReadCertificate, ca: CaGeneration) -> tuple[bool, datetime]:
        found = await self.lists.of(ca)
        now = self._clock()
        return await asyncio.to_thread(found.holds, read.serial), min(now + self._policy.good_for, found.until)


def _keep(known: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > _MOST_KEPT:
        known.popitem(last=False)
