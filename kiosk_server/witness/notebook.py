"""What a witness keeps: its key, and for each log every checkpoint it cosigned. Appended to, synced, never rewritten."""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from civil.errors import KioskError
from issuance_db.log.frontier import Frontier
from issuance_db.log.leaves_file import HASH_BYTES, LEAVES_SUFFIX, read_leaves
from issuance_db.log.note import COSIGNATURE, NoteMalformed, SignedCheckpoint, SignerKey
from kiosk_server.embedded.secret_file import write_secret

_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_SEED_BYTES: Final = 32


class NotebookInUse(KioskError):
    """このディレクトリは別の証人プロセスが使っています。 / Another witness is using this directory."""


class NotebookDamaged(KioskError):
    """証人の記録が壊れています。書き換えずに保全し、原因を調べてください。 /
    The witness's record is damaged. Keep it as it is and find out why."""


class Notebook:
    """The directory of one witness. Make it with `opened`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._latest: dict[str, SignedCheckpoint] = {}
        self._frontiers: dict[str, Frontier] = {}

    def signer(self, name: str) -> SignerKey:
        """The witness's key; made the first time. Its public half lies beside it, for those who verify."""
        path = self._directory / "witness.key"
        if not path.exists():
            write_secret(path, secrets.token_hex(_SEED_BYTES))
        signer = SignerKey(name, COSIGNATURE, bytes.fromhex(path.read_text(encoding="ascii").strip()))
        (self._directory / "witness.vkey").write_text(f"{signer.verifier}\n", encoding="utf-8")
        return signer

    def latest(self, origin: str) -> SignedCheckpoint | None:
        """The last checkpoint of a log that was cosigned here, or None. Raises NotebookDamaged."""
        if origin not in self._latest and (path := self.file(origin)).exists():
            kept = list(read_checkpoints(path))
            if kept:
                self._latest[origin] = kept[-1]
        return self._latest.get(origin)

    def append(self, signed: SignedCheckpoint, now: datetime) -> None:
        """Keep a cosigned checkpoint; it is on the disk when this returns."""
        line = json.dumps({"accepted_at": now.isoformat(), "note": str(signed)}, ensure_ascii=False) + "\n"
        path = self.file(signed.checkpoint.origin)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _drop_torn_line(path)
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync(self._directory)
        self._latest[signed.checkpoint.origin] = signed

    def frontier(self, origin: str) -> Frontier:
        """The tree over the leaves of a log that are kept here; the caller must not change it."""
        if origin not in self._frontiers:
            path = self.file(origin).with_suffix(LEAVES_SUFFIX)
            self._frontiers[origin] = Frontier().with_leaves(read_leaves(path) if path.exists() else ())
        return self._frontiers[origin]

    def append_leaves(self, origin: str, leaves: Sequence[bytes], frontier: Frontier) -> None:
        """Keep further leaves, which make the tree `frontier`; they are on the disk when this returns."""
        path, kept = self.file(origin).with_suffix(LEAVES_SUFFIX), self.frontier(origin).size
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.truncate(kept * HASH_BYTES)
            file.seek(kept * HASH_BYTES)
            file.write(b"".join(leaves))
            file.flush()
            os.fsync(file.fileno())
        self._frontiers[origin] = frontier

    def file(self, origin: str) -> Path:
        """Where the checkpoints of a log lie. Raises NoteMalformed for a name that is no name of a log."""
        if not _ORIGIN.fullmatch(origin) or ".." in origin:
            raise NoteMalformed
        return self._directory / f"{origin.replace('/', '-')}.jsonl"


@contextmanager
def opened(directory: Path) -> Iterator[Notebook]:
    """Hold a directory (made if it is missing, mode 0700) for ourselves. Raises NotebookInUse."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotebookInUse from None
        yield Notebook(directory)
    finally:
        os.close(descriptor)


def read_checkpoints(path: Path) -> Iterator[SignedCheckpoint]:
    """The checkpoints of a witness's file, oldest first; a last line that a crash tore is left out. Raises NotebookDamaged."""
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    for line in filter(None, whole.split("\n")):
        try:
            yield SignedCheckpoint.parse(json.loads(line)["note"])
        except (ValueError, KeyError, TypeError, NoteMalformed):
            raise NotebookDamaged from None


def _drop_torn_line(path: Path) -> None:
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.truncate(path, whole)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
