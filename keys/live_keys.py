"""Keys that follow their file while the process runs: a version that is added is taken up, without a stop."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from civil.clock import Clock, utc_now
from keys.document_certified import DocumentCertified
from keys.document_key import DocumentKey
from keys.errors import KeyFileContradicts, KeyFileUnreadable
from keys.file_provider import FileKeyProvider
from keys.key_file import KEY_FILE, KeyFile
from keys.provider import Marker
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from keys.token_keys import TokenKeys

Stamp = tuple[int, int, int]


class LiveKeys:
    """A KeyProvider over the key file of a directory, as it was when `refresh` last found it whole.

    A file that does not open, was changed, or lacks a key that was there takes nothing away: the keys held go on. The
    passphrase is asked for again when the file changes, since a ceremony may have changed it too.
    """

    def __init__(
        self,
        directory: Path,
        passphrase: Callable[[], bytes],
        *,
        clock: Clock = utc_now,
        tokens: TokenKeys | None = None,
    ) -> None:
        """Raises what FileKeyProvider raises."""
        self._directory = directory
        self._passphrase = passphrase
        self._clock = clock
        self._tokens = tokens or TokenKeys(None)
        self._stamp = self._stamped()
        self._held = self._opened(None)

    def refresh(self) -> bool:
        """Take up the file if it changed, and tell whether it did. Takes up to a second then; may run in a thread.

        Raises what FileKeyProvider raises, and KeyFileContradicts; what was held before is held still, and the next call
        looks again.
        """
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        fresh = self._opened(self._held)
        _require_continued(self._held.content, fresh.content)
        self._held, self._stamp = fresh, stamp
        return True

    @property
    def content(self) -> KeyFile:
        """What the file says in the clear."""
        return self._held.content

    @property
    def marker(self) -> Marker:
        """Whether these are demo or production keys."""
        return self._held.marker

    def secret(self, purpose: Purpose, version: int | None = None) -> SecretKey:
        """As FileKeyProvider."""
        return self._held.secret(purpose, version)

    def versions(self, purpose: Purpose, *, begun_for: timedelta | None = None) -> tuple[int, ...]:
        """As FileKeyProvider."""
        return self._held.versions(purpose, begun_for=begun_for)

    def versions_in_force(self, purpose: Purpose) -> tuple[int, ...]:
        """As FileKeyProvider."""
        return self._held.versions_in_force(purpose)

    def document_signer(self) -> DocumentKey:
        """As FileKeyProvider."""
        return self._held.document_signer()

    def document_certificates(self) -> tuple[DocumentCertified, ...]:
        """As FileKeyProvider."""
        return self._held.document_certificates()

    def statement_signer(self, purpose: Purpose, version: int | None = None) -> StatementKey:
        """As FileKeyProvider."""
        return self._held.statement_signer(purpose, version)

    def close(self) -> None:
        """End the sessions of tokens."""
        self._tokens.close()

    def _opened(self, before: FileKeyProvider | None) -> FileKeyProvider:
        return FileKeyProvider(
            self._directory, self._passphrase(), clock=self._clock, tokens=self._tokens, before=before
        )

    def _stamped(self) -> Stamp:
        try:
            status = (self._directory / KEY_FILE).stat()
        except OSError:
            raise KeyFileUnreadable from None
        return status.st_ino, status.st_mtime_ns, status.st_size


def _require_continued(before: KeyFile, after: KeyFile) -> None:
    """Every key that was there is there still, and is the same one: else its works could not be read any more."""
    made = {(entry.purpose, entry.version): entry.created for entry in after.keys}
    is_same = all(made.get((entry.purpose, entry.version)) == entry.created for entry in before.keys)
    if before.marker != after.marker or not is_same:
        raise KeyFileContradicts
