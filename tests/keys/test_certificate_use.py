"""Which certificates may vouch for a document: not an authority's, not a server's, not one of a weak key."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from keys.certificate_use import DOCUMENT_SIGNING, require_for_documents
from keys.errors import CertificateUnfit
from tests.keys.certificates import certified, key_usage

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
BOTH = key_usage("digital_signature", "content_commitment")


def is_fit(certificate: x509.Certificate) -> bool:
    try:
        require_for_documents(certificate)
    except CertificateUnfit:
        return False
    return True


@pytest.mark.parametrize("uses", [("digital_signature",), ("content_commitment",), ("digital_signature", "crl_sign")])
@pytest.mark.parametrize(
    "purposes", [(), (DOCUMENT_SIGNING,), (ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING)]
)
def test_a_signing_certificate_is_fit(uses: tuple[str, ...], purposes: tuple[ObjectIdentifier, ...]) -> None:
    extended = [x509.ExtendedKeyUsage(purposes)] if purposes else []
    end_entity = x509.BasicConstraints(ca=False, path_length=None)
    assert is_fit(certified(KEY, START, END, key_usage(*uses), end_entity, *extended))


@pytest.mark.parametrize(
    ("extensions", "said"),
    [
        ((BOTH, x509.BasicConstraints(ca=True, path_length=0)), "authority"),
        ((), "digitalSignature"),
        ((key_usage("key_encipherment"),), "digitalSignature"),
        ((key_usage("key_cert_sign", "crl_sign"),), "digitalSignature"),
        ((BOTH, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])), "signing of documents"),
        ((BOTH, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])), "signing of documents"),
    ],
    ids=["an authority's", "no key usage", "encipherment", "certificates", "server", "time stamps"],
)
def test_a_certificate_for_something_else_is_refused_and_says_why(
    extensions: tuple[x509.ExtensionType, ...], said: str
) -> None:
    with pytest.raises(CertificateUnfit, match=said):
        require_for_documents(certified(KEY, START, END, *extensions))


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024).public_key(),  # noqa: S505 - weak on purpose
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
    ],
    ids=["rsa-1024", "p-521", "ed25519"],
)
def test_a_key_that_is_weak_or_that_we_do_not_sign_with_is_refused(key: CertificatePublicKeyTypes) -> None:
    with pytest.raises(CertificateUnfit, match="P-256"):
        require_for_documents(certified(key, START, END, BOTH))
