"""A certification authority that is not the demo's: it signs requests and issues TLS certificates, as a real one would."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

_DAY = timedelta(days=1)
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class Authority:
    """One root; its certificate lies in `directory/ca.pem`."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("ある認証局")
        root = self._builder(self._name, self._key.public_key(), is_ca=True)
        self.root = self._write("ca.pem", root.sign(self._key, hashes.SHA256()))

    def sign_request(self, request: Path) -> Path:
        """A document certificate for the request, with the subject it asks for."""
        asked = x509.load_pem_x509_csr(request.read_bytes())
        assert asked.is_signature_valid
        return self._issue("document.pem", asked.subject, asked.public_key(), _DOCUMENT_SIGNING)

    def sign_client_request(self, request: Path) -> Path:
        """A TLS client certificate for the request, beside it."""
        asked = x509.load_pem_x509_csr(request.read_bytes())
        assert asked.is_signature_valid
        file = f"{request.stem}.pem"
        return self._issue(file, asked.subject, asked.public_key(), ExtendedKeyUsageOID.CLIENT_AUTH)

    def issue_tls(self, name: str, usage: ObjectIdentifier) -> tuple[Path, Path]:
        """A certificate and its key for 127.0.0.1, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._directory / f"{name}.key"
        file.touch(0o600)
        file.write_bytes(pem)
        return self._issue(f"{name}.pem", _name(name), key.public_key(), usage), file

    def _issue(self, file: str, subject: x509.Name, key: CertificatePublicKeyTypes, usage: ObjectIdentifier) -> Path:
        builder = self._builder(subject, key, is_ca=False).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if usage == ExtendedKeyUsageOID.SERVER_AUTH:
            here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
        return self._write(file, builder.sign(self._key, hashes.SHA256()))

    def _builder(self, subject: x509.Name, key: CertificatePublicKeyTypes, *, is_ca: bool) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        return (
            x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + 365 * _DAY)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not is_ca,
                    content_commitment=not is_ca,
                    key_cert_sign=is_ca,
                    crl_sign=is_ca,
                    **usage,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        file = self._directory / name
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return file


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "試験機関"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
