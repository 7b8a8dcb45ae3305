"""Asking the authority about one certificate (RFC 6960), and believing the answer only if it is about that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from cardauth.certificate import UNREADABLE, CertificateUnreadable, ReadCertificate, read_certificate
from cardauth.trust.anchors import CaGeneration
from cardauth.trust.revocation_policy import RevocationPolicy
from cardauth.trust.signed_by import SIGNATURE_HASHES, is_signed_by
from civil.errors import KioskError

CONTENT_TYPE: Final = "application/ocsp-request"


class RevocationAnswerUnusable(KioskError):
    """失効情報が正しくありません。 / What was said about revocation is not usable."""


@dataclass(frozen=True, slots=True)
class OcspQuestion:
    """A request (DER), and what its answer must repeat."""

    der: bytes
    nonce: bytes
    parsed: ocsp.OCSPRequest


def question(read: ReadCertificate, ca: CaGeneration, nonce: bytes) -> OcspQuestion:
    """Ask about this certificate of this generation, with a nonce of 16 to 32 bytes (RFC 9654)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(read.certificate, ca.read.certificate, hashes.SHA256())
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return OcspQuestion(request.public_bytes(Encoding.DER), nonce, request)


def read_answer(
    raw: bytes, asked: OcspQuestion, ca: CaGeneration, policy: RevocationPolicy, now: datetime
) -> ocsp.OCSPSingleResponse:
    """The one answer about the one certificate, signed by the authority and fresh. Raises RevocationAnswerUnusable."""
    try:
        return _read(raw, asked, ca, policy, now)
    except (*UNREADABLE, InvalidSignature, CertificateUnreadable):
        raise RevocationAnswerUnusable from None


def _read(
    raw: bytes, asked: OcspQuestion, ca: CaGeneration, policy: RevocationPolicy, now: datetime
) -> ocsp.OCSPSingleResponse:
    response = ocsp.load_der_ocsp_response(raw)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise RevocationAnswerUnusable
    _require_signature(response, _signer(response, ca, now))
    _require_nonce(response, asked.nonce)
    (single,) = response.responses
    same = (
        single.serial_number == asked.parsed.serial_number
        and single.issuer_key_hash == asked.parsed.issuer_key_hash
        and single.issuer_name_hash == asked.parsed.issuer_name_hash
    )
    until = single.next_update_utc
    since = single.this_update_utc
    if not same or not now - policy.ocsp_age <= since <= now + policy.clock_skew or (until and until <= now):
        raise RevocationAnswerUnusable
    return single


def _signer(response: ocsp.OCSPResponse, ca: CaGeneration, now: datetime) -> object:
    """The authority's own key, or that of a responder which this generation has charged with it (RFC 6960 4.2.2.2)."""
    delegates = [read_certificate(one.public_bytes(Encoding.DER)) for one in response.certificates]
    named = [one for one in delegates if _is_named(response, one)]
    if not named:
        if not _is_named(response, ca.read):
            raise RevocationAnswerUnusable
        return ca.read.public_key
    if not _is_charged(named, ca, now):
        raise RevocationAnswerUnusable
    return named[0].public_key


def _is_named(response: ocsp.OCSPResponse, read: ReadCertificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == read.certificate.subject
    ours = x509.SubjectKeyIdentifier.from_public_key(read.certificate.public_key())
    return response.responder_key_hash == ours.digest


def _is_charged(named: Sequence[ReadCertificate], ca: CaGeneration, now: datetime) -> bool:
    (responder,) = named
    if responder.der == ca.read.der:
        return True
    try:
        purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    in_time = responder.not_before <= now <= responder.not_after
    by_us = is_signed_by(responder.certificate, ca.read.certificate)
    return in_time and by_us and ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def _require_signature(response: ocsp.OCSPResponse, key: object) -> None:
    algorithm = response.signature_hash_algorithm
    if algorithm is None or not isinstance(algorithm, SIGNATURE_HASHES):
        raise RevocationAnswerUnusable
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
    else:
        raise RevocationAnswerUnusable


def _require_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> None:
    """A responder may leave it out (RFC 9654 3); one that repeats another has answered somebody else."""
    try:
        given = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if given != nonce:
        raise RevocationAnswerUnusable
