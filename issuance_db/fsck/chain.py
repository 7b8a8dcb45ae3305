"""I7, within each request: steps are gapless, each carries the digest of the one before, and none was changed."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "chain.sql")
RULES: Final = (
    Rule(
        "I7",
        "step_missing",
        Words(
            "履歴の番号が飛んでいます(記録が消されています)。", "The steps of a request have a gap: one was removed."
        ),
        RESTORE,
    ),
    Rule(
        "I7",
        "chain_broken",
        Words("履歴の連鎖が切れています。", "The chain of digests over the steps of a request is broken."),
        RESTORE,
    ),
    Rule(
        "I7",
        "step_changed",
        Words("履歴の記録が書き換えられています。", "A step of history was changed after it was written."),
        RESTORE,
    ),
)
