"""One spelling for what comes from authorities: the parts of it that nobody signed are free otherwise.

What is not covered by a later time-stamp must not have a byte that can be changed unnoticed. So tokens and OCSP responses
are stored with their unsigned parts written in one way, and read back only so. Nothing that is signed is touched.
"""

from collections.abc import Iterable
from typing import Any, Final

from asn1crypto import algos, cms, core, crl, ocsp, x509

from pdf.der import BITS, OCTETS, SEQUENCE, SET, TAGGED, element

_SUCCESSFUL: Final = b"\x0a\x01\x00"


def canonical_token(token: bytes, certificates: Iterable[bytes] | None = None) -> bytes:
    """A time-stamp token (CMS, RFC 5652 and 3161) in our spelling, with its own certificates or with `certificates`.

    Raises ValueError, TypeError, KeyError or IndexError for what is no token with one signer.
    """
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    (signer,) = signed["signer_infos"]
    kept = {one.chosen.dump() for one in signed["certificates"]} if certificates is None else set(certificates)
    digest = algos.DigestAlgorithm({"algorithm": signer["digest_algorithm"]["algorithm"].native}).dump()
    content = element(OCTETS, signed["encap_content_info"]["content"].contents)
    encapsulated = element(SEQUENCE, signed["encap_content_info"]["content_type"].dump(), element(TAGGED, content))
    named = isinstance(signer["sid"].chosen, cms.IssuerAndSerialNumber)
    identifier = _issuer_and_serial(signed, signer["sid"].chosen) if named else signer["sid"].dump()
    info = element(
        SEQUENCE,
        core.Integer(1 if named else 3).dump(),
        identifier,
        digest,
        element(TAGGED, signer["signed_attrs"].untag().contents),
        _algorithm(signer["signature_algorithm"], signer),
        element(OCTETS, signer["signature"].native),
    )
    data = element(
        SEQUENCE, core.Integer(3).dump(), element(SET, digest), encapsulated, element(TAGGED, *sorted(kept)), element(SET, info)
    )  # fmt: skip
    return element(SEQUENCE, cms.ContentType("signed_data").dump(), element(TAGGED, data))


def canonical_response(response: bytes) -> bytes:
    """An OCSP response (RFC 6960) in our spelling; of its certificates the responder's alone, if it brings it along.

    Raises as `canonical_token`.
    """
    loaded = ocsp.OCSPResponse.load(response, strict=True)
    basic = loaded["response_bytes"]["response"].parsed
    kept = sorted(one.dump() for one in basic["certs"] or () if _is_responder(basic, one))
    certificates = element(TAGGED, element(SEQUENCE, *kept)) if kept else b""
    signature = basic["signature"].native
    inner = element(
        SEQUENCE,
        basic["tbs_response_data"].dump(),
        _spelled(basic["signature_algorithm"]),
        element(BITS, b"\x00", signature),
        certificates,
    )
    typed = ocsp.ResponseType("basic_ocsp_response").dump()
    return element(SEQUENCE, _SUCCESSFUL, element(TAGGED, element(SEQUENCE, typed, element(OCTETS, inner))))


def is_canonical_token(token: bytes) -> bool:
    """Whether a token is as `canonical_token` writes it, its certificates too. Raises as `canonical_token`."""
    found = cms.ContentInfo.load(token, strict=True)["content"]["certificates"]
    return canonical_token(token) == token and all(is_canonical_certificate(one.chosen.dump()) for one in found)


def is_canonical_response(response: bytes) -> bool:
    """As `is_canonical_token`, for an OCSP response."""
    found = ocsp.OCSPResponse.load(response, strict=True)["response_bytes"]["response"].parsed["certs"] or ()
    return canonical_response(response) == response and all(is_canonical_certificate(one.dump()) for one in found)


def is_canonical_certificate(certificate: bytes) -> bool:
    """Whether nothing outside the signed part of a certificate is free. Raises as `canonical_token`."""
    loaded = x509.Certificate.load(certificate, strict=True)
    body = loaded["tbs_certificate"]
    return _signed(body.dump(), body["signature"].dump(), loaded["signature_value"].native) == certificate


def is_canonical_list(revocation_list: bytes) -> bool:
    """As `is_canonical_certificate`, for a CRL."""
    loaded = crl.CertificateList.load(revocation_list, strict=True)
    body = loaded["tbs_cert_list"]
    return _signed(body.dump(), body["signature"].dump(), loaded["signature"].native) == revocation_list


def _issuer_and_serial(signed: Any, identifier: Any) -> bytes:
    """As the certificate has it: names count as equal (RFC 5280, 7.1) though their letters differ."""
    found = [
        one.chosen
        for one in signed["certificates"]
        if one.chosen.issuer == identifier["issuer"] and one.chosen.serial_number == identifier["serial_number"].native
    ]
    (certificate,) = found
    parts = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return bytes(cms.IssuerAndSerialNumber(parts).dump())


def _signed(body: bytes, algorithm: bytes, signature: bytes) -> bytes:
    return element(SEQUENCE, body, algorithm, element(BITS, b"\x00", signature))


def _algorithm(algorithm: Any, signer: Any) -> bytes:
    """RFC 8933's attribute, where there is one, has signed the spelling that stands there."""
    protected = any(one["type"].native == "cms_algorithm_protection" for one in signer["signed_attrs"])
    if algorithm["algorithm"].native == "rsassa_pkcs1v15" and not protected:
        digest = signer["digest_algorithm"]["algorithm"].native
        return bytes(algos.SignedDigestAlgorithm({"algorithm": f"{digest}_rsa"}).dump())
    return _spelled(algorithm)


def _spelled(algorithm: Any) -> bytes:
    name = algorithm["algorithm"].native
    if name == "rsassa_pss":
        return bytes(algorithm.dump())
    return bytes(algos.SignedDigestAlgorithm({"algorithm": name}).dump())


def _is_responder(basic: Any, certificate: Any) -> bool:
    responder = basic["tbs_response_data"]["responder_id"].chosen
    if isinstance(responder, x509.Name):
        return bool(responder == certificate.subject)
    return bool(responder.native == certificate.public_key.sha1)
