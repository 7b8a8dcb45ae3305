"""Two persons, one passphrase: what each of them knows makes it only together with what the other knows (two of two)."""

import base64
import unicodedata
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.errors import SharesAlike, WeakPassphrase
from keys.lengths import length_prefixed
from keys.secret_key import KEY_BYTES
from keys.wrapping import PRODUCTION_WORK

LEAST_BYTES: Final = 16
_PASSPHRASE: Final = b"kiosk key ceremony: passphrase"


def share_of(typed: str) -> bytes:
    """What a person typed, in one form (NFC). Raises WeakPassphrase below 16 bytes of UTF-8."""
    share = unicodedata.normalize("NFC", typed).encode()
    if len(share) < LEAST_BYTES:
        raise WeakPassphrase
    return share


def joint_passphrase(one: bytes, other: bytes) -> bytes:
    """The passphrase of the key file, 43 characters: HKDF-SHA-256 (RFC 5869) over both shares, whoever types first.

    Whoever knows one share alone must guess the other through the slow derivation of the key file. Raises SharesAlike.
    """
    if one == other:
        raise SharesAlike
    derive = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=_PASSPHRASE)
    return base64.urlsafe_b64encode(derive.derive(length_prefixed(sorted((one, other))))).rstrip(b"=")


def record_key(passphrase: bytes, salt: bytes) -> Ed25519PrivateKey:
    """The key that signs a record. As slow as opening the key file, so that its public half helps nobody to guess a share."""
    return Ed25519PrivateKey.from_private_bytes(Scrypt(salt, KEY_BYTES, PRODUCTION_WORK, 8, 1).derive(passphrase))
