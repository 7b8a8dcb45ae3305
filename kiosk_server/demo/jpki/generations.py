"""The demo's certification authority: several generations with one name, told apart by key and key id only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from keys.development_ca import DEMO_ORGANISATION

_YEARS: Final = timedelta(days=365)
_CA_LIFE: Final = 10 * _YEARS
_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True, eq=False)
class CaGeneration:
    """One self-signed generation of the authority. `key_id` is lower-case hex."""

    certificate: x509.Certificate
    private_key: rsa.RSAPrivateKey = field(repr=False)
    key_id: str

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def private_pem(self) -> bytes:
        """The private key as unencrypted PEM; the caller writes it with mode 0600."""
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class DemoJpki:
    """All generations, the oldest first; the last one issues new cards."""

    generations: tuple[CaGeneration, ...]

    @property
    def current(self) -> CaGeneration:
        """The generation that issues."""
        return self.generations[-1]

    @property
    def anchors_pem(self) -> bytes:
        """Every generation's certificate, as PEM."""
        return b"".join(generation.pem for generation in self.generations)


def authority_name(organisation: str = DEMO_ORGANISATION) -> x509.Name:
    """The one name that all generations share; shaped like that of the real authority, with another organisation."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "JPKI for user authentication"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Fake authority for demo and tests"),
        ]
    )


def make_generation(
    key_id: str, serial: int, not_before: datetime, *, name: x509.Name | None = None, life: timedelta = _CA_LIFE
) -> CaGeneration:
    """A self-signed RSA-2048 certificate with this key id (hex), as the profile has it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    return _signed(key, key_id, serial, not_before, name or authority_name(), life)


def make_demo_jpki(current_key_id: str, now: datetime) -> DemoJpki:
    """Two generations: one four years old, and the current one, three years old with the key id that is asked for."""
    earlier = make_generation("95" * 20, 0x0133C349, now - 4 * _YEARS)
    return DemoJpki((earlier, make_generation(current_key_id, 0x06D18006, now - 3 * _YEARS)))


def read_generations(files: Sequence[tuple[bytes, bytes]]) -> DemoJpki:
    """What `pem` and `private_pem` wrote, the oldest first. Raises ValueError."""
    return DemoJpki(tuple(_read(*pair) for pair in files))


def _read(pem: bytes, private_pem: bytes) -> CaGeneration:
    certificate, key = x509.load_pem_x509_certificate(pem), load_pem_private_key(private_pem, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the authority's key is RSA")  # noqa: TRY004 - of the file, not of a caller
    identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return CaGeneration(certificate, key, identifier.digest.hex())


def _signed(
    key: rsa.RSAPrivateKey, key_id: str, serial: int, not_before: datetime, name: x509.Name, life: timedelta
) -> CaGeneration:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=serial)
        .not_valid_before(not_before)
        .not_valid_after(not_before + life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier(bytes.fromhex(key_id)), critical=False)
    )
    return CaGeneration(builder.sign(key, hashes.SHA256()), key, key_id)
