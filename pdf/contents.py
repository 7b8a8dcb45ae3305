"""Reads the signature out of a signed file's /Contents, strictly: one spelling only, so that no byte is free."""

import hashlib
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from asn1crypto import cms, parser
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from pdf.cms import read_cms, rebuilt_cms
from pdf.errors import SignatureMismatch

_BRACKETS = 2
_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, InvalidSignature, UnsupportedAlgorithm,
    x509.InvalidVersion,
)  # fmt: skip
"""What the libraries raise over damaged encodings and certificates."""


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """What a signature says: the digest it covers, its value, the bytes signed, and the certificate that it names."""

    digest: bytes
    signature: bytes
    signed: bytes
    certificate_der: bytes
    chain_der: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Signer:
    """The certificates of a signature that was taken apart, and its kind of key: `ecdsa` or `rsa`."""

    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    algorithm: str


_SIGNERS: Final[deque[_Signer]] = deque(maxlen=4)
"""The last signers seen. Theirs are recognised by comparing; to parse a signature takes ten times as long."""


def signature_parts(contents: bytes) -> SignatureParts:
    """Read `<3082…0000>`, the bytes between a signature's two ranges.

    Raises `SignatureMismatch` unless it is lower-case hex of the CMS that `signed_cms` would make of the same parts,
    then zeros, and the certificates beside the signer's are its issuers. Whether the signature holds is not asked here.
    """
    der = _only_der(contents)
    known = (parts for signer in _SIGNERS if (parts := _parts_by(signer, der)) is not None)
    return next(known, None) or _taken_apart(der)


def _parts_by(signer: _Signer, der: bytes) -> SignatureParts | None:
    """The parts, if a signer whose certificates passed before made them."""
    found = read_cms(der, signer.certificate_der, signer.chain_der, signer.algorithm)
    if found is None:
        return None
    digest, signed, signature = found
    return SignatureParts(digest, signature, signed, signer.certificate_der, signer.chain_der)


def _taken_apart(der: bytes) -> SignatureParts:
    try:
        parts = _parts(cms.ContentInfo.load(der)["content"])
        algorithm = _check_certificates(parts.certificate_der, parts.chain_der)
        same = rebuilt_cms(parts.digest, parts.certificate_der, parts.chain_der, algorithm, parts.signature) == der
    except _BROKEN as broken:
        raise SignatureMismatch from broken
    if not same:
        raise SignatureMismatch
    signer = _Signer(parts.certificate_der, parts.chain_der, algorithm)
    if signer not in _SIGNERS:
        _SIGNERS.append(signer)
    return parts


def _only_der(contents: bytes) -> bytes:
    digits = contents[1:-1]
    try:
        data = bytes.fromhex(digits.decode("ascii"))
        size = parser.peek(data)
    except ValueError as broken:
        raise SignatureMismatch from broken
    framed = len(contents) > _BRACKETS and contents[:1] == b"<" and contents[-1:] == b">"
    if not framed or data.hex().encode() != digits or data[size:].strip(b"\0"):
        raise SignatureMismatch
    return data[:size]


def _parts(signed_data: Any) -> SignatureParts:
    (signer,) = signed_data["signer_infos"]
    attributes = {attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]}
    wanted = attributes["signing_certificate_v2"]["certs"][0]["cert_hash"].native
    embedded = [choice.chosen.dump() for choice in signed_data["certificates"]]
    (named,) = (der for der in embedded if hashlib.sha256(der).digest() == wanted)
    return SignatureParts(
        digest=attributes["message_digest"].native,
        signature=signer["signature"].native,
        # The signature is over the attributes as a SET, though they stand in the file under a context tag.
        signed=signer["signed_attrs"].untag().dump(),
        certificate_der=named,
        chain_der=tuple(der for der in embedded if der != named),
    )


@lru_cache(maxsize=16)
def _check_certificates(certificate_der: bytes, chain_der: tuple[bytes, ...]) -> str:
    """The signer's kind of key, if every certificate of the chain is one of its issuers."""
    signer = certificate = x509.load_der_x509_certificate(certificate_der)
    above = [x509.load_der_x509_certificate(der) for der in chain_der]
    while above:
        (issuer,) = (other for other in above if other.subject == certificate.issuer)
        certificate.verify_directly_issued_by(issuer)
        above.remove(issuer)
        certificate = issuer
    return "ecdsa" if isinstance(signer.public_key(), ec.EllipticCurvePublicKey) else "rsa"
