"""Keys whose signatures others check: what the city states on paper (visible seal), and what it publishes about it.

Each is an EC key on P-256, made from the secret of its purpose and version (FIPS 186-5, A.2.1: extra random bits), and
signs ES256 (RFC 9053, 2.1) deterministically (RFC 6979): the same message gives the same bytes on every node.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Never, Self

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from keys.purpose import Purpose
from keys.secret_key import SecretKey

COORDINATE_BYTES: Final = 32
SIGNATURE_BYTES: Final = 2 * COORDINATE_BYTES
KEY_ID_BYTES: Final = 8
_EXTRA_BYTES: Final = 16
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_KTY, _CRV, _X, _Y, _EC2, _P256 = 1, -1, -2, -3, 2, 1


@dataclass(frozen=True, slots=True)
class PublicStatementKey:
    """The public half: coordinates of 32 bytes each, and when it may sign (aware; `not_after` is the first instant it may not)."""

    x: bytes
    y: bytes
    not_before: datetime
    not_after: datetime | None

    @property
    def key_id(self) -> bytes:
        """The first 8 bytes of the COSE Key Thumbprint with SHA-256 (RFC 9679, 3)."""
        required = {_KTY: _EC2, _CRV: _P256, _X: self.x, _Y: self.y}
        return hashlib.sha256(cbor2.dumps(required, canonical=True)).digest()[:KEY_ID_BYTES]

    def in_force(self, instant: datetime) -> bool:
        """Whether it may sign something new at an instant (aware)."""
        return self.not_before <= instant and (self.not_after is None or instant < self.not_after)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature`, r and s of 32 bytes each, is this key's over `message`."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]))
        try:
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + self.x + self.y)
            point.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class StatementKey:
    """A private key of one purpose and version with its dates. It is neither shown nor pickled."""

    purpose: Purpose
    version: int
    public: PublicStatementKey
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def of(cls, secret: SecretKey, not_before: datetime, not_after: datetime | None) -> Self:
        """The key that this secret makes: always the same."""
        info = f"P-256 {secret.purpose}".encode()
        seed = HKDFExpand(hashes.SHA256(), COORDINATE_BYTES + _EXTRA_BYTES, info).derive(secret.material)
        private = ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
        point = private.public_key().public_numbers()
        x, y = (number.to_bytes(COORDINATE_BYTES, "big") for number in (point.x, point.y))
        return cls(secret.purpose, secret.version, PublicStatementKey(x, y, not_before, not_after), private)

    def sign(self, message: bytes) -> bytes:
        """ES256 over `message`: r and s, 32 bytes each."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self.private_key.sign(message, algorithm))
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")

    def __reduce__(self) -> Never:
        """Refuse to be pickled or copied."""
        raise TypeError("a statement key cannot be pickled")
