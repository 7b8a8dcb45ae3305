"""The keys on tokens that an installation uses, each opened once in a process and kept while the key file is read anew."""

from keys.document_key import load_public_key
from keys.key_file import TokenPlace
from keys.tokens.place import KeyAddress, TokenAccess
from keys.tokens.token_key import TokenKey


class TokenKeys:
    """Gives the key of a place, the same one each time. Without access it gives keys that sign nothing: TokenNotSet."""

    def __init__(self, access: TokenAccess | None) -> None:
        self._access = access
        self._keys: dict[TokenPlace, TokenKey] = {}

    def key(self, place: TokenPlace) -> TokenKey:
        """The key; nothing is opened before it signs. Raises KeyFileUnreadable for a public key that cannot be read."""
        if place not in self._keys:
            address = KeyAddress(place.token, place.label, place.key_id)
            self._keys[place] = TokenKey(address, load_public_key(place.public_key), self._access)
        return self._keys[place]

    def close(self) -> None:
        """End every session."""
        for key in self._keys.values():
            key.close()
