"""The keyed hashes under which a credential is counted and its PIN is kept: one for each version of the key."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cardauth.credential_key import CredentialKey
from keys.errors import KeyNotFound
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose

ENTERED_AFTER: Final = timedelta(minutes=2)
"""How long a version is there and in force before anything is entered under it. A process that lacks it would not find that, and has
stopped serving a minute after its first instant (`kiosk_server.checks.keys_of_nodes`)."""


@dataclass(frozen=True, slots=True)
class CredentialIndex:
    """What stands for one credential in one city, 32 bytes under each version of the key, oldest first.

    Its rows lie under any one of them. `entered` is the one for what is new.
    """

    every: tuple[bytes, ...]
    entered: bytes

    @property
    def first(self) -> bytes:
        """The one that stays the same whatever versions come."""
        return self.every[0]


def credential_index(keys: KeyProvider, municipality_code: str, key: CredentialKey) -> CredentialIndex:
    """Return what stands for this credential in this city; raises KeyNotFound."""
    versions = keys.versions(Purpose.CREDENTIAL_INDEX)
    if not versions:
        raise KeyNotFound
    hashes = {
        version: keyed_hash(keys.secret(Purpose.CREDENTIAL_INDEX, version), municipality_code.encode(), key.canonical)
        for version in reversed(versions)
    }
    return CredentialIndex(tuple(hashes.values()), hashes[entering_version(keys)])


def entering_version(keys: KeyProvider) -> int:
    """The version of the key that what is new is entered under; raises KeyNotFound.

    The newest settled one that is in force; while there is none, the newest settled one, which has ended, and else the oldest.
    """
    versions, in_force = keys.versions(Purpose.CREDENTIAL_INDEX), keys.versions_in_force(Purpose.CREDENTIAL_INDEX)
    if not versions:
        raise KeyNotFound
    settled = keys.versions(Purpose.CREDENTIAL_INDEX, begun_for=ENTERED_AFTER)
    return [*(version for version in settled if version in in_force), *settled, versions[-1]][0]
