"""I6: what the resident and the centre were told is what the books say."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "outcomes.sql")
RULES: Final = (
    Rule(
        "I6",
        "outcome_without_issuance",
        Words(
            "発行していない番号に、交付結果または手数料の記録があります。",
            "An outcome or a fee is recorded for a number that was never issued.",
        ),
        RESTORE,
    ),
    Rule(
        "I6",
        "outcome_of_another_caller",
        Words(
            "交付結果が、受け取った相手以外から記録されています。",
            "An outcome was reported by somebody who did not receive the answer.",
        ),
        RESTORE,
    ),
    Rule(
        "I6",
        "withdrawn_without_alert",
        Words(
            "送信後に取り消された発行に警報がありません。",
            "An answer was withdrawn after it was sent, and no alert tells of it.",
        ),
        Words(
            "紙が渡ったかを交付センターに確かめてください。",
            "Ask the centre whether the paper was handed out.",
        ),
    ),
    Rule(
        "I6",
        "withdrawn_but_kept",
        Words("抑止した発行の再送用データが残っています。", "The bytes of a suppressed answer are still kept."),
        Words(
            "その種別を止め(kiosk stop set)、担当者に連絡してください。",
            "Stop the kind (kiosk stop set) and tell your engineers.",
        ),
    ),
    Rule(
        "I6",
        "alert_closed_by_one",
        Words("警報が1人だけで閉じられています。", "An alert was closed by one person alone."),
        RESTORE,
    ),
    Rule(
        "I6",
        "session_used_too_often",
        Words(
            "1つのセッションが許された回数を超えて使われています。",
            "A session was used by more requests than the menu allowed.",
        ),
        RESTORE,
        ("city", "session_uses"),
    ),
)
