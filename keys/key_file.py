"""The key file as it lies on disk: `keys.json`, mode 0600, in a directory of mode 0700.

It says in the clear what each key is for, its version and dates, and the marker; only key material is encrypted. All
that is in the clear is bound to the material it stands beside, so that changing it breaks the seal.
"""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography import x509
from pydantic import (
    AwareDatetime,
    Base64UrlBytes,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from keys.errors import KeyFileExists, KeyFileUnreadable
from keys.lengths import length_prefixed
from keys.purpose import Purpose

KEY_FILE = "keys.json"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o600
_MOST_BYTES = 1 << 20
_GIVEN_UP = frozenset({"snapshot"})
"""Purposes that earlier key files have keys of, with which nothing was ever made."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scrypt(_Part):
    """How the wrapping key is made of the passphrase (RFC 7914). `n` is capped, so that a file cannot exhaust memory."""

    salt: Base64UrlBytes
    n: Annotated[int, Field(ge=1 << 10, le=1 << 20)]
    r: Literal[8] = 8
    p: Literal[1] = 1


class TokenPlace(_Part):
    """Where a private key lies that never leaves its token (PKCS#11): the token's label, CKA_LABEL and CKA_ID of the key.

    `public_key` is its SubjectPublicKeyInfo (DER), so that requests and certificates are recognised without the token.
    """

    token: str
    label: str
    key_id: Base64UrlBytes
    public_key: Base64UrlBytes


class KeyEntry(_Part):
    """One wrapped key. `not_after` is the instant from which it makes nothing new; it still reads what it made.

    The entry of a key on a token wraps nothing, which still shows that the entry was not changed.
    """

    purpose: Purpose
    version: Annotated[int, Field(ge=1, le=0xFFFF_FFFF)]
    created: AwareDatetime
    not_before: AwareDatetime
    not_after: AwareDatetime | None
    wrapped: Base64UrlBytes
    token: TokenPlace | None = None

    def in_force(self, instant: datetime) -> bool:
        """Tell whether the key may make something new at an instant."""
        return self.not_before <= instant and (self.not_after is None or instant < self.not_after)

    def bound(self, marker: str) -> bytes:
        """Return what the wrapped material is bound to."""
        dates = (self.created, self.not_before, self.not_after)
        written = (date.astimezone(UTC).isoformat() if date else "" for date in dates)
        parts = [part.encode() for part in (marker, self.purpose, str(self.version), *written)]
        if (place := self.token) is not None:
            parts += [place.token.encode(), place.label.encode(), place.key_id, place.public_key]
        return length_prefixed(parts)


class DocumentCertificate(_Part):
    """The certificate of a version of the document signing key and those above it, leaf's issuer first, all DER."""

    version: Annotated[int, Field(ge=1, le=0xFFFF_FFFF)] = 1
    certificate: Base64UrlBytes
    chain: tuple[Base64UrlBytes, ...]

    def is_valid(self, instant: datetime) -> bool:
        """Tell whether an instant lies within the dates of the certificate."""
        certificate = x509.load_der_x509_certificate(self.certificate)
        return certificate.not_valid_before_utc <= instant <= certificate.not_valid_after_utc


class KeyFile(_Part):
    """The whole file. `check` unwraps to nothing and only tells a wrong passphrase from a broken entry.

    Format 1 knew one document key, with its certificate as `document`; it is read as format 2, and written so. Keys of
    purposes that were given up are left out.
    """

    format: Literal[2] = 2
    marker: Literal["demo", "production"]
    kdf: Scrypt
    check: Base64UrlBytes
    keys: tuple[KeyEntry, ...]
    documents: tuple[DocumentCertificate, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_format_1(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("format") != 1:
            return given
        document = given.get("document")
        rest = {name: value for name, value in given.items() if name not in {"format", "document"}}
        return {**rest, "format": 2, "documents": [] if document is None else [document]}

    @field_validator("keys", mode="before")
    @classmethod
    def _without_given_up(cls, given: Any) -> Any:
        if not isinstance(given, list):
            return given
        return [entry for entry in given if not (isinstance(entry, dict) and entry.get("purpose") in _GIVEN_UP)]

    def certificate_of(self, version: int) -> DocumentCertificate | None:
        """The certificate of a version of the document signing key; the one installed last, if it was renewed."""
        return next((document for document in reversed(self.documents) if document.version == version), None)

    def can_make(self, entry: KeyEntry, instant: datetime) -> bool:
        """Whether a key is in force and, for a document key, has a certificate that is valid then."""
        if entry.purpose is not Purpose.DOCUMENT_SIGNATURE:
            return entry.in_force(instant)
        document = self.certificate_of(entry.version)
        return entry.in_force(instant) and document is not None and document.is_valid(instant)


def read_key_file(directory: Path) -> KeyFile:
    """Read the file; raises KeyFileUnreadable if it is absent, malformed, or open to group or others."""
    try:
        _require_private(directory.stat())
        descriptor = os.open(directory / KEY_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            _require_private(os.fstat(descriptor))
            return KeyFile.model_validate_json(file.read(_MOST_BYTES))
    except (OSError, ValidationError):
        raise KeyFileUnreadable from None


def write_new_key_file(directory: Path, content: KeyFile) -> None:
    """Make the directory if need be and the file in it; raises KeyFileExists, KeyFileUnreadable for an open directory."""
    directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    _require_private(directory.stat())
    if (directory / KEY_FILE).exists():
        raise KeyFileExists
    temporary = _write_temporary(directory, content)
    try:
        # A link, unlike a rename, fails if someone made the file meanwhile.
        os.link(temporary, directory / KEY_FILE)
    except FileExistsError:
        raise KeyFileExists from None
    finally:
        temporary.unlink()
    sync_directory(directory)


def replace_key_file(directory: Path, content: KeyFile) -> None:
    """Put a new content in place at once; after a power failure the file is the old one or the new one, whole."""
    _write_temporary(directory, content).replace(directory / KEY_FILE)
    sync_directory(directory)


def _write_temporary(directory: Path, content: KeyFile) -> Path:
    path = directory / f".{KEY_FILE}.{os.getpid()}.{os.urandom(8).hex()}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(descriptor)
    return path


def sync_directory(directory: Path) -> None:
    """Make what was entered in a directory outlast a power failure."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_private(status: os.stat_result) -> None:
    if status.st_mode & _OTHERS:
        raise KeyFileUnreadable
