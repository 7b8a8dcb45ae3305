"""Checkpoints that were kept outside the database: a witness's file, or a single signed note."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from civil.errors import KioskError
from issuance_db.log.frontier import Frontier
from issuance_db.log.leaves_file import LEAVES_SUFFIX, read_leaves
from issuance_db.log.note import NoteMalformed, SignatureMissing, SignedCheckpoint, VerifierKey


class OutsideUnreadable(KioskError):
    """証人のファイルを読めません。 / The witness's file cannot be read."""


class OutsideOfAnother(KioskError):
    """このファイルのチェックポイントには、指定した鍵の署名がないか、別のログのものです。 /
    The checkpoints of this file lack a signature of the keys given, or are those of another log."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom to believe: checkpoints from outside, and the public keys of the log and its witnesses."""

    checkpoints: tuple[SignedCheckpoint, ...] = ()
    log_keys: tuple[VerifierKey, ...] = ()
    leaves: Sequence[bytes] = ()
    """Leaf hashes that the witness kept."""


def read_outside(
    path: Path | None, log_keys: Sequence[VerifierKey] = (), witness_keys: Sequence[VerifierKey] = ()
) -> Outside:
    """Read a file of checkpoints, each signed by one of the keys of each kind that are given, and the leaves beside it.

    Raises OutsideUnreadable, OutsideOfAnother.
    """
    checkpoints = () if path is None else tuple(_read(path))
    for signed in checkpoints:
        for keys in filter(None, (log_keys, witness_keys)):
            if not any(is_signed(signed, key) for key in keys):
                raise OutsideOfAnother
    return Outside(checkpoints, tuple(log_keys), () if path is None else _leaves_beside(path, checkpoints))


def is_signed(signed: SignedCheckpoint, key: VerifierKey) -> bool:
    """Whether the checkpoint carries a valid signature of the key."""
    try:
        signed.signature_of(key)
    except SignatureMissing:
        return False
    return True


def _leaves_beside(path: Path, checkpoints: Sequence[SignedCheckpoint]) -> Sequence[bytes]:
    """As many leaves as a checkpoint vouches for: what lies after the last of them is left out. Raises OutsideOfAnother."""
    beside = path.with_suffix(LEAVES_SUFFIX)
    leaves = read_leaves(beside) if beside.is_file() else ()
    size = max((0, *(c.checkpoint.size for c in checkpoints if c.checkpoint.size <= len(leaves))))
    root = Frontier().with_leaves(leaves[:size]).root
    if size and any(c.checkpoint.root != root for c in checkpoints if c.checkpoint.size == size):
        raise OutsideOfAnother
    return leaves[:size]


def _read(path: Path) -> Iterator[SignedCheckpoint]:
    try:
        text = path.read_text(encoding="utf-8")
        if not text.lstrip().startswith("{"):
            yield SignedCheckpoint.parse(text)
            return
        for line in filter(None, text.rpartition("\n")[0].split("\n")):
            yield SignedCheckpoint.parse(json.loads(line)["note"])
    except (OSError, ValueError, KeyError, TypeError, NoteMalformed):
        raise OutsideUnreadable from None
