"""The resident's clear word that the last PIN try may be spent, as a value of its own that no default can stand for."""

import hashlib


class LastTryWord:
    """Given by the resident for one card after they were told that one more wrong PIN locks it. Good for one try."""

    __slots__ = ("_card", "_is_spent")

    def __init__(self, certificate_der: bytes) -> None:
        """Take the certificate (DER) of the card that lay on the reader when the resident agreed."""
        self._card = hashlib.sha256(certificate_der).digest()
        self._is_spent = False

    def spend(self, certificate_der: bytes) -> bool:
        """Whether it is good for this card and was not spent before; spends it."""
        is_good = not self._is_spent and self._card == hashlib.sha256(certificate_der).digest()
        self._is_spent = True
        return is_good
