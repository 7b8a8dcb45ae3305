"""I5: every request and attempt ends in time; a mismatch stops its kind and opens an alert; nothing is kept too long."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "endings.sql")
_SWEEP: Final = Words(
    "kiosk serve sweeper を起動してください。動いているのに続くなら、そのログの sweep_interrupted を見てください。",
    "Start kiosk serve sweeper; if it runs and this stays, look for sweep_interrupted in its log.",
)
_STOP: Final = Words(
    "ただちにその種別を止め(kiosk stop set)、隔離された証明書を2人で調べてください。",
    "Stop the kind now (kiosk stop set), and look at the quarantined document, two persons together.",
)
_OVERDUE: Final = ("city", "late")
RULES: Final = (
    Rule(
        "I5",
        "request_left_open",
        Words("期限を過ぎた請求が終わっていません。", "A request is still open past its lease."),
        _SWEEP,
        _OVERDUE,
    ),
    Rule(
        "I5",
        "attempt_left_open",
        Words("期限を過ぎた発行の試みが終わっていません。", "An attempt is still open past the lease of its request."),
        _SWEEP,
        _OVERDUE,
    ),
    Rule(
        "I5",
        "attempt_times_missing",
        Words(
            "発行の試みの状態と、許可・終了の時刻が合いません。",
            "The state of an attempt disagrees with its times of permit and end.",
        ),
        RESTORE,
    ),
    Rule(
        "I5",
        "quarantined_without_stop",
        Words(
            "隔離したのに、その種別が止められていません。", "A document was quarantined and its kind was not stopped."
        ),
        _STOP,
    ),
    Rule(
        "I5",
        "quarantined_without_alert",
        Words("隔離したのに警報がありません。", "A document was quarantined and there is no alert of it."),
        _STOP,
    ),
    Rule(
        "I5",
        "quarantined_without_document",
        Words("隔離した証明書がありません。", "The entry of a quarantined document is missing."),
        RESTORE,
    ),
    Rule(
        "I5",
        "quarantined_and_answered",
        Words(
            "隔離した証明書の番号が発行済み、または記録にありません。",
            "A quarantined number is recorded as answered, or was never proposed.",
        ),
        _STOP,
    ),
    Rule(
        "I5",
        "quarantine_past_its_time",
        Words("隔離した証明書が期限を過ぎて残っています。", "A quarantined document is there past its time."),
        _SWEEP,
        _OVERDUE,
    ),
    Rule(
        "I5",
        "kept_past_its_time",
        Words("再送用の証明書が期限を過ぎて残っています。", "A kept answer is there past its time."),
        _SWEEP,
        _OVERDUE,
    ),
)
