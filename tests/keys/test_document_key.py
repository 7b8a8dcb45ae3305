import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from keys.document_key import DocumentKey, require_certificate_of
from keys.errors import CertificateMismatch
from tests.keys.conftest import document_key_of

DOCUMENT = b"the signed bytes of a certificate"
PREHASH = hashlib.sha256(DOCUMENT).digest()


def test_an_elliptic_curve_signature_over_the_prehash_is_one_over_the_document(document_key: DocumentKey) -> None:
    public_key = document_key.certificate.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    public_key.verify(document_key.sign(PREHASH), DOCUMENT, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public_key.verify(document_key.sign(PREHASH), DOCUMENT + b".", ec.ECDSA(hashes.SHA256()))


def test_an_rsa_signature_over_the_prehash_is_one_over_the_document() -> None:
    key = document_key_of(rsa.generate_private_key(65537, 2048))
    public_key = key.certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    public_key.verify(key.sign(PREHASH), DOCUMENT, padding.PKCS1v15(), hashes.SHA256())
    assert key.algorithm == "rsa-2048"


@pytest.mark.parametrize(("curve", "name"), [(ec.SECP256R1(), "ecdsa-p256"), (ec.SECP384R1(), "ecdsa-p384")])
def test_the_algorithm_has_a_name(curve: ec.EllipticCurve, name: str) -> None:
    assert document_key_of(ec.generate_private_key(curve)).algorithm == name


@pytest.mark.parametrize("prehash", [b"", PREHASH[:-1], PREHASH + b"x"])
def test_only_a_sha_256_digest_is_signed(document_key: DocumentKey, prehash: bytes) -> None:
    with pytest.raises(ValueError, match="digest"):
        document_key.sign(prehash)


@pytest.mark.parametrize("certificate", [b"", b"not a certificate"])
def test_a_broken_certificate_is_no_certificate_of_the_key(certificate: bytes) -> None:
    with pytest.raises(CertificateMismatch):
        require_certificate_of(ec.generate_private_key(ec.SECP256R1()).public_key(), certificate)


def test_the_certificate_of_another_key_is_refused(document_key: DocumentKey) -> None:
    with pytest.raises(CertificateMismatch):
        require_certificate_of(ec.generate_private_key(ec.SECP256R1()).public_key(), document_key.certificate_der)
