"""The key that signs the log's checkpoints."""

from issuance_db.log.note import LOG_SIGNATURE, SignerKey
from keys.provider import KeyProvider
from keys.purpose import Purpose


def log_signer(keys: KeyProvider, origin: str, municipality_code: str, version: int | None = None) -> SignerKey:
    """The signer of one city's log: one Ed25519 key, whose seed is the secret of its purpose, under the name of each city.

    The newest version in force, unless told. Raises KeyNotFound.
    """
    return SignerKey(
        f"{origin}/{municipality_code}", LOG_SIGNATURE, keys.secret(Purpose.LOG_CHECKPOINT, version).material
    )
