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
    "statement_taken": ("明細を取り込み、突合しました。", "The statement was taken in and matched."),
    "statement_known": (
        "同じファイルは取り込み済みです。何も変えていません。",
        "This very file was taken in before. Nothing was changed.",
    ),
    "differences_explained": (
        "説明を記録しました。別の人の確認を待っています。",
        "Explained. Another person has to confirm.",
    ),
    "differences_confirmed": ("確認して閉じました。", "Confirmed and closed."),
    "month_closed": ("月を締めました。", "The month was closed."),
    "month_reopened": ("締めを解きました。", "The month was reopened."),
    "layout_set": ("列の対応を変えました。次の取込みから使います。", "The layout was changed, from the next file on."),
    "handling_fee_set": ("委託手数料を登録しました。", "The handling fee was set."),
    "second_factor_set": ("確認コードを登録しました。", "The second factor was registered."),
}
