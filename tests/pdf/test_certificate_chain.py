"""A signer whose certificate was issued by an authority between it and the root."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from keys.document_key import DocumentKey
from pdf import FontChain, SignatureMismatch, SignPermit, UnsignedDocument, compare, inspect, plan, sign, verify
from tests.pdf.samples import SNAPSHOT, composed

_START = datetime.now(UTC) - timedelta(days=1)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuing: ec.EllipticCurvePrivateKey, *, ca: bool
) -> bytes:
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement"), False)
    usage |= dict.fromkeys(("encipher_only", "decipher_only"), False)
    usage |= {"digital_signature": not ca, "content_commitment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(f"CN={name}"))
        .issuer_name(x509.Name.from_rfc4514_string(f"CN={issuer}"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_START)
        .not_valid_after(_START + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    return builder.sign(issuing, hashes.SHA256()).public_bytes(Encoding.DER)


ROOT_KEY, MIDDLE_KEY, LEAF_KEY, STRANGER_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
ROOT = _certificate("root", ROOT_KEY, "root", ROOT_KEY, ca=True)
MIDDLE = _certificate("middle", MIDDLE_KEY, "root", ROOT_KEY, ca=True)
STRANGER = _certificate("middle", STRANGER_KEY, "root", STRANGER_KEY, ca=True)
LEAF = _certificate("mayor", LEAF_KEY, "middle", MIDDLE_KEY, ca=False)


@pytest.fixture(scope="module")
def document(fonts: FontChain) -> UnsignedDocument:
    return composed(SNAPSHOT, fonts)


def _signed(document: UnsignedDocument, *chain: bytes) -> bytes:
    permit = SignPermit(SNAPSHOT.issuance_number, document.digest)
    return sign(document, permit, DocumentKey(LEAF_KEY, LEAF, chain))


def test_certificates_between_signer_and_root_are_in_the_file_and_the_root_is_not(
    document: UnsignedDocument, fonts: FontChain
) -> None:
    signed = _signed(document, MIDDLE, ROOT)
    compare(signed, inspect(document.content, plan(SNAPSHOT, fonts), fonts))
    assert verify(signed, [ROOT]).problems == ()
    _, start, end, _ = document.byte_range
    content = cms.ContentInfo.load(bytes.fromhex(signed[start + 1 : end - 1].decode()))["content"]
    assert {choice.chosen.dump() for choice in content["certificates"]} == {LEAF, MIDDLE}


def test_a_chain_that_does_not_lead_up_is_found(document: UnsignedDocument, fonts: FontChain) -> None:
    inspected = inspect(document.content, plan(SNAPSHOT, fonts), fonts)
    with pytest.raises(SignatureMismatch):
        compare(_signed(document, STRANGER), inspected)
