"""Wraps keys under a key made of a passphrase."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt as ScryptFunction

from keys.errors import SealBroken, WrongPassphrase
from keys.key_file import Scrypt
from keys.secret_key import KEY_BYTES

DEMO_WORK = 1 << 14
PRODUCTION_WORK = 1 << 17
"""The scrypt cost N: 16 MB and 128 MB of memory, once per start of a process."""

_NONCE_BYTES = 12
_SALT_BYTES = 16
_CHECK = b"passphrase check"


class Wrapper:
    """Wraps and unwraps with AES-256-GCM; holds the wrapping key and never shows it."""

    __slots__ = ("_aead", "_kdf", "_mark", "_mark_key")

    def __init__(self, passphrase: bytes, kdf: Scrypt) -> None:
        """Derive the wrapping key, which takes time and memory by design."""
        derive = ScryptFunction(salt=kdf.salt, length=KEY_BYTES, n=kdf.n, r=kdf.r, p=kdf.p)
        self._aead, self._kdf = AESGCM(derive.derive(passphrase)), kdf
        self._mark_key = os.urandom(KEY_BYTES)
        self._mark = hmac.digest(self._mark_key, passphrase, "sha256")

    def of(self, passphrase: bytes, kdf: Scrypt) -> "Wrapper":
        """This one where it was made of the same, without the slow derivation; else another."""
        is_same = hmac.compare_digest(self._mark, hmac.digest(self._mark_key, passphrase, "sha256"))
        return self if is_same and kdf == self._kdf else Wrapper(passphrase, kdf)

    def wrap(self, material: bytes, bound: bytes) -> bytes:
        """Return nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, material, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Return the material; raises SealBroken."""
        try:
            return self._aead.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def check(self) -> bytes:
        """Return what `require` recognises this passphrase by."""
        return self.wrap(b"", _CHECK)

    def require(self, check: bytes) -> None:
        """Raise WrongPassphrase unless the check was made with this passphrase."""
        try:
            self.unwrap(check, _CHECK)
        except SealBroken:
            raise WrongPassphrase from None


def new_scrypt(work: int) -> Scrypt:
    """Return parameters with a fresh salt."""
    return Scrypt.model_construct(salt=os.urandom(_SALT_BYTES), n=work, r=8, p=1)
