"""The keyed hash under which a credential is counted and its PIN is kept."""

from cardauth.credential_key import CredentialKey
from keys.errors import KeyNotFound
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose


def credential_hash(keys: KeyProvider, municipality_code: str, key: CredentialKey) -> bytes:
    """Return the 32 bytes that stand for this credential in this city; raises KeyNotFound.

    The oldest version of the key is used, not the newest: another version would give every credential a new row, and
    with it a counter at zero. Replacing this key means writing all rows anew.
    """
    versions = keys.versions(Purpose.CREDENTIAL_INDEX)
    if not versions:
        raise KeyNotFound
    index_key = keys.secret(Purpose.CREDENTIAL_INDEX, min(versions))
    return keyed_hash(index_key, municipality_code.encode(), key.canonical)
