"""A way to PostgreSQL that is cut at one COMMIT: before the server hears of it, or after it has committed and before we hear."""

from dataclasses import dataclass
from typing import Final, Literal

from tests.cut_way import CutWay, Link

_COMMIT: Final = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""The whole message by which asyncpg ends a transaction (PostgreSQL's protocol, 55.7: Query)."""

Side = Literal["before", "after"]


@dataclass(slots=True)
class CommitCutter(CutWay):
    """Counts the COMMITs that pass on all connections; at number `cut_at` it closes that connection on both sides."""

    cut_at: int = 0
    side: Side = "before"
    commits: int = 0

    async def cuts(self, message: bytes, link: Link) -> bool:
        """At the COMMIT that was asked for."""
        if _COMMIT not in message:
            return False
        self.commits += 1
        if self.commits != self.cut_at:
            return False
        if self.side == "after":
            # Its answer means that it has committed.
            await link.answered_to_nobody(message)
        return True
