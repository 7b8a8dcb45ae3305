"""The sentence that a page begins with after an act. An address names it; nothing but these can be said that way."""

from collections.abc import Mapping
from typing import Final

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "draft_entered": (
        "仮登録しました。審査・決裁のあと本登録されます。",
        "Entered as a draft. It is recorded after review and decision.",
    ),
    "draft_review": ("審査を終えました。", "Reviewed."),
    "draft_decide": ("決裁しました。", "Decided."),
    "draft_record": ("本登録しました。", "The final entry is made."),
    "draft_returned": ("差し戻しました。台帳は変わっていません。", "Returned. The register is as it was."),
    "draft_withdrawn": ("取り下げました。台帳は変わっていません。", "Withdrawn. The register is as it was."),
    "password_changed": ("パスワードを変更しました。", "Your password was changed."),
    "passkey_added": (
        "パスキーを登録しました。ほかの利用者管理か責任者が承認すると使えます。",
        "The passkey is registered. It can be used once another administrator or a supervisor has released it.",
    ),
    "passkey_removed": ("パスキーを外しました。", "The passkey was removed."),
    "passkey_released": ("パスキーを承認しました。もう使えます。", "The passkey is released. It can be used now."),
    "duties_changed": (
        "担当を変えました。広げたときは、ほかの利用者管理か責任者が承認するまで使えません。",
        "The duties were changed. Wider ones wait until another administrator or a supervisor releases the account.",
    ),
    "account_released": ("承認しました。もう使えます。", "Released. It can be used now."),
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
    "certificate_registered": (
        "電子証明書を登録しました。暗証番号を登録してください。",
        "The certificate is registered. Register a PIN for it.",
    ),
    "user_id_registered": (
        "利用者IDを登録しました。暗証番号を登録してください。",
        "The user id is registered. Register a PIN for it.",
    ),
    "credential_stopped": ("止めました。元には戻せません。", "Stopped, for good."),
    "pin_unlocked": ("停止を解きました。暗証番号は変わっていません。", "Unlocked. The PIN is the same."),
    "pin_was_not_locked": ("停止していませんでした。", "It was not locked."),
    "pin_stopped": ("暗証番号の利用を止めました。", "The PIN was stopped."),
    "pin_entry_cancelled": ("暗証番号の入力をやめました。", "The entry of the PIN was cancelled."),
    "person_held": ("発行を保留しました。", "Held back."),
    "person_released": ("保留を解きました。", "The hold was lifted."),
    "koseki_access_accepted": (
        "承認しました。このカードで戸籍の証明書を取れます。通知書を印刷してください。",
        "Accepted: the card may take its koseki. Print the notice.",
    ),
    "koseki_access_refused": ("承認しないことを記録しました。通知書を印刷してください。", "Refused. Print the notice."),
    "koseki_access_withdrawn": ("取り消しました。直ちに効いています。", "Ended, as of now."),
    "office_day_closed": (
        "閉庁日を登録しました。これからの申請から数えません。",
        "It is not counted, from the next application on.",
    ),
    "office_day_opened": ("閉庁日を取り消しました。", "The office is open on that day."),
    "suppression_set": ("発行を止めました。直ちに効いています。", "Issuing is stopped, as of now."),
    "suppression_lifted": ("支援措置を解きました。", "The protective measure was lifted."),
    "inspection_recorded": ("閲覧を記録しました。", "The inspection is recorded."),
    "protection_released": (
        "一時解除しました。時刻が来ると自動で元に戻ります。",
        "Released for now. It ends by itself.",
    ),
    "protection_release_ended": ("一時解除を終えました。", "The release is over."),
    "stop_set": ("停止しました。すべてのサーバーで有効です。", "It is stopped, on every node."),
    "stop_ended": ("再開しました。すべてのサーバーで有効です。", "It goes on, on every node."),
    "stop_approved": ("再開を承認しました。", "The restart is approved."),
    "alert_taken": ("担当になりました。", "You see to this alert now."),
    "alert_explained": (
        "説明を記録しました。別の人が確認すると閉じます。",
        "Your explanation is kept. Another person closes the alert.",
    ),
    "source_set": ("変更しました。すぐに有効です。", "It is changed, as of now."),
    "setting_stored": ("登録しました。その日から有効です。", "It is stored, and holds from its day on."),
    "setting_withdrawn": ("取り下げました。", "It is withdrawn."),
    "notice_stored": (
        "お知らせを登録しました。その時刻から全端末に出ます。",
        "The notice is stored, and shown at all kiosks from its time on.",
    ),
    "notice_withdrawn": ("お知らせを取り下げました。", "The notice is withdrawn."),
    "alert_closed": ("警報を閉じました。", "The alert is closed."),
    "opening_approved": ("開くことを承認しました。", "The opening is approved."),
    "repair_approved": ("作り直しを承認しました。数秒で作り直されます。", "The repair is approved. It takes seconds."),
    "doubt_released": ("停止を解きました。", "Released."),
}
