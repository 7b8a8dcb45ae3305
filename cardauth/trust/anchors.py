"""The generations of the issuing CA that a city trusts. They share one name, so the name says nothing: keys do."""

from dataclasses import dataclass
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cardauth.certificate import CertificateUnreadable, ReadCertificate, read_certificate
from cardauth.trust.signed_by import is_signed_by
from civil.errors import KioskError

TEST_ORGANISATIONS: Final = frozenset({"JPKI-TEST", "見本 DEMO"})
"""Organisations of authorities whose cards anybody can have; production believes none of them."""
_LEAST_RSA_BITS: Final = 2048
_MOST_KEY_ID: Final = 64
"""Hexadecimal digits: as long as a credential may name its issuer."""


class AnchorsUnacceptable(KioskError):
    """認証局の証明書のファイルが正しくありません。 / The file of CA certificates is not acceptable."""


@dataclass(frozen=True, slots=True)
class CaGeneration:
    """One self-signed generation. `key_id` is lower-case hex of its subject key identifier."""

    read: ReadCertificate
    key_id: str


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """Every generation that is trusted, in no order."""

    generations: tuple[CaGeneration, ...]

    @classmethod
    def from_pem(cls, pem: bytes, *, is_demo: bool) -> Self:
        """Read one or more PEM certificates. Raises AnchorsUnacceptable.

        Each must be self-signed, a CA that may sign certificates and lists, with a key id of its own. Authorities for tests
        and demos are refused in production, and only they are accepted in a demo.
        """
        try:
            found = [_generation(one) for one in x509.load_pem_x509_certificates(pem)]
        except (ValueError, CertificateUnreadable):
            raise AnchorsUnacceptable from None
        if len({generation.key_id for generation in found}) != len(found):
            raise AnchorsUnacceptable(
                "同じ鍵識別子の証明書が二つあります。 / Two of the CA certificates have the same key id."
            )
        _require_world([generation.read for generation in found], is_demo=is_demo)
        return cls(tuple(found))


def is_for_tests(name: x509.Name) -> bool:
    """Whether an authority of this name is one for tests or demos."""
    return any(one.value in TEST_ORGANISATIONS for one in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))


def _generation(certificate: x509.Certificate) -> CaGeneration:
    read = read_certificate(certificate.public_bytes(Encoding.DER))
    if (
        not read.subject_key_id
        or len(read.subject_key_id) > _MOST_KEY_ID
        or not _may_issue(read)
        or not is_signed_by(read.certificate, read.certificate)
    ):
        raise AnchorsUnacceptable
    return CaGeneration(read, read.subject_key_id)


def _may_issue(read: ReadCertificate) -> bool:
    try:
        basic = read.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = read.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return False
    strong = not isinstance(read.public_key, rsa.RSAPublicKey) or read.public_key.key_size >= _LEAST_RSA_BITS
    return basic.value.ca and basic.critical and usage.value.key_cert_sign and usage.value.crl_sign and strong


def _require_world(certificates: list[ReadCertificate], *, is_demo: bool) -> None:
    if not all(is_for_tests(read.certificate.subject) is is_demo for read in certificates):
        raise AnchorsUnacceptable(
            "試験用・見本用の認証局は本番では使えず、本番の認証局は見本では使えません。 / "
            "Authorities for tests and demos are not for production, nor the real ones for a demo."
        )
