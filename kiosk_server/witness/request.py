"""Bodies of a witness's calls: C2SP tlog-witness has old size, consistency proof, checkpoint; ours has first, leaves, checkpoint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from issuance_db.log.note import NoteMalformed, SignedCheckpoint, decode_hash, encode_hash

PATH: Final = "/add-checkpoint"
LEAVES_PATH: Final = "/add-leaves"
"""Our own: other witnesses do not have it, and are asked for nothing but cosignatures."""
SIZE_TYPE: Final = "text/x.tlog.size"
_MOST_HASHES: Final = 63
_NUMBER: Final = re.compile(r"(?P<word>old|first) (?P<number>0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A checkpoint to cosign, with the proof that its log begins with the tree of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read a body. Raises NoteMalformed."""
        found = cls(*_parts(body, "old"))
        if found.old_size > found.signed.checkpoint.size or len(found.proof) > _MOST_HASHES:
            raise NoteMalformed
        return found

    def __str__(self) -> str:
        return _body("old", self.old_size, self.proof, self.signed)


@dataclass(frozen=True, slots=True)
class AddLeaves:
    """The leaf hashes from `first` up to the size of a checkpoint that the log signed."""

    first: int
    leaves: tuple[bytes, ...]
    signed: SignedCheckpoint

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read a body. Raises NoteMalformed."""
        found = cls(*_parts(body, "first"))
        if found.first + len(found.leaves) != found.signed.checkpoint.size:
            raise NoteMalformed
        return found

    def __str__(self) -> str:
        return _body("first", self.first, self.leaves, self.signed)


def _parts(body: str, word: str) -> tuple[int, tuple[bytes, ...], SignedCheckpoint]:
    head, blank, note = body.partition("\n\n")
    first, *hashes = head.split("\n")
    match = _NUMBER.fullmatch(first)
    if not blank or match is None or match["word"] != word:
        raise NoteMalformed
    return int(match["number"]), tuple(decode_hash(line) for line in hashes), SignedCheckpoint.parse(note)


def _body(word: str, number: int, hashes: Sequence[bytes], signed: SignedCheckpoint) -> str:
    return "\n".join([f"{word} {number}", *map(encode_hash, hashes)]) + f"\n\n{signed}"
