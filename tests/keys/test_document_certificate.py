"""The way of a production document key: made, requested, certified elsewhere, installed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from keys.development_ca import issue_document_certificate, make_development_ca
from keys.document_certificate import certificate_request, install_document_certificate
from keys.errors import CertificateMismatch, DemoKeyInProduction, KeyNotFound, WrongPassphrase
from keys.file_provider import FileKeyProvider, create_keys
from keys.provider import require_production
from tests.keys.certificates import key_usage
from tests.keys.conftest import PASSPHRASE, MovableClock

Open = Callable[[Path], FileKeyProvider]


@pytest.fixture
def production_keys(tmp_path: Path, clock: MovableClock) -> Path:
    directory = tmp_path / "production"
    create_keys(directory, PASSPHRASE, marker="production", clock=clock)
    return directory


def request_of(directory: Path) -> x509.CertificateSigningRequest:
    pem = certificate_request(directory, PASSPHRASE, organisation="足利市", common_name="足利市長")
    return x509.load_pem_x509_csr(pem)


def certify(public_key: CertificatePublicKeyTypes, clock: MovableClock) -> tuple[bytes, bytes]:
    """Act as an authority that is not ours: return leaf and root as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ある認証局")])
    leaf = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "足利市")])

    def issue(subject: x509.Name, certified: CertificatePublicKeyTypes) -> bytes:
        builder = x509.CertificateBuilder(root, subject, certified, x509.random_serial_number())
        builder = builder.not_valid_before(clock()).not_valid_after(clock() + timedelta(days=365))
        builder = builder.add_extension(key_usage("digital_signature"), critical=True)
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    return issue(leaf, public_key), issue(root, key.public_key())


def test_production_keys_have_no_certificate_until_one_is_installed(
    production_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    provider = open_keys(production_keys)
    require_production(provider)
    with pytest.raises(KeyNotFound):
        provider.document_signer()
    request = request_of(production_keys)
    assert request.is_signature_valid
    leaf, root = certify(request.public_key(), clock)
    install_document_certificate(production_keys, PASSPHRASE, leaf, (root,))
    provider = open_keys(production_keys)
    require_production(provider)
    assert provider.document_signer().certificate_der == leaf
    assert provider.document_signer().chain_der == (root,)


def test_a_demo_certificate_is_not_installed_beside_production_keys(production_keys: Path, clock: MovableClock) -> None:
    ca = make_development_ca("試験認証局 DEMO CA", clock())
    public_key = request_of(production_keys).public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    certificate = issue_document_certificate(ca, public_key, clock()).public_bytes(Encoding.DER)
    with pytest.raises(DemoKeyInProduction):
        install_document_certificate(production_keys, PASSPHRASE, certificate, (ca.certificate_der,))


def test_a_certificate_of_another_key_or_a_chain_that_leads_nowhere_is_refused(
    demo_keys: Path, clock: MovableClock
) -> None:
    leaf, _ = certify(request_of(demo_keys).public_key(), clock)
    other_leaf, other_root = certify(ec.generate_private_key(ec.SECP256R1()).public_key(), clock)
    for certificate, chain in ((other_leaf, (other_root,)), (leaf, (other_root,)), (leaf, (other_leaf,))):
        with pytest.raises(CertificateMismatch):
            install_document_certificate(demo_keys, PASSPHRASE, certificate, chain)


def test_the_passphrase_is_needed(demo_keys: Path) -> None:
    with pytest.raises(WrongPassphrase):
        certificate_request(demo_keys, b"wrong", organisation="足利市", common_name="足利市長")
