"""The proof that the history row of an issuance is in the log, in the form of C2SP tlog-proof."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.log.nodes import roots
from issuance_db.log.note import SignedCheckpoint, encode_hash
from issuance_db.log.proofs import is_included
from issuance_db.log.tree import inclusion_path, leaf_hash

_SQL: Final = load("issuance_db.log", "log.sql")


class NotInLog(KioskError):
    """その発行番号はまだログにありません。番号を確かめ、数秒後にもう一度。 /
    The log has no leaf for this issuance number. Look at the number, or try again in some seconds."""


class ProofFails(KioskError):
    """証明が成り立ちません。履歴かログが書き換えられています。kiosk log verify で調べてください。 /
    The proof does not hold: history or its log was changed. Run: kiosk log verify."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What the leaf commits to, and that it stands in the tree of the checkpoint.

    The leaf is SHA-256 over 00 and `commitment`; that is SHA-256 over `personal_commitment`, ``issuance``, a line end and
    `content`, the row as the database writes it as JSON.
    """

    leaf_number: int
    content: str
    personal_commitment: bytes
    proof: tuple[bytes, ...]
    checkpoint: SignedCheckpoint

    @property
    def commitment(self) -> bytes:
        """What the leaf is a hash of."""
        return sha256(self.personal_commitment + f"issuance\n{self.content}".encode()).digest()

    def holds(self) -> bool:
        """Whether the proof leads from the row to the root of the checkpoint. The signature is another question."""
        checkpoint = self.checkpoint.checkpoint
        return is_included(leaf_hash(self.commitment), self.leaf_number, checkpoint.size, self.proof, checkpoint.root)

    def __str__(self) -> str:
        lines = ["c2sp.org/tlog-proof@v1", f"index {self.leaf_number}", *map(encode_hash, self.proof)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


async def prove_issuance(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> InclusionProof:
    """Prove by the last checkpoint, within one snapshot. Raises NotInLog, ProofFails."""
    await connection.execute("SET LOCAL TimeZone = 'UTC'")
    row = await connection.fetchrow(_SQL["leaf_of_issuance"], municipality_code, issuance_number)
    last = await connection.fetchrow(_SQL["latest"], municipality_code)
    if row is None or last is None:
        raise NotInLog
    try:
        proof = await roots(connection, municipality_code, inclusion_path(row["leaf_number"], last["tree_size"]))
    except (LookupError, ValueError):
        raise ProofFails from None
    found = InclusionProof(
        row["leaf_number"],
        row["content"],
        row["personal_commitment"],
        tuple(proof),
        SignedCheckpoint.parse(last["note"]),
    )
    if not found.holds():
        raise ProofFails
    return found
