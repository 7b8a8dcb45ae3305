"""A certificate as it came from a card or a caller, read once and for all, before anybody trusts it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from civil.errors import KioskError

_MOST_BYTES: Final = 8_192
_MOST_SERIAL_BYTES: Final = 20
"""RFC 5280 4.1.2.2."""


UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    Warning,
)
"""All that the library raises over DER of somebody else's making; several derive from Exception alone."""


class CertificateUnreadable(KioskError):
    """電子証明書を読み取れません。 / The certificate cannot be read."""


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """The DER and what was read from it. `serial` is decimal without leading zeros; key ids are lower-case hex or None."""

    der: bytes = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    extensions: x509.Extensions = field(repr=False)
    public_key: object = field(repr=False)
    serial: str = field(repr=False)
    authority_key_id: str | None
    subject_key_id: str | None
    not_before: datetime
    not_after: datetime


def read_certificate(der: bytes) -> ReadCertificate:
    """Read one DER certificate whole: nothing in it is left to be found unreadable later. Raises CertificateUnreadable."""
    if len(der) > _MOST_BYTES:
        raise CertificateUnreadable
    try:
        return _read(der)
    except UNREADABLE:
        # The library's own message may quote the certificate.
        raise CertificateUnreadable from None


def _read(der: bytes) -> ReadCertificate:
    certificate = x509.load_der_x509_certificate(der)
    serial, extensions = certificate.serial_number, certificate.extensions
    if serial <= 0 or serial.bit_length() >= 8 * _MOST_SERIAL_BYTES or certificate.version != x509.Version.v3:
        raise CertificateUnreadable
    if not (certificate.subject.rdns and certificate.issuer.rdns and _is_spelled_once(certificate, der)):
        raise CertificateUnreadable
    return ReadCertificate(
        der=bytes(der),
        certificate=certificate,
        extensions=extensions,
        public_key=certificate.public_key(),
        serial=str(serial),
        authority_key_id=_key_id(extensions, ExtensionOID.AUTHORITY_KEY_IDENTIFIER),
        subject_key_id=_key_id(extensions, ExtensionOID.SUBJECT_KEY_IDENTIFIER),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _is_spelled_once(certificate: x509.Certificate, der: bytes) -> bool:
    """Whether what stands outside the signed part has its only spelling (X.690 11.2, RFC 5280 4.1.1.2).

    The library takes any number of unused bits in the signature's BIT STRING, where those bits happen to be zero.
    """
    signed, signature = certificate.tbs_certificate_bytes, core.OctetBitString(certificate.signature).dump()
    _, found, rest = der.partition(signed)
    return bool(found) and rest.endswith(signature) and rest.removesuffix(signature) in signed


def _key_id(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> str | None:
    try:
        value = extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None
    if isinstance(value, x509.AuthorityKeyIdentifier):
        return None if value.key_identifier is None else value.key_identifier.hex()
    return value.digest.hex() if isinstance(value, x509.SubjectKeyIdentifier) else None
