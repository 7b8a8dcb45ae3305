"""A PKCS#10 request (RFC 2986), signed by a key wherever it lies: cryptography's builder takes only keys in memory."""

import hashlib

from asn1crypto import algos, csr, keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.document_key import DocumentPrivateKey, key_algorithm, sign_prehash
from keys.tokens.token_key import TokenKey


def signed_request(subject: x509.Name, key: DocumentPrivateKey | TokenKey) -> bytes:
    """The request (PEM) of this key for this subject. Raises TokenUnavailable."""
    public = key.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    asked = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": asn1_x509.Name.load(subject.public_bytes()),
            "subject_pk_info": keys.PublicKeyInfo.load(spki),
            "attributes": [],
        }
    )
    algorithm = "sha256_rsa" if key_algorithm(public).startswith("rsa") else "sha256_ecdsa"
    request = csr.CertificationRequest(
        {
            "certification_request_info": asked,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
            "signature": sign_prehash(key, hashlib.sha256(asked.dump()).digest()),
        }
    )
    armoured: bytes = pem.armor("CERTIFICATE REQUEST", request.dump())
    return armoured
