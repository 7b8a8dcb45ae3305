"""Validation data of a chain of certificates: for each one an OCSP response or a CRL, asked for once and kept for a while.

Everything is checked before it is taken: who signed it, for which certificate, and that it is in force.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asn1crypto import algos, crl, ocsp, x509

from pdf.levels.asking import Asking
from pdf.levels.canonical import canonical_response, is_canonical_list
from pdf.levels.errors import LevelUnreached, RevocationUnknown
from pdf.levels.trust import Trust, document_chain
from pdf.levels.updates import ValidationData

_OCSP_QUESTION: Final = "application/ocsp-request"
_BROKEN: Final = (ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class KeepingLimits:
    """How long what was fetched is used again; never past its own nextUpdate."""

    age: timedelta = timedelta(hours=1)
    chains: int = 16


@dataclass(frozen=True, slots=True)
class _Kept:
    data: ValidationData
    until: datetime


class Revocation:
    """Fetches and keeps validation data. Holds certificates and what authorities say of them, nothing personal."""

    def __init__(self, asking: Asking, clock: Callable[[], datetime], limits: KeepingLimits | None = None) -> None:
        self._asking = asking
        self._clock = clock
        self._limits = limits or KeepingLimits()
        self._kept: dict[tuple[bytes, ...], _Kept] = {}
        # Who waits for what another fetches finds it kept: authorities are asked once, however many certificates need it.
        self._one_at_a_time = asyncio.Lock()

    async def of_chain(self, chain: Sequence[bytes], trust: Trust) -> ValidationData:
        """What shows now that no certificate of `chain` (DER, the end's first, without the root) is revoked.

        Raises CertificateRevoked, RevocationUnknown for what is missing, stale, of another certificate or signed by the
        wrong key, or why an authority does not answer.
        """
        async with self._one_at_a_time:
            return await self._of_chain(tuple(chain), trust)

    async def _of_chain(self, key: tuple[bytes, ...], trust: Trust) -> ValidationData:
        kept = self._kept.get(key)
        now = self._clock()
        if kept is not None and now < kept.until:
            return kept.data
        data, until = await self._fetched(key, trust, now)
        await document_chain(key[0], key[1:], trust.context(now, data, later_data=False))
        while len(self._kept) >= self._limits.chains:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(data, until)
        return data

    async def _fetched(self, chain: Sequence[bytes], trust: Trust, now: datetime) -> tuple[ValidationData, datetime]:
        data, until = ValidationData(), now + self._limits.age
        certificates = [x509.Certificate.load(one) for one in chain]
        issuers = [*certificates[1:], _root(certificates[-1], trust)]
        for certificate, issuer in zip(certificates, issuers, strict=True):
            found, ends = await self._status(certificate, issuer)
            data += found
            until = min(until, ends)
        return data, until

    async def _status(self, certificate: x509.Certificate, issuer: x509.Certificate) -> tuple[ValidationData, datetime]:
        """From the OCSP responders that the certificate names, else from its CRLs; the last failure if nobody answers."""
        failure: LevelUnreached = RevocationUnknown()
        for url in certificate.ocsp_urls:
            try:
                answer = await self._asking.post(url, _question(certificate, issuer), _OCSP_QUESTION)
                return _response(answer, certificate)
            except LevelUnreached as failed:
                failure = failed
        for url in (url for point in certificate.crl_distribution_points for url in _urls(point)):
            try:
                return _list(await self._asking.get(url))
            except LevelUnreached as failed:
                failure = failed
        raise failure


def _root(certificate: x509.Certificate, trust: Trust) -> x509.Certificate:
    for root in map(x509.Certificate.load, trust.roots):
        if root.subject == certificate.issuer:
            return root
    raise RevocationUnknown


def _urls(point: Any) -> list[str]:
    return [] if point.url is None else [point.url]


def _question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    identifier = ocsp.CertId(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha1"}),
            "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1,
            "serial_number": certificate.serial_number,
        }
    )
    return bytes(ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": identifier}]}}).dump())


def _response(answer: bytes, certificate: x509.Certificate) -> tuple[ValidationData, datetime]:
    try:
        spelled = canonical_response(answer)
        (single,) = ocsp.OCSPResponse.load(spelled).basic_ocsp_response["tbs_response_data"]["responses"]
        if single["cert_id"]["serial_number"].native != certificate.serial_number:
            raise RevocationUnknown
        return ValidationData(responses=(spelled,)), _end(single["next_update"].native)
    except _BROKEN as broken:
        raise RevocationUnknown from broken


def _list(answer: bytes) -> tuple[ValidationData, datetime]:
    try:
        if not is_canonical_list(answer):
            raise RevocationUnknown
        return ValidationData(lists=(answer,)), _end(
            crl.CertificateList.load(answer)["tbs_cert_list"]["next_update"].native
        )
    except _BROKEN as broken:
        raise RevocationUnknown from broken


def _end(next_update: datetime | None) -> datetime:
    """What does not say how long it holds is in force now, as the validation sees it, and is not kept."""
    return datetime.min.replace(tzinfo=UTC) if next_update is None else next_update
