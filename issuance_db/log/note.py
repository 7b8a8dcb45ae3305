"""Signed notes and checkpoints, as C2SP signed-note, tlog-checkpoint and tlog-cosignature (2025) write them down."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from civil.errors import KioskError

LOG_SIGNATURE: Final = 0x01
COSIGNATURE: Final = 0x04
_MARK: Final = "— "
_NAME: Final = re.compile(r"[^\s+]+")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_HASH_BYTES: Final = 32
_TIME_BYTES: Final = 8
_ID_BYTES: Final = 4


class NoteMalformed(KioskError):
    """署名付きチェックポイントの書式が正しくありません。 / The signed checkpoint is malformed."""


class SignatureMissing(KioskError):
    """チェックポイントに信頼する鍵の署名がありません。 / The checkpoint has no valid signature of a key that is trusted."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by its name, in the form ``name+id+key`` that C2SP calls a vkey."""

    name: str
    algorithm: int
    public: bytes

    @property
    def identifier(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey. Raises NoteMalformed."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):  # noqa: PLR2004 - name, id, key
            raise NoteMalformed
        material = _decoded(parts[2])
        found = cls(parts[0], material[0] if material else 0, material[1:])
        if found.algorithm not in {LOG_SIGNATURE, COSIGNATURE} or found.identifier.hex() != parts[1]:
            raise NoteMalformed
        return found

    def __str__(self) -> str:
        return f"{self.name}+{self.identifier.hex()}+{_encoded(bytes([self.algorithm]) + self.public)}"

    def verifies(self, signature: "Signature", text: str) -> bool:
        """Tell whether this key made the signature over the note's text."""
        if signature.name != self.name or signature.identifier != self.identifier:
            return False
        signed, message = signature.content, text.encode()
        if self.algorithm == COSIGNATURE:
            signed, message = signed[_TIME_BYTES:], _cosigned(signature.content[:_TIME_BYTES], text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """An Ed25519 key with the name it signs under. `algorithm` is LOG_SIGNATURE for a log, COSIGNATURE for a witness."""

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.algorithm, public)

    def sign(self, text: str, now: datetime) -> "Signature":
        """Sign a note's text; a cosignature says when (whole seconds UTC)."""
        private, stamp, message = Ed25519PrivateKey.from_private_bytes(self.seed), b"", text.encode()
        if self.algorithm == COSIGNATURE:
            stamp = int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
            message = _cosigned(stamp, text)
        return Signature(self.name, self.verifier.identifier, stamp + private.sign(message))

    def signatures(self, text: str, now: datetime) -> "tuple[Signature, ...]":
        """This key's alone: one key is the simplest `CheckpointSigner`."""
        return (self.sign(text, now),)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note."""

    name: str
    identifier: bytes
    content: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a signature line. Raises NoteMalformed."""
        name, _, encoded = line.removeprefix(_MARK).partition(" ")
        material = _decoded(encoded)
        if not line.startswith(_MARK) or not _NAME.fullmatch(name) or len(material) <= _ID_BYTES:
            raise NoteMalformed
        return cls(name, material[:_ID_BYTES], material[_ID_BYTES:])

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {_encoded(self.identifier + self.content)}"

    @property
    def made_at(self) -> datetime:
        """When a cosignature was made (UTC)."""
        return datetime.fromtimestamp(int.from_bytes(self.content[:_TIME_BYTES], "big"), UTC)


class CheckpointSigner(Protocol):
    """Whoever signs the checkpoints of a log: one key, or those of a rotation."""

    @property
    def name(self) -> str:
        """The log's origin."""
        ...

    def signatures(self, text: str, now: datetime) -> tuple[Signature, ...]:
        """The signatures under a checkpoint's text, at least one."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name (origin), how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed, with its line end."""
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note; lines of extensions are not known here. Raises NoteMalformed."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - three lines
            raise NoteMalformed
        root = _decoded(lines[2])
        if len(root) != _HASH_BYTES:
            raise NoteMalformed
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the signatures under it."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> Self:
        """Read a whole note. Raises NoteMalformed."""
        text, blank, under = note.rpartition("\n\n")
        if not blank or not under.endswith("\n"):
            raise NoteMalformed
        signatures = tuple(Signature.parse(line) for line in under[:-1].split("\n"))
        return cls(Checkpoint.parse(text + "\n"), signatures)

    def __str__(self) -> str:
        return self.checkpoint.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def with_signatures(self, more: Sequence[Signature]) -> "SignedCheckpoint":
        """The same checkpoint with further signatures under it."""
        return SignedCheckpoint(self.checkpoint, (*self.signatures, *more))

    def signature_of(self, key: VerifierKey) -> Signature:
        """The valid signature of this key. Raises SignatureMissing."""
        for signature in self.signatures:
            if key.verifies(signature, self.checkpoint.text):
                return signature
        raise SignatureMissing


def encode_hash(digest: bytes) -> str:
    """A hash as a line of a proof."""
    return _encoded(digest)


def decode_hash(line: str) -> bytes:
    """A line of a proof as a hash. Raises NoteMalformed."""
    digest = _decoded(line)
    if len(digest) != _HASH_BYTES:
        raise NoteMalformed
    return digest


def _cosigned(stamp: bytes, text: str) -> bytes:
    return f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n{text}".encode()


def _encoded(material: bytes) -> str:
    return base64.b64encode(material).decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        material = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteMalformed from None
    if _encoded(material) != text:
        raise NoteMalformed
    return material
