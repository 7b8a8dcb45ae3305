"""The fake authority's OCSP responder and lists over HTTP: strict about what it is asked, and able to fail in every way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from civil.clock import Clock
from kiosk_server.demo.jpki.generations import CaGeneration, DemoJpki
from kiosk_server.demo.jpki.issuing import IssuedUserCertificate

OCSP_PATH: Final = "/ocsp"
CRL_PATH: Final = "/crl/{key_id}.crl"
_HOUR: Final = timedelta(hours=1)
_MOST_BYTES: Final = 8_192

Altered = Callable[[bytes], bytes]


def _as_it_is(answer: bytes) -> bytes:
    return answer


@dataclass
class Books:
    """What the authority knows and how it answers; tests and `kiosk card revoke` change it while it serves."""

    jpki: DemoJpki
    clock: Clock
    revoked: dict[tuple[str, int], x509.ReasonFlags] = field(default_factory=dict)
    unknown: set[tuple[str, int]] = field(default_factory=set)
    ocsp_works: bool = True
    crl_works: bool = True
    ocsp_life: timedelta = _HOUR
    crl_life: timedelta = 24 * _HOUR
    alter_ocsp: Altered = _as_it_is
    alter_crl: Altered = _as_it_is
    signs_ocsp: Callable[[CaGeneration], CaGeneration | IssuedUserCertificate] | None = None
    """Who signs an answer about a generation, when it is not that generation."""
    embeds_signer: bool = False
    """Whether the certificate of who signs comes with the answer, as a responder's does (RFC 6960 4.2.2.2)."""
    asked: list[str] = field(default_factory=list)
    """``ocsp`` or ``crl`` for each question, oldest first."""

    def look(self) -> None:
        """Before each answer; books kept elsewhere read them here."""

    def generation(self, key_id: str) -> CaGeneration | None:
        """The generation with this key id."""
        return next((one for one in self.jpki.generations if one.key_id == key_id), None)

    def crl(self, ca: CaGeneration, now: datetime) -> bytes:
        """The list of a generation as of `now`, DER."""
        builder = x509.CertificateRevocationListBuilder(ca.certificate.subject, now, now + self.crl_life)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(bytes.fromhex(ca.key_id), None, None), False)
        builder = builder.add_extension(x509.CRLNumber(int(now.timestamp())), False)
        for (key_id, serial), reason in self.revoked.items():
            if key_id == ca.key_id:
                builder = builder.add_revoked_certificate(_entry(serial, reason, now))
        return builder.sign(ca.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def build_authority_app(books: Books) -> web.Application:
    """OCSP by POST at `OCSP_PATH`, and each generation's list at `CRL_PATH`."""
    app = web.Application(client_max_size=_MOST_BYTES)

    async def answer_ocsp(request: web.Request) -> web.Response:
        books.look()
        books.asked.append("ocsp")
        if not books.ocsp_works or request.content_type != "application/ocsp-request":
            raise web.HTTPServiceUnavailable
        raw = _ocsp(books, ocsp.load_der_ocsp_request(await request.read()))
        return web.Response(body=books.alter_ocsp(raw), headers={hdrs.CONTENT_TYPE: "application/ocsp-response"})

    async def answer_crl(request: web.Request) -> web.Response:
        books.look()
        books.asked.append("crl")
        ca = books.generation(request.match_info["key_id"])
        if not books.crl_works or ca is None:
            raise web.HTTPServiceUnavailable
        raw = books.alter_crl(books.crl(ca, books.clock()))
        return web.Response(body=raw, headers={hdrs.CONTENT_TYPE: "application/pkix-crl"})

    app.router.add_post(OCSP_PATH, answer_ocsp)
    app.router.add_get(CRL_PATH, answer_crl)
    return app


def _ocsp(books: Books, asked: ocsp.OCSPRequest) -> bytes:
    ca = next((one for one in books.jpki.generations if _is_about(asked, one)), None)
    if ca is None:
        return ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED).public_bytes(
            Encoding.DER
        )
    now, key = books.clock(), (ca.key_id, asked.serial_number)
    reason = books.revoked.get(key)
    status = ocsp.OCSPCertStatus.REVOKED if reason else ocsp.OCSPCertStatus.GOOD
    signer = books.signs_ocsp(ca) if books.signs_ocsp else ca
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.UNKNOWN if key in books.unknown else status,
        this_update=now,
        next_update=now + books.ocsp_life,
        revocation_time=now if reason else None,
        revocation_reason=reason,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
    if books.embeds_signer:
        builder = builder.certificates([signer.certificate])
    for one in asked.extensions:
        builder = builder.add_extension(one.value, critical=False)
    return builder.sign(signer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def _is_about(asked: ocsp.OCSPRequest, ca: CaGeneration) -> bool:
    own = ocsp.OCSPRequestBuilder().add_certificate(ca.certificate, ca.certificate, asked.hash_algorithm).build()
    return own.issuer_key_hash == asked.issuer_key_hash and own.issuer_name_hash == asked.issuer_name_hash


def _entry(serial: int, reason: x509.ReasonFlags, now: datetime) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
    return builder.add_extension(x509.CRLReason(reason), critical=False).build()
