"""What the words of the books are called on a page: Japanese and English. A word that is not here is shown as it is."""

from collections.abc import Mapping
from typing import Final

from kiosk_server.issuing.request import Kind
from kiosk_server.sources.names import SOURCE_NAMES
from kiosk_server.staff import stop_words

Term = tuple[str, str]

KINDS: Final[Mapping[str, Term]] = {kind.value: (kind.label, kind.value.replace("_", " ")) for kind in Kind}
TAX_KINDS: Final = tuple(kind for kind in KINDS if kind.startswith("tax_"))
STATES: Final[Mapping[str, Term]] = {
    "accepted": ("処理中", "under way"),
    "proposed": ("作成開始", "proposed"),
    "permitted": ("発行許可", "permitted"),
    "answered": ("発行済み", "issued"),
    "refused": ("発行不可", "refused"),
    "abandoned": ("中断", "abandoned"),
    "void": ("無効", "void"),
    "quarantined": ("隔離", "quarantined"),
    "withdrawn": ("再送停止", "withdrawn"),
}
OUTCOMES: Final[Mapping[str, Term]] = {
    "printed": ("印刷済み", "printed"),
    "cancelled": ("取消し", "cancelled"),
    "failed": ("印刷失敗", "failed"),
    "unknown": ("報告なし", "not reported"),
}
RESULTS: Final[Mapping[str, Term]] = {
    "issued": ("発行", "issued"),
    "not_identified": ("本人を確認できない", "not identified"),
    "not_available": ("発行できない", "not available"),
    "application_waits": ("利用登録の審査中", "application waits"),
    "closed": ("時間外・停止中", "closed"),
    "not_fresh": ("記録が更新中", "not fresh"),
    "busy": ("混雑", "busy"),
    "timed_out": ("時間切れ", "timed out"),
    "not_your_city": ("対象外", "not this city's"),
}
CHANNELS: Final[Mapping[str, Term]] = {"centre": ("交付センター", "centre"), "terminal": ("庁内キオスク", "kiosk")}
FILE_RESULTS: Final[Mapping[str, Term]] = {
    "applied": ("適用", "applied"),
    "waiting": ("待ち", "waiting"),
    "refused": ("断った", "refused"),
}
"""What became of a file of another system."""
BEARERS: Final[Mapping[str, Term]] = {
    "card": ("マイナンバーカード", "My Number card"),
    "android": ("Android", "Android"),
    "iphone": ("iPhone", "iPhone"),
}
CREDENTIAL_STATES: Final[Mapping[str, Term]] = {
    "usable": ("使える", "usable"),
    "later": ("まだ使えない", "not yet usable"),
    "stopped": ("停止", "stopped"),
}
SUPPRESSION_SOURCES: Final[Mapping[str, Term]] = {
    "registry": ("住民基本台帳", "resident registry"),
    "staff": ("この画面", "this console"),
    "feed": ("他システム", "another system"),
}
WEEKDAYS: Final[tuple[Term, ...]] = (
    ("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun"),
)  # fmt: skip
SIGN_INS: Final[Mapping[str, Term]] = {
    "signed_in": ("サインイン", "signed in"),
    "signed_out": ("サインアウト", "signed out"),
    "unknown": ("存在しない利用者ID", "no such account"),
    "stopped": ("停止中の利用者ID", "account stopped or locked"),
    "wrong_password": ("パスワード誤り", "wrong password"),
    "wrong_code": ("確認コード誤り", "wrong code"),
    "password_changed": ("パスワード変更", "password changed"),
    "wrong_passkey": ("パスキー誤り", "wrong passkey"),
    "passkey_copied": ("パスキーの複製の疑い", "a copy of a passkey?"),
    "passkey_set": ("パスキー登録", "passkey registered"),
    "passkey_removed": ("パスキー削除", "passkey removed"),
    "second_factor_set": ("確認コード登録", "second factor registered"),
}
READINGS: Final[Mapping[str, Term]] = {
    "issuance": ("発行の詳細を表示", "looked at an issuance"),
    "history_of_person": ("住民の発行履歴を検索", "searched the history of a resident"),
    "log_proof": ("履歴ログの証明を保存", "saved a proof of the log"),
    "sheet_same_file": ("券面から:発行したファイル", "from a sheet: the file as issued"),
    "sheet_ours_by_code": ("券面から:コードは本物", "from a sheet: a code of ours"),
    "sheet_void": ("券面から:無効な発行", "from a sheet: void"),
    "sheet_altered": ("券面から:改ざんの疑い", "from a sheet: altered"),
    "sheet_not_in_the_books": ("券面から:履歴にない", "from a sheet: not in the books"),
    "sheet_cannot_tell": ("券面から:判定できない", "from a sheet: cannot tell"),
    "residents_found": ("住民を検索", "searched for residents"),
    "resident": ("住民を表示", "looked at a resident"),
    "registered_found": ("住民基本台帳を検索", "searched the resident registry"),
    "registered": ("住民基本台帳の人を表示", "looked at a person of the registry"),
    "registered_protected": ("支援措置の対象者の一覧を表示", "looked at who is under a protective measure"),
    "registered_operations": ("住民基本台帳の操作記録を表示", "looked at the operations of the registry"),
    "registered_disclosed": ("開示の資料を作成", "made a disclosure"),
    "registered_list": ("閲覧台帳・部署の台帳を作成", "made a list of the registry"),
    "registered_paper": ("窓口の証明書・通知を作成", "made a certificate or notice of the counter"),
    "registered_my_number": ("個人番号を読取り(窓口の証明書)", "read a My Number for a certificate of the counter"),
    "held_back": ("発行できない住民の一覧を表示", "looked at who is held back"),
    "koseki_person": ("戸籍の人を表示", "looked at a person of a koseki"),
    "koseki_access_list": ("利用登録の申請の一覧を表示", "looked at applications for koseki access"),
    "koseki_access": ("利用登録の申請を表示", "looked at an application for koseki access"),
    "koseki_access_notice": ("利用登録の通知を作成", "made a notice on koseki access"),
    "suppression_ground": ("支援措置の事由を表示", "looked at the ground of a protective measure"),
    "koseki_suppression_ground": (
        "戸籍の人の支援措置の事由を表示",
        "looked at the ground of a protective measure, by koseki",
    ),
    "history_export_begun": ("履歴の書出しを開始", "began to take the history out"),
    "history_exported": ("履歴を書出し", "took the history out"),
    "history_export_broken": ("履歴の書出しが中断", "taking the history out was broken off"),
    "safety_report": ("安全点検報告を保存", "saved a report on safety"),
    "operation_log": ("操作記録を表示", "looked at the operation log"),
    "stops": ("停止の一覧を表示", "looked at stops"),
    "differences": ("記録の差異を表示", "looked at differences of the records"),
    "differences_exported": ("記録の差異を書出し", "took the differences of the records out"),
    "feed_aside": ("読めずに除いた行を表示", "looked at records set aside"),
    "feed_aside_exported": ("読めずに除いた行を書出し", "took the records set aside out"),
    "stop_preview": ("停止の対象を確認", "looked whom a stop would be of"),
}
ACTS: Final[Mapping[str, Term]] = {
    "repair_approved": ("作り直しの承認", "repair approved"),
    "source_doubt_released": ("照合による停止の解除", "stop by a comparison released"),
    "set_feed_limit": ("連携元の期限の設定", "age limit of a source set"),
    "set_feed_share": ("連携元の変更割合の設定", "shares of a source set"),
    "feed_numbers_begin_anew": ("連携ファイルの番号の付け直し", "numbers of a source begin anew"),
    "credential_index_moved": ("利用者証明の索引鍵の更新", "index of the credentials moved to another key"),
    "setting_stored": ("市の設定を登録", "setting stored"),
    "setting_withdrawn": ("市の設定を取下げ", "setting withdrawn"),
    "stop_set": ("停止の設定", "stop set"),
    "stop_approved": ("再開の承認", "restart approved"),
    "stop_ended": ("停止の終了", "stop ended"),
    "quarantine_approved": ("隔離文書を開く承認", "opening a quarantined document approved"),
    "quarantine_opened": ("隔離文書を開いた", "quarantined document opened"),
    "person_held": ("発行の保留", "person held back"),
    "person_released": ("保留の解除", "person released"),
    "pin_registered": ("暗証番号の登録", "PIN registered"),
    "pin_changed": ("暗証番号の変更", "PIN changed"),
    "pin_unlocked": ("暗証番号の停止解除", "PIN unlocked"),
    "pin_stopped": ("暗証番号の利用停止", "PIN stopped"),
    "credential_renewed": ("電子証明書の登録・更新", "certificate registered or renewed"),
    "credential_stopped": ("電子証明書の停止", "certificate stopped"),
    "user_id_registered": ("利用者IDの登録", "user id registered"),
    "user_id_stopped": ("利用者IDの停止", "user id stopped"),
    "specimen_made": ("見本の作成", "specimen made"),
    "suppression_set": ("支援措置の設定", "protective measure set"),
    "suppression_lifted": ("支援措置の解除", "protective measure lifted"),
    "protection_released": ("支援措置の一時解除", "protective measure released for now"),
    "koseki_suppression_set": ("戸籍の人の支援措置の設定", "protective measure set, by koseki"),
    "koseki_suppression_lifted": ("戸籍の人の支援措置の解除", "protective measure lifted, by koseki"),
    "koseki_access_accepted": ("本籍地利用登録の承認", "koseki access accepted"),
    "koseki_access_refused": ("本籍地利用登録の不承認", "koseki access refused"),
    "koseki_access_withdrawn": ("本籍地利用登録の取消し", "koseki access ended"),
    "office_day_closed": ("閉庁日の登録", "office closed on a day"),
    "office_day_opened": ("閉庁日の取消し", "office open on a day after all"),
    "staff_passkey_released": ("パスキーを承認", "passkey released"),
    "staff_account_made": ("利用者を作成", "account made"),
    "staff_account_reset": ("利用者を再設定", "account reset"),
    "staff_account_duties": ("利用者の担当を変更", "duties of an account changed"),
    "staff_account_released": ("利用者を承認", "account released"),
    "staff_account_ended": ("利用者を終了", "account ended"),
    "alert_taken": ("警報の引受け", "alert taken on"),
    "alert_explained": ("警報の説明", "alert explained"),
    "alert_confirmed": ("警報の確認", "alert closed"),
    "statement_imported": ("明細の取込み", "statement taken in"),
    "month_closed": ("月の締め", "month closed"),
    "month_reopened": ("月の締めの取消し", "month reopened"),
    "statement_layout_set": ("明細の項目の対応", "columns of the statement set"),
    "handling_fee_set": ("取扱手数料の設定", "handling fee set"),
    "log_reviewed": ("操作記録の確認", "log looked through"),
}
_NONE: Final[Mapping[str, Term]] = {}
STATEMENT_STEPS: Final[Mapping[str, Term]] = {
    "reading": ("ファイルを読んでいます", "reading the file:"),
    "storing": ("記録しています", "storing its lines"),
    "matching": ("履歴と突き合わせています", "matching with the history:"),
    "taken": ("取り込み、突合しました。", "Taken in and matched."),
    "known": ("同じファイルは取り込み済みでした。", "This very file was taken in before."),
    "refused": ("取り込めませんでした", "refused"),
    "broken": ("途中で止まりました", "broke off"),
}
_BY_NAME: Final = {
    "kind": KINDS,
    "state": STATES,
    "outcome": OUTCOMES,
    "result": RESULTS,
    "channel": CHANNELS,
    "source": SOURCE_NAMES,
    "file_result": FILE_RESULTS,
    "bearer": BEARERS,
    "credential": CREDENTIAL_STATES,
    "suppression": SUPPRESSION_SOURCES,
    "sign_in": SIGN_INS,
    "reading": READINGS,
    "act": ACTS,
    "statement_step": STATEMENT_STEPS,
    **stop_words.BY_NAME,
}


def term(what: str, word: str | None) -> Term:
    """Both texts of a word of the books; a dash for None."""
    return ("-", "-") if word is None else _BY_NAME.get(what, _NONE).get(word, (word, word))
