"""What each key is for, in the words that persons read."""

from collections.abc import Mapping
from typing import Final

from keys.purpose import Purpose

_TITLES: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.DOCUMENT_SIGNATURE: ("文書署名", "document signature"),
    Purpose.LOG_CHECKPOINT: ("履歴ログの署名", "log checkpoints"),
    Purpose.MY_NUMBER: ("個人番号の暗号化", "My Number encryption"),
    Purpose.MY_NUMBER_INDEX: ("個人番号の索引", "My Number blind index"),
    Purpose.PIN: ("暗証番号", "PIN"),
    Purpose.CREDENTIAL_INDEX: ("利用者証明の索引", "credential index"),
    Purpose.REQUEST_FINGERPRINT: ("要求の照合", "request fingerprint"),
    Purpose.KEPT_ANSWER: ("再送用の回答", "kept answers"),
    Purpose.SESSION: ("セッション", "sessions"),
    Purpose.QUARANTINE: ("隔離文書", "quarantine"),
    Purpose.VISIBLE_SEAL: ("券面確認コード", "visible seal"),
    Purpose.SEAL_STATUS: ("状態リスト", "status list"),
    Purpose.STAFF_SECOND_FACTOR: ("職員の確認コード", "second factors of staff"),
    Purpose.FEED_COMPARISON: ("連携ファイルの照合", "feed comparison"),
}


def purpose_title(purpose: Purpose) -> tuple[str, str]:
    """Japanese and English."""
    return _TITLES[purpose]
