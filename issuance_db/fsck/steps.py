"""I4: every beginning and ending is written down, and history says what the current state says."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "steps.sql")
RULES: Final = (
    Rule(
        "I4",
        "last_step_disagrees",
        Words(
            "請求の今の状態と、履歴の最後の記録が違います(記録が消えた可能性があります)。",
            "A request is not what the last step of its history says: a step may have vanished.",
        ),
        RESTORE,
    ),
    Rule(
        "I4",
        "attempt_steps_disagree",
        Words(
            "発行の試みの開始、許可、終了が履歴に1度ずつ残っていません。",
            "The beginning, permit or end of an attempt is not in history, or is there twice.",
        ),
        RESTORE,
    ),
    Rule(
        "I4",
        "step_of_nothing",
        Words(
            "履歴に、存在しない請求または発行の記録があります。",
            "History holds a step of a request or an attempt that is not there.",
        ),
        RESTORE,
    ),
)
