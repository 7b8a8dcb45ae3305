"""Keys from an encrypted file, unwrapped once and held by the process."""

from datetime import timedelta
from pathlib import Path

from civil.clock import Clock, utc_now
from keys.certificate_use import require_for_documents
from keys.document_certified import DocumentCertified
from keys.document_key import DocumentKey, load_document_key, require_certificate_of
from keys.errors import CertificateOutOfDate, DocumentKeyOutOfDate, KeyFileUnreadable, KeyNotFound
from keys.key_file import KeyEntry, KeyFile, read_key_file
from keys.making_keys import add_key_version, create_keys
from keys.provider import Marker
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from keys.token_keys import TokenKeys
from keys.wrapping import Wrapper

__all__ = ["FileKeyProvider", "add_key_version", "create_keys"]


class FileKeyProvider:
    """A KeyProvider over the key file of a directory.

    Raises KeyFileUnreadable, WrongPassphrase, SealBroken where an entry, its dates, its purpose or the marker was
    changed, or CertificateMismatch. A later version of a key is seen by the next provider.
    """

    def __init__(
        self,
        directory: Path,
        passphrase: bytes,
        *,
        clock: Clock = utc_now,
        tokens: TokenKeys | None = None,
        before: "FileKeyProvider | None" = None,
    ) -> None:
        """Read the file and unwrap every key; nothing is read later. A key on a token is asked for when it signs.

        With the provider of `before` the slow derivation is spared where passphrase and salt are the same.
        """
        content = read_key_file(directory)
        wrapper = before.wrapper.of(passphrase, content.kdf) if before else Wrapper(passphrase, content.kdf)
        wrapper.require(content.check)
        self.wrapper: Wrapper = wrapper
        """What opened the file. It shows no key."""
        self.content = content
        """What the file says in the clear."""
        self._clock = clock
        self._entries: dict[tuple[Purpose, int], KeyEntry] = {}
        self._secrets: dict[tuple[Purpose, int], SecretKey] = {}
        self._statements: dict[tuple[Purpose, int], StatementKey] = {}
        self._documents: dict[int, DocumentKey] = {}
        self._tokens = tokens or TokenKeys(None)
        for entry in content.keys:
            self._hold(entry, wrapper.unwrap(entry.wrapped, entry.bound(content.marker)), content)

    @property
    def marker(self) -> Marker:
        """Whether these are demo or production keys."""
        return self.content.marker

    def secret(self, purpose: Purpose, version: int | None = None) -> SecretKey:
        """Return the key of a version, even a retired one, or else the newest in force; raises KeyNotFound."""
        wanted = self._newest_in_force(purpose) if version is None else version
        try:
            return self._secrets[purpose, wanted]
        except KeyError:
            raise KeyNotFound from None

    def versions(self, purpose: Purpose, *, begun_for: timedelta | None = None) -> tuple[int, ...]:
        """Return the versions there are, newest first; with `begun_for`, those made and begun that long ago, ended or not."""
        since = None if begun_for is None else self._clock() - begun_for
        entries = (entry for (held, _), entry in self._entries.items() if held is purpose)
        found = (entry.version for entry in entries if since is None or max(entry.not_before, entry.created) <= since)
        return tuple(sorted(found, reverse=True))

    def versions_in_force(self, purpose: Purpose) -> tuple[int, ...]:
        """Return those that may make something new now, newest first."""
        now = self._clock()
        return tuple(version for version in self.versions(purpose) if self._entries[purpose, version].in_force(now))

    def document_signer(self) -> DocumentKey:
        """Return the newest document signing key that is in force and has a certificate that is valid now.

        Raises KeyNotFound without either, DocumentKeyOutOfDate, CertificateOutOfDate, CertificateUnfit.
        """
        now = self._clock()
        in_force = self.versions_in_force(Purpose.DOCUMENT_SIGNATURE)
        certified = [self._documents[version] for version in in_force if version in self._documents]
        for key in certified:
            if key.not_before <= now <= key.not_after:
                require_for_documents(key.certificate)
                return key
        if certified:
            raise CertificateOutOfDate
        raise DocumentKeyOutOfDate if self.versions(Purpose.DOCUMENT_SIGNATURE) and not in_force else KeyNotFound

    def document_certificates(self) -> tuple[DocumentCertified, ...]:
        """Return every certificate of a document signing key there is, past and coming ones too; nothing that signs."""
        return tuple(
            _certified(self._entries[Purpose.DOCUMENT_SIGNATURE, version], key)
            for version, key in sorted(self._documents.items())
        )

    def statement_signer(self, purpose: Purpose, version: int | None = None) -> StatementKey:
        """Return the key of a statement purpose by the rules of `secret`; raises KeyNotFound."""
        wanted = self._newest_in_force(purpose) if version is None else version
        try:
            return self._statements[purpose, wanted]
        except KeyError:
            raise KeyNotFound from None

    def close(self) -> None:
        """End the sessions of tokens."""
        self._tokens.close()

    def _newest_in_force(self, purpose: Purpose) -> int:
        in_force = self.versions_in_force(purpose)
        if not in_force:
            raise KeyNotFound
        return in_force[0]

    def _hold(self, entry: KeyEntry, material: bytes, content: KeyFile) -> None:
        place = entry.purpose, entry.version
        if place in self._entries:
            raise KeyFileUnreadable
        self._entries[place] = entry
        if entry.purpose is not Purpose.DOCUMENT_SIGNATURE:
            secret = self._secrets[place] = SecretKey(*place, material)
            if entry.purpose in STATEMENT_PURPOSES:
                self._statements[place] = StatementKey.of(secret, entry.not_before, entry.not_after)
        elif (certified := content.certificate_of(entry.version)) is not None:
            private_key = self._tokens.key(entry.token) if entry.token is not None else load_document_key(material)
            require_certificate_of(private_key.public_key(), certified.certificate)
            self._documents[entry.version] = DocumentKey(private_key, certified.certificate, certified.chain)


def _certified(entry: KeyEntry, key: DocumentKey) -> DocumentCertified:
    """In use while both the key and its certificate are."""
    # A certificate counts to the end of its last second, a key up to its end.
    ends = [key.not_after + timedelta(seconds=1), *([entry.not_after] if entry.not_after is not None else [])]
    since = max(key.not_before, entry.not_before)
    return DocumentCertified(key.certificate_der, key.chain_der, since, min(ends))
