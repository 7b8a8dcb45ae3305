"""A certificate authority for the demo and for tests. Everything it issues says 見本 DEMO, and production refuses it.

The certificates satisfy OpenSSL's strict reading of RFC 5280, which Python 3.13 turns on by default.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from keys.certificate_use import DOCUMENT_SIGNING

DEMO_ORGANISATION = "見本 DEMO"
"""The organisation in the subject of every certificate issued here."""

_ROOT_YEARS = 20
_DOCUMENT_YEARS = 10
_TLS_DAYS = 825
_DAYS_A_YEAR = 365
_CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False)
class IssuedCertificate:
    """A certificate with the private key made for it. For the demo and tests only, so the key may be written out."""

    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def certificate_der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def private_key_pem(self) -> bytes:
        """The private key as unencrypted PKCS#8 PEM; the caller writes it with mode 0600."""
        return self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class IssuedCa(IssuedCertificate):
    """A self-signed root that issues the certificates of a demo."""

    __slots__ = ()


def make_development_ca(common_name: str, now: datetime) -> IssuedCa:
    """Make a root valid for 20 years from `now` (aware)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _demo_name(common_name)
    builder = (
        _builder(name, name, key.public_key(), now, timedelta(days=_DAYS_A_YEAR * _ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return IssuedCa(builder.sign(key, hashes.SHA256()), key)


def issue_document_certificate(
    ca: IssuedCa,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: datetime,
    common_name: str = "見本市長 DEMO Mayor",
) -> x509.Certificate:
    """Issue a certificate for signing documents, valid for 10 years: digitalSignature and nonRepudiation."""
    purposes = x509.ExtendedKeyUsage([DOCUMENT_SIGNING])
    builder = _leaf(ca, common_name, public_key, now, timedelta(days=_DAYS_A_YEAR * _DOCUMENT_YEARS))
    builder = builder.add_extension(_key_usage(content_commitment=True), critical=True)
    return builder.add_extension(purposes, critical=False).sign(ca.private_key, hashes.SHA256())


def issue_server_certificate(ca: IssuedCa, names: Sequence[str], now: datetime) -> IssuedCertificate:
    """Issue a TLS server certificate for host names and IP addresses (texts), the first of which is its name."""
    alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
    return _issue_tls(ca, names[0], ExtendedKeyUsageOID.SERVER_AUTH, now, alternatives)


def issue_client_certificate(ca: IssuedCa, common_name: str, now: datetime) -> IssuedCertificate:
    """Issue a TLS client certificate for a caller (the centre, a terminal) of this name."""
    return _issue_tls(ca, common_name, ExtendedKeyUsageOID.CLIENT_AUTH, now, None)


def is_demo_certificate(certificate_der: bytes) -> bool:
    """Tell whether a certificate came from a development CA."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    names = (*certificate.subject, *certificate.issuer)
    return any(name.oid == NameOID.ORGANIZATION_NAME and name.value == DEMO_ORGANISATION for name in names)


def _issue_tls(
    ca: IssuedCa,
    common_name: str,
    usage: ObjectIdentifier,
    now: datetime,
    alternatives: x509.SubjectAlternativeName | None,
) -> IssuedCertificate:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _leaf(ca, common_name, key.public_key(), now, timedelta(days=_TLS_DAYS))
    builder = builder.add_extension(_key_usage(), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if alternatives is not None:
        builder = builder.add_extension(alternatives, critical=False)
    return IssuedCertificate(builder.sign(ca.private_key, hashes.SHA256()), key)


def _leaf(
    ca: IssuedCa,
    common_name: str,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: datetime,
    validity: timedelta,
) -> x509.CertificateBuilder:
    issuer_key = ca.private_key.public_key()
    return (
        _builder(_demo_name(common_name), ca.certificate.subject, public_key, now, validity)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: datetime,
    validity: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + validity)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _demo_name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMO_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool = False, content_commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
