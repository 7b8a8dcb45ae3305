"""The certificate of a production document key: requested, issued elsewhere, installed here."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from civil.clock import Clock, utc_now
from keys.certificate_use import require_for_documents
from keys.development_ca import is_demo_certificate
from keys.document_key import DocumentPrivateKey, is_certificate_of, load_document_key
from keys.errors import CertificateMismatch, CertificateWouldLapse, DemoKeyInProduction, KeyNotFound
from keys.key_file import DocumentCertificate, KeyFile, read_key_file, replace_key_file
from keys.purpose import Purpose
from keys.request import signed_request
from keys.token_keys import TokenKeys
from keys.tokens.token_key import TokenKey
from keys.wrapping import Wrapper


def certificate_request(
    directory: Path,
    passphrase: bytes,
    *,
    organisation: str,
    common_name: str,
    version: int | None = None,
    tokens: TokenKeys | None = None,
) -> bytes:
    """Return a PKCS#10 request (PEM) of a version of the document signing key, the newest unless told.

    Raises as FileKeyProvider, KeyNotFound, and TokenUnavailable for a key on a token.
    """
    keys = _document_keys(read_key_file(directory), passphrase, tokens)
    key = keys.get(max(keys, default=0) if version is None else version)
    if key is None:
        raise KeyNotFound
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    return signed_request(subject, key)


def install_document_certificate(
    directory: Path,
    passphrase: bytes,
    certificate_der: bytes,
    chain_der: tuple[bytes, ...],
    *,
    clock: Clock = utc_now,
) -> int:
    """Store the certificate of a document signing key and those above it, leaf's issuer first; returns the key's version.

    Another certificate of the same key gives way. Raises CertificateMismatch for the certificate of no key of ours or a
    chain that does not lead up, CertificateUnfit, CertificateWouldLapse for one that is not valid now in place of one
    that is, DemoKeyInProduction for a demo certificate beside production keys, and as FileKeyProvider.
    """
    content = read_key_file(directory)
    keys = _document_keys(content, passphrase, None)
    if content.marker == "production" and is_demo_certificate(certificate_der):
        raise DemoKeyInProduction
    version = _version_of(keys, certificate_der)
    require_for_documents(x509.load_der_x509_certificate(certificate_der))
    _require_chain(certificate_der, chain_der)
    document = DocumentCertificate.model_construct(version=version, certificate=certificate_der, chain=chain_der)
    present, now = content.certificate_of(version), clock()
    if present is not None and present.is_valid(now) and not document.is_valid(now):
        raise CertificateWouldLapse
    others = tuple(other for other in content.documents if other.version != version)
    replace_key_file(directory, content.model_copy(update={"documents": (*others, document)}))
    return version


def _document_keys(
    content: KeyFile, passphrase: bytes, tokens: TokenKeys | None
) -> Mapping[int, DocumentPrivateKey | TokenKey]:
    wrapper, on_tokens = Wrapper(passphrase, content.kdf), tokens or TokenKeys(None)
    wrapper.require(content.check)
    entries = [entry for entry in content.keys if entry.purpose is Purpose.DOCUMENT_SIGNATURE]
    unwrapped = [(entry, wrapper.unwrap(entry.wrapped, entry.bound(content.marker))) for entry in entries]
    return {
        entry.version: load_document_key(material) if entry.token is None else on_tokens.key(entry.token)
        for entry, material in unwrapped
    }


def _version_of(keys: Mapping[int, DocumentPrivateKey | TokenKey], certificate_der: bytes) -> int:
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
