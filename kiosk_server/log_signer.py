"""The keys that sign the log's checkpoints."""

from dataclasses import dataclass
from datetime import datetime

from issuance_db.log.note import LOG_SIGNATURE, Signature, SignerKey
from keys.errors import KeyNotFound
from keys.provider import KeyProvider
from keys.purpose import Purpose


def log_signer(keys: KeyProvider, origin: str, municipality_code: str, version: int | None = None) -> SignerKey:
    """The signer of one city's log: one Ed25519 key, whose seed is the secret of its purpose, under the name of each city.

    The newest version in force, unless told. Raises KeyNotFound.
    """
    return SignerKey(
        f"{origin}/{municipality_code}", LOG_SIGNATURE, keys.secret(Purpose.LOG_CHECKPOINT, version).material
    )


@dataclass(frozen=True, slots=True)
class RotatingLogSigner:
    """Signs each checkpoint with every version that is in force at that moment, newest first.

    A witness, or whoever verifies, that knows only the version before the newest goes on until it is told of that one; the
    old version is ended then (`kiosk keys end`).
    """

    keys: KeyProvider
    origin: str
    municipality_code: str

    @property
    def name(self) -> str:
        """The log's origin."""
        return f"{self.origin}/{self.municipality_code}"

    def signatures(self, text: str, now: datetime) -> tuple[Signature, ...]:
        """One for each version in force. Raises KeyNotFound when there is none."""
        versions = self.keys.versions_in_force(Purpose.LOG_CHECKPOINT)
        if not versions:
            raise KeyNotFound
        signers = [log_signer(self.keys, self.origin, self.municipality_code, version) for version in versions]
        return tuple(signer.sign(text, now) for signer in signers)
