"""The permit to sign: a capability, not a yes. It names one document by its digest and can be redeemed once."""

from hmac import compare_digest
from threading import Lock

from pdf.errors import PermitMismatch, PermitSpent


class SignPermit:
    """Allows one signature over the document with this digest.

    Made by the issuing pipeline after the permit's transaction has committed. `digest` is the SHA-256 that inspection
    returned. A try with another digest spends the permit too: whoever holds it is confused about what is signed.
    """

    def __init__(self, issuance_number: str, digest: bytes) -> None:
        self.issuance_number = issuance_number
        self._digest = digest
        self._spent = False
        self._lock = Lock()

    def redeem(self, digest: bytes) -> None:
        """Spend the permit for the document with `digest`; raises `PermitSpent` or `PermitMismatch`."""
        with self._lock:
            spent, self._spent = self._spent, True
        if spent:
            raise PermitSpent
        if not compare_digest(digest, self._digest):
            raise PermitMismatch
