"""The certificate of a production document key: requested, issued elsewhere, installed here."""

from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from keys.development_ca import is_demo_certificate
from keys.document_key import DocumentPrivateKey, load_document_key, require_certificate_of
from keys.errors import CertificateMismatch, DemoKeyInProduction, KeyNotFound
from keys.key_file import DocumentCertificate, KeyFile, read_key_file, replace_key_file
from keys.purpose import Purpose
from keys.wrapping import Wrapper


def certificate_request(directory: Path, passphrase: bytes, *, organisation: str, common_name: str) -> bytes:
    """Return a PKCS#10 request (PEM) of the document signing key; raises as FileKeyProvider, KeyNotFound."""
    key = _document_key(read_key_file(directory), passphrase)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    request = x509.CertificateSigningRequestBuilder(subject_name=subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM)


def install_document_certificate(
    directory: Path, passphrase: bytes, certificate_der: bytes, chain_der: tuple[bytes, ...]
) -> None:
    """Store the certificate of the document signing key and those above it, leaf's issuer first.

    Raises CertificateMismatch for the certificate of another key or a chain that does not lead up, DemoKeyInProduction
    for a demo certificate beside production keys, and as FileKeyProvider.
    """
    content = read_key_file(directory)
    key = _document_key(content, passphrase)
    if content.marker == "production" and is_demo_certificate(certificate_der):
        raise DemoKeyInProduction
    _require_match(key, certificate_der, chain_der)
    document = DocumentCertificate.model_construct(certificate=certificate_der, chain=chain_der)
    replace_key_file(directory, content.model_copy(update={"document": document}))


def _document_key(content: KeyFile, passphrase: bytes) -> DocumentPrivateKey:
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    entries = [entry for entry in content.keys if entry.purpose is Purpose.DOCUMENT_SIGNATURE]
    if not entries:
        raise KeyNotFound
    newest = max(entries, key=lambda entry: entry.version)
    return load_document_key(wrapper.unwrap(newest.wrapped, newest.bound(content.marker)))


def _require_match(key: DocumentPrivateKey, certificate_der: bytes, chain_der: tuple[bytes, ...]) -> None:
    require_certificate_of(key, certificate_der)
    certificates = [x509.load_der_x509_certificate(der) for der in (certificate_der, *chain_der)]
    for issued, issuer in pairwise(certificates):
        try:
            issued.verify_directly_issued_by(issuer)
        except (InvalidSignature, TypeError, ValueError):
            raise CertificateMismatch from None
