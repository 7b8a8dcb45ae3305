"""Invented user certificates (利用者証明用電子証明書) in the shape of real ones: an opaque name, no person's data."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from kiosk_server.demo.jpki.generations import CaGeneration

USER_POLICY: Final = ObjectIdentifier("1.2.392.200149.8.5.1.3.30")
CardPrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_LIFE: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a certificate is made with; a test changes one thing at a time."""

    serial: int
    not_before: datetime
    life: timedelta = _LIFE
    subject: str = "DEMO00000000000000000A"
    policy: ObjectIdentifier | None = USER_POLICY
    digital_signature: bool = True
    content_commitment: bool = False
    usage_critical: bool = True
    is_ca: bool = False
    key_id: bytes | None = None
    """The authority key id to write; that of the issuer unless told."""
    without_key_id: bool = False
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class IssuedUserCertificate:
    """A user certificate with the key of its card."""

    certificate: x509.Certificate
    private_key: CardPrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)


def issue_user_certificate(ca: CaGeneration, key: CardPrivateKey, profile: Profile) -> IssuedUserCertificate:
    """Sign a certificate for a card's key with this generation."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, profile.subject),
        ]
    )
    builder = (
        x509.CertificateBuilder(
            issuer_name=ca.certificate.subject,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=profile.serial,
        )
        .not_valid_before(profile.not_before)
        .not_valid_after(profile.not_before + profile.life)
    )
    for extension, critical in _extensions(ca, profile):
        builder = builder.add_extension(extension, critical=critical)
    return IssuedUserCertificate(builder.sign(ca.private_key, hashes.SHA256()), key)


def _extensions(ca: CaGeneration, profile: Profile) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = [(_usage(profile), profile.usage_critical)]
    if profile.policy is not None:
        found.append((x509.CertificatePolicies([x509.PolicyInformation(profile.policy, None)]), True))
    if profile.is_ca:
        found.append((x509.BasicConstraints(ca=True, path_length=None), True))
    if not profile.without_key_id:
        key_id = profile.key_id or bytes.fromhex(ca.key_id)
        found.append((x509.AuthorityKeyIdentifier(key_id, None, None), False))
    return [*found, *profile.extra]


def _usage(profile: Profile) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=profile.digital_signature,
        content_commitment=profile.content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=profile.is_ca,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
