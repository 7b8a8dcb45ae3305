"""The sentence that a page begins with after an act. An address names it; nothing but these can be said that way."""

from collections.abc import Mapping
from typing import Final

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "signed_out": ("サインアウトしました。", "You have signed out."),
    "password_changed": ("パスワードを変更しました。", "Your password was changed."),
    "account_ended": (
        "利用を終了しました。開いていた画面も直ちに閉じました。",
        "The account was ended, and its sessions with it.",
    ),
    "log_reviewed": ("操作記録を確認したことを記録しました。", "It was recorded that you looked through the log."),
    "second_factor_set": ("確認コードを登録しました。", "The second factor was registered."),
}
