"""The certificates of the demo, as OpenSSL sees them under the strict flag that Python 3.13 sets by default."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from keys.development_ca import (
    DEMO_ORGANISATION,
    IssuedCertificate,
    is_demo_certificate,
    issue_client_certificate,
    issue_document_certificate,
    issue_server_certificate,
    make_development_ca,
)

NOW = datetime.now(UTC)
CA = make_development_ca("試験認証局 DEMO CA", NOW)
SERVER = issue_server_certificate(CA, ["localhost", "127.0.0.1", "::1"], NOW)
CLIENT = issue_client_certificate(CA, "centre-demo", NOW)


def context(side: int, own: IssuedCertificate, folder: Path, trusted: IssuedCertificate = CA) -> ssl.SSLContext:
    made = ssl.SSLContext(side)
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=trusted.certificate_der)
    path = folder / f"{side}.pem"
    path.touch(mode=0o600)
    path.write_bytes(own.private_key_pem + own.certificate_pem)
    made.load_cert_chain(path)
    return made


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> dict[str, object]:
    """Run a TLS handshake in memory; return what the server learned of the client."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = server.wrap_bio(to_server, to_client, server_side=True)
    there = client.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(4):
        for side in (there, here):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    peer = here.getpeercert()
    assert peer
    return dict(peer)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_server_and_client_accept_each_other_under_the_strict_flag(tmp_path: Path, name: str) -> None:
    server = context(ssl.PROTOCOL_TLS_SERVER, SERVER, tmp_path)
    client = context(ssl.PROTOCOL_TLS_CLIENT, CLIENT, tmp_path)
    assert "centre-demo" in str(shake_hands(server, client, name)["subject"])


def test_a_client_of_another_authority_is_refused(tmp_path: Path) -> None:
    stranger = issue_client_certificate(make_development_ca("別の認証局 DEMO CA", NOW), "centre-demo", NOW)
    server = context(ssl.PROTOCOL_TLS_SERVER, SERVER, tmp_path)
    client = context(ssl.PROTOCOL_TLS_CLIENT, stranger, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, client, "localhost")


def test_a_client_certificate_does_not_serve(tmp_path: Path) -> None:
    server = context(ssl.PROTOCOL_TLS_SERVER, CLIENT, tmp_path)
    client = context(ssl.PROTOCOL_TLS_CLIENT, CLIENT, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, client, "localhost")


def document_certificate() -> x509.Certificate:
    return issue_document_certificate(CA, ec.generate_private_key(ec.SECP256R1()).public_key(), NOW)


def test_a_document_certificate_may_sign_and_vouch_and_nothing_else() -> None:
    certificate = document_certificate()
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    certificate.verify_directly_issued_by(CA.certificate)


@pytest.mark.parametrize(
    "certificate",
    [CA.certificate, SERVER.certificate, CLIENT.certificate, document_certificate()],
    ids=["root", "server", "client", "document"],
)
def test_every_certificate_has_what_the_strict_reading_wants_and_says_demo(certificate: x509.Certificate) -> None:
    extensions = certificate.extensions
    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca == (certificate is CA.certificate)
    assert extensions.get_extension_for_class(x509.KeyUsage).critical
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    authority = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    own = CA.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert authority == own
    assert DEMO_ORGANISATION in certificate.subject.rfc4514_string()
    assert is_demo_certificate(certificate.public_bytes(Encoding.DER))
    assert certificate.not_valid_before_utc <= NOW < NOW + timedelta(days=800) < certificate.not_valid_after_utc


def test_an_issued_certificate_does_not_show_its_key() -> None:
    assert "private" not in repr(SERVER).lower()
    assert "private" not in repr(CA).lower()


def test_the_root_issues_leaves_only() -> None:
    assert CA.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_a_server_is_named_after_its_first_name() -> None:
    assert "CN=localhost" in SERVER.certificate.subject.rfc4514_string()


def test_a_certificate_is_a_demo_one_by_its_organisation_and_by_nothing_else() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    for kind, value in ((NameOID.ORGANIZATION_NAME, "足利市"), (NameOID.COMMON_NAME, DEMO_ORGANISATION)):
        name = x509.Name([x509.NameAttribute(kind, value)])
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
        certificate = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
        assert not is_demo_certificate(certificate)
