"""The certificate of a production document key: requested, issued elsewhere, installed here."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from keys.certificate_use import require_for_documents
from keys.development_ca import is_demo_certificate
from keys.document_key import DocumentPrivateKey, is_certificate_of, load_document_key
from keys.errors import CertificateMismatch, DemoKeyInProduction, KeyNotFound
from keys.key_file import DocumentCertificate, KeyFile, read_key_file, replace_key_file
from keys.purpose import Purpose
from keys.wrapping import Wrapper


def certificate_request(
    directory: Path, passphrase: bytes, *, organisation: str, common_name: str, version: int | None = None
) -> bytes:
    """Return a PKCS#10 request (PEM) of a version of the document signing key, the newest unless told.

    Raises as FileKeyProvider, KeyNotFound.
    """
    keys = _document_keys(read_key_file(directory), passphrase)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    key = keys.get(max(keys, default=0) if version is None else version)
    if key is None:
        raise KeyNotFound
    request = x509.CertificateSigningRequestBuilder(subject_name=subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM)


def install_document_certificate(
    directory: Path, passphrase: bytes, certificate_der: bytes, chain_der: tuple[bytes, ...]
) -> int:
    """Store the certificate of a document signing key and those above it, leaf's issuer first; returns the key's version.

    Another certificate of the same key gives way. Raises CertificateMismatch for the certificate of no key of ours or a
    chain that does not lead up, CertificateUnfit, DemoKeyInProduction for a demo certificate beside production keys, and
    as FileKeyProvider.
    """
    content = read_key_file(directory)
    keys = _document_keys(content, passphrase)
    if content.marker == "production" and is_demo_certificate(certificate_der):
        raise DemoKeyInProduction
    version = _version_of(keys, certificate_der)
    require_for_documents(x509.load_der_x509_certificate(certificate_der))
    _require_chain(certificate_der, chain_der)
    document = DocumentCertificate.model_construct(version=version, certificate=certificate_der, chain=chain_der)
    others = tuple(other for other in content.documents if other.version != version)
    replace_key_file(directory, content.model_copy(update={"documents": (*others, document)}))
    return version


def _document_keys(content: KeyFile, passphrase: bytes) -> Mapping[int, DocumentPrivateKey]:
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    return {
        entry.version: load_document_key(wrapper.unwrap(entry.wrapped, entry.bound(content.marker)))
        for entry in content.keys
        if entry.purpose is Purpose.DOCUMENT_SIGNATURE
    }


def _version_of(keys: Mapping[int, DocumentPrivateKey], certificate_der: bytes) -> int:
    for version, key in keys.items():
        if is_certificate_of(key.public_key(), certificate_der):
            return version
    raise CertificateMismatch


def _require_chain(certificate_der: bytes, chain_der: tuple[bytes, ...]) -> None:
    certificates = [x509.load_der_x509_certificate(der) for der in (certificate_der, *chain_der)]
    for issued, issuer in pairwise(certificates):
        try:
            issued.verify_directly_issued_by(issuer)
        except (InvalidSignature, TypeError, ValueError):
            raise CertificateMismatch from None
