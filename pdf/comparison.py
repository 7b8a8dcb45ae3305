"""After signing: is the signed file the inspected one, and does its signature hold? (no trust in the signer's word)."""

import hashlib
from hmac import compare_digest
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pdf.composing import byte_range_digest
from pdf.contents import signature_der
from pdf.errors import SignatureMismatch
from pdf.inspection import Inspected


def compare(signed: bytes, inspected: Inspected) -> None:
    """Nothing if all is well; raises `SignatureMismatch` otherwise.

    The byte range is the inspected one and covers everything but the contents; its digest is the inspected digest; the
    contents are one CMS signature over it, valid under the signer's certificate, which the signed attributes name.
    """
    first, start, end, rest = inspected.byte_range
    if first != 0 or end + rest != len(signed):
        raise SignatureMismatch
    if not compare_digest(byte_range_digest(signed, inspected.byte_range), inspected.digest):
        raise SignatureMismatch
    der = signature_der(signed[start:end])
    try:
        _check(cms.ContentInfo.load(der)["content"], inspected.digest)
    except (ValueError, KeyError, TypeError, IndexError) as broken:
        raise SignatureMismatch from broken


def _check(signed_data: Any, digest: bytes) -> None:
    (signer,) = signed_data["signer_infos"]
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    certificate = _named_certificate(signed_data, attributes)
    if attributes["message_digest"][0].native != digest or attributes["content_type"][0].native != "data":
        raise SignatureMismatch
    # The signature is over the attributes as a SET, though they stand in the file under a context tag.
    signed = signer["signed_attrs"].untag().dump()
    _verify(certificate, signer["signature"].native, signed)


def _named_certificate(signed_data: Any, attributes: dict[str, Any]) -> x509.Certificate:
    """The embedded certificate whose hash stands in the signed attributes (signing-certificate-v2)."""
    wanted = attributes["signing_certificate_v2"][0]["certs"][0]["cert_hash"].native
    embedded = (choice.chosen.dump() for choice in signed_data["certificates"])
    for der in embedded:
        if hashlib.sha256(der).digest() == wanted:
            return x509.load_der_x509_certificate(der)
    raise SignatureMismatch


def _verify(certificate: x509.Certificate, signature: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise SignatureMismatch
    except InvalidSignature as broken:
        raise SignatureMismatch from broken
