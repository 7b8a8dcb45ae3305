"""Certificates of an authority that is not ours, for any use and with any dates."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
_AUTHORITY = ec.generate_private_key(ec.SECP256R1())


def key_usage(*uses: str) -> x509.KeyUsage:
    """Key usage with exactly these bits."""
    return x509.KeyUsage(**{use: use in uses for use in _USES})


def certified(
    key: CertificatePublicKeyTypes,
    start: datetime,
    end: datetime,
    *extensions: x509.ExtensionType,
    name: str = "足利市長",
) -> x509.Certificate:
    """A certificate of this key with these dates and extensions."""
    builder = x509.CertificateBuilder(_name("ある認証局"), _name(name), key, x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(end)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(_AUTHORITY, hashes.SHA256())


def for_documents(
    key: CertificatePublicKeyTypes, start: datetime, end: datetime, extensions: Sequence[x509.ExtensionType] = ()
) -> bytes:
    """A certificate (DER) that may vouch for documents, with further extensions."""
    usage = key_usage("digital_signature", "content_commitment")
    return certified(key, start, end, usage, *extensions).public_bytes(Encoding.DER)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
