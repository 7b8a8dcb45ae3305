"""A private key on a token: it signs through a process that is started when it is needed, and again after the token came back."""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Never, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from keys.errors import TokenKeyAbsent, TokenLost, TokenNotSet, TokenPinRefused, TokenUnavailable
from keys.tokens.conversation import Conversation
from keys.tokens.pin_memory import PinMemory
from keys.tokens.place import LIMIT_SECONDS, KeyAddress, TokenAccess

DIGEST_BYTES: Final = 32
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0
"""After a token was lost, whoever comes within so many seconds is refused at once: nobody waits behind the others."""

Answer = TypeVar("Answer")
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class TokenKey:
    """Signs with a key that is found by its address and is the private half of `public_key`.

    One session for each process that signs, begun in that process. Calls of several threads follow each other, and none waits
    for longer than the limit. A token that is gone is looked for again by whoever comes next; a PIN that it refused is not
    tried again until its file is written anew.
    """

    def __init__(self, address: KeyAddress, public_key: PublicKey, access: TokenAccess | None) -> None:
        self.address = address
        self._public_key = public_key
        self._access = access
        self._turn = threading.Lock()
        self._conversation: Conversation | None = None
        self._failed: type[TokenUnavailable] = TokenLost
        self._again_at = 0.0
        self._pause = 0.0

    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public_key

    def sign(self, prehash: bytes) -> bytes:
        """Sign a SHA-256 digest of 32 bytes: a DER ECDSA-Sig-Value, or RSASSA-PKCS1-v1_5; compared with the public key.

        Blocks for at most twice the limit, and once more when the session is to be opened. Raises TokenUnavailable, ValueError.
        """
        if len(prehash) != DIGEST_BYTES:
            raise ValueError("The digest must be of 32 bytes")
        with self._own_turn():
            return self._kept(lambda conversation: self._verified(conversation.sign(prehash), prehash))

    def look(self) -> None:
        """Whether the key could sign now; opens the session if need be. Raises TokenUnavailable."""
        with self._own_turn():
            self._kept(Conversation.look)

    def close(self) -> None:
        """End the session; the next signature opens another."""
        with self._turn:
            self._drop()

    def __reduce__(self) -> Never:
        """Refuse to be pickled or copied: a session belongs to the process that opened it."""
        raise TypeError("a token key cannot be pickled")

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=LIMIT_SECONDS if self._access is None else self._access.limit):
            raise TokenLost
        try:
            yield
        finally:
            self._turn.release()

    def _kept(self, ask: Callable[[Conversation], Answer]) -> Answer:
        """What the token answers; a conversation that failed is over, and the failure is remembered for the pause."""
        if time.monotonic() < self._again_at:
            raise self._failed
        try:
            answer = ask(self._open())
        except TokenUnavailable as failed:
            self._drop()
            self._pause = min(self._pause * 2 or _SHORTEST_PAUSE, _LONGEST_PAUSE)
            self._failed, self._again_at = type(failed), time.monotonic() + self._pause
            raise
        self._pause = 0.0
        return answer

    def _open(self) -> Conversation:
        if self._conversation is not None and self._conversation.owner == os.getpid():
            return self._conversation
        if self._access is None:
            raise TokenNotSet
        if PinMemory(self._access.memory, self._access.pin_file).was_refused:
            raise TokenPinRefused
        conversation = Conversation(self.address, self._access)
        self._conversation = conversation
        # Label and id are only names: what it signs shows that this is the private half.
        probe = hashlib.sha256(b"kiosk: is this the key? " + os.urandom(DIGEST_BYTES)).digest()
        raw = conversation.sign(probe)
        try:
            self._verified(raw, probe)
        except TokenLost:
            raise TokenKeyAbsent from None
        return conversation

    def _verified(self, raw: bytes, prehash: bytes) -> bytes:
        """The signature as DER or PKCS#1, once it verifies; a token that answers something else is no token of ours."""
        algorithm = Prehashed(hashes.SHA256())
        try:
            if isinstance(self._public_key, rsa.RSAPublicKey):
                self._public_key.verify(raw, prehash, padding.PKCS1v15(), algorithm)
                return raw
            half = len(raw) // 2
            signature = encode_dss_signature(*(int.from_bytes(part, "big") for part in (raw[:half], raw[half:])))
            self._public_key.verify(signature, prehash, ec.ECDSA(algorithm))
        except (InvalidSignature, ValueError):
            raise TokenLost from None
        return signature

    def _drop(self) -> None:
        if self._conversation is not None and self._conversation.owner == os.getpid():
            self._conversation.close()
        self._conversation = None
