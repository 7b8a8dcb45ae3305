"""The CMS signature of a PDF: PAdES baseline B-B (ETSI EN 319 142-1), detached, SHA-256, no signing-time attribute.

All but the message digest and the signature value is the same for each document of a key, so it is encoded once.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import algos, cms, core, tsp, x509

from keys.document_key import DocumentKey
from pdf.der import LONG_LENGTH, OCTETS, SEQUENCE, SET, TAGGED, element

_DIGEST_SIZE = 32
_PLACE = bytes(range(_DIGEST_SIZE))
"""Stands in the template where the message digest goes."""


@dataclass(frozen=True, slots=True)
class _Template:
    """The encoded parts around what changes: SignedData up to the signer, the signer's parts, the attributes."""

    signed_data: bytes
    signer: bytes
    attributes: bytes
    algorithm: bytes


def signed_cms(digest: bytes, key: DocumentKey) -> bytes:
    """The DER of a CMS SignedData over a document whose byte range has the SHA-256 `digest`."""
    template = _template(key.certificate_der, key.chain_der, key.algorithm)
    attributes = template.attributes.replace(_PLACE, digest)
    signature = key.sign(hashlib.sha256(element(SET, attributes)).digest())
    return _assembled(template, attributes, signature)


def rebuilt_cms(
    digest: bytes, certificate_der: bytes, chain_der: tuple[bytes, ...], algorithm: str, signature: bytes
) -> bytes:  # fmt: skip
    """What `signed_cms` gives for these parts: the one spelling in which they may stand in a file."""
    template = _template(certificate_der, chain_der, algorithm)
    return _assembled(template, template.attributes.replace(_PLACE, digest), signature)


def read_cms(
    der: bytes, certificate_der: bytes, chain_der: tuple[bytes, ...], algorithm: str
) -> tuple[bytes, bytes, bytes] | None:
    """Digest, attributes as they are signed, and signature value of what `signed_cms` made; None for any other `der`.

    Nothing is parsed: what stands where the three should be is put into the template, and the whole compared.
    """
    template = _template(certificate_der, chain_der, algorithm)
    before, _, after = template.attributes.partition(_PLACE)
    start = der.find(before) + len(before)
    digest = der[start : start + _DIGEST_SIZE]
    attributes = before + digest + after
    signature = _last_octets(der, template.algorithm)
    if _assembled(template, attributes, signature) != der:
        return None
    return digest, element(SET, attributes), signature


def _last_octets(der: bytes, before: bytes) -> bytes:
    """The content of the octet string that follows `before` and ends `der`."""
    _, _, value = der.rpartition(before)
    sizes = value[1] & ~LONG_LENGTH if value[1:2] >= bytes((LONG_LENGTH,)) else 0
    return value[2 + sizes :]


def _assembled(template: _Template, attributes: bytes, signature: bytes) -> bytes:
    signer = element(
        SEQUENCE, template.signer, element(TAGGED, attributes), template.algorithm, element(OCTETS, signature)
    )
    signed_data = element(SEQUENCE, template.signed_data, element(SET, signer))
    return element(SEQUENCE, cms.ContentType("signed_data").dump(), element(TAGGED, signed_data))


@lru_cache(maxsize=16)
def _template(certificate_der: bytes, chain_der: tuple[bytes, ...], algorithm: str) -> _Template:
    certificate = x509.Certificate.load(certificate_der)
    identifier = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )  # fmt: skip
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
    signature = "sha256_ecdsa" if algorithm.startswith("ecdsa") else "sha256_rsa"
    detached = cms.EncapsulatedContentInfo({"content_type": "data"}).dump()
    # A root proves nothing inside the file it is to vouch for: whoever checks has it already.
    between = [der for der in chain_der if not _is_root(x509.Certificate.load(der))]
    certificates = element(TAGGED, *sorted((certificate_der, *between)))
    return _Template(
        signed_data=core.Integer(1).dump() + element(SET, sha256) + detached + certificates,
        signer=core.Integer(1).dump() + identifier.dump() + sha256,
        attributes=_attributes(certificate),
        algorithm=algos.SignedDigestAlgorithm({"algorithm": signature}).dump(),
    )


def _is_root(certificate: x509.Certificate) -> bool:
    return bool(certificate.subject.dump() == certificate.issuer.dump())


def _attributes(certificate: x509.Certificate) -> bytes:
    named = [
        ("content_type", "data"),
        ("message_digest", _PLACE),
        ("signing_certificate_v2", _signing_certificate(certificate)),
    ]
    encoded = (cms.CMSAttribute({"type": name, "values": [value]}).dump() for name, value in named)
    # A SET OF is sorted in DER, as the certificates are; the digest stands behind equal-length prefixes, so its value cannot change the order.
    return b"".join(sorted(encoded))


def _signing_certificate(certificate: x509.Certificate) -> tsp.SigningCertificateV2:
    issuer = x509.GeneralName("directory_name", certificate.issuer)
    identifier = tsp.ESSCertIDv2(
        {
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
            "issuer_serial": {"issuer": [issuer], "serial_number": certificate.serial_number},
        }
    )
    return tsp.SigningCertificateV2({"certs": [identifier]})
