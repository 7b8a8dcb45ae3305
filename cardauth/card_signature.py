"""The credential of a card on a reader: its certificate, and its signature over a challenge of ours."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CardSignature:
    """The user certificate (DER), the challenge as it was given, and the card's signature over `signed_message`."""

    certificate: bytes = field(repr=False)
    challenge_id: str = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def canonical(self) -> bytes:
        """The credential without what is new in each try, as bytes that no other credential shares.

        Challenge and signature are left out as a PIN is: the same request may be asked again with new ones.
        """
        return b"card_signature/" + hashlib.sha256(self.certificate).hexdigest().encode()
