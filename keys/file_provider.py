"""Keys from an encrypted file, unwrapped once and held by the process."""

from pathlib import Path

from civil.clock import Clock, utc_now
from keys.document_key import DocumentKey, load_document_key, require_certificate_of
from keys.errors import KeyFileUnreadable, KeyNotFound
from keys.key_file import KeyEntry, KeyFile, read_key_file
from keys.making_keys import add_key_version, create_keys
from keys.provider import Marker
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from keys.wrapping import Wrapper

__all__ = ["FileKeyProvider", "add_key_version", "create_keys"]


class FileKeyProvider:
    """A KeyProvider over the key file of a directory.

    Raises KeyFileUnreadable, WrongPassphrase, SealBroken where an entry, its dates, its purpose or the marker was
    changed, or CertificateMismatch. A later version of a key is seen by the next provider.
    """

    def __init__(self, directory: Path, passphrase: bytes, *, clock: Clock = utc_now) -> None:
        """Read the file and unwrap every key; nothing is read later."""
        content = read_key_file(directory)
        wrapper = Wrapper(passphrase, content.kdf)
        wrapper.require(content.check)
        self._marker: Marker = content.marker
        self._clock = clock
        self._entries: dict[tuple[Purpose, int], KeyEntry] = {}
        self._secrets: dict[tuple[Purpose, int], SecretKey] = {}
        self._statements: dict[tuple[Purpose, int], StatementKey] = {}
        self._document: DocumentKey | None = None
        for entry in content.keys:
            self._hold(entry, wrapper.unwrap(entry.wrapped, entry.bound(content.marker)), content)

    @property
    def marker(self) -> Marker:
        """Whether these are demo or production keys."""
        return self._marker

    def secret(self, purpose: Purpose, version: int | None = None) -> SecretKey:
        """Return the key of a version, even a retired one, or else the newest in force; raises KeyNotFound."""
        wanted = self._newest_in_force(purpose) if version is None else version
        try:
            return self._secrets[purpose, wanted]
        except KeyError:
            raise KeyNotFound from None

    def versions(self, purpose: Purpose) -> tuple[int, ...]:
        """Return the versions there are, newest first; empty where there is none."""
        return tuple(sorted((version for held, version in self._entries if held is purpose), reverse=True))

    def document_signer(self) -> DocumentKey:
        """Return the document signing key with its certificate; raises KeyNotFound without either."""
        if self._document is None:
            raise KeyNotFound
        return self._document

    def statement_signer(self, purpose: Purpose, version: int | None = None) -> StatementKey:
        """Return the key of a statement purpose by the rules of `secret`; raises KeyNotFound."""
        wanted = self._newest_in_force(purpose) if version is None else version
        try:
            return self._statements[purpose, wanted]
        except KeyError:
            raise KeyNotFound from None

    def _newest_in_force(self, purpose: Purpose) -> int:
        now = self._clock()
        for version in self.versions(purpose):
            if self._entries[purpose, version].in_force(now):
                return version
        raise KeyNotFound

    def _hold(self, entry: KeyEntry, material: bytes, content: KeyFile) -> None:
        place = entry.purpose, entry.version
        if place in self._entries:
            raise KeyFileUnreadable
        self._entries[place] = entry
        if entry.purpose is not Purpose.DOCUMENT_SIGNATURE:
            secret = self._secrets[place] = SecretKey(*place, material)
            if entry.purpose in STATEMENT_PURPOSES:
                self._statements[place] = StatementKey.of(secret, entry.not_before, entry.not_after)
        elif content.document is not None:
            private_key = load_document_key(material)
            require_certificate_of(private_key, content.document.certificate)
            self._document = DocumentKey(private_key, content.document.certificate, content.document.chain)
