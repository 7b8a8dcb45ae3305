"""The body of a witness's one call, as C2SP tlog-witness writes it: old size, consistency proof, checkpoint."""

import re
from dataclasses import dataclass
from typing import Final, Self

from issuance_db.log.note import NoteMalformed, SignedCheckpoint, decode_hash, encode_hash

PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
_MOST_HASHES: Final = 63
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A checkpoint to cosign, with the proof that its log begins with the tree of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read a body. Raises NoteMalformed."""
        head, blank, note = body.partition("\n\n")
        first, *hashes = head.split("\n")
        match = _OLD.fullmatch(first)
        if not blank or match is None or len(hashes) > _MOST_HASHES:
            raise NoteMalformed
        found = cls(int(match[1]), tuple(decode_hash(line) for line in hashes), SignedCheckpoint.parse(note))
        if found.old_size > found.signed.checkpoint.size:
            raise NoteMalformed
        return found

    def __str__(self) -> str:
        head = [f"old {self.old_size}", *(encode_hash(digest) for digest in self.proof)]
        return "\n".join(head) + f"\n\n{self.signed}"
