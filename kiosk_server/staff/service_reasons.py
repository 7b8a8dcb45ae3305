"""Why an attempt ended that nobody refused: the service, its deadline, its data; in words."""

from collections.abc import Mapping
from typing import Final

from kiosk_server.staff.terms import Term

SERVICE_REASONS: Final[Mapping[str, Term]] = {
    "answer_no_longer_kept": ("回答の控えを消したあとの再請求", "asked again after the kept answer was destroyed"),
    "asked_again": ("同じ請求IDでの再請求", "asked again by the same request id"),
    "born_in_future": ("生年月日が未来", "a birth date in the future"),
    "city_not_covered": ("この請求元の対象でない市", "a city that this caller does not ask for"),
    "credential_stopped": ("作成中に電子証明書が止められた", "the credential was stopped meanwhile"),
    "database_lost": ("データベースに届かない", "the database was out of reach"),
    "deadline_passed": ("期限までに間に合わなかった", "the deadline passed"),
    "fault": ("内部の不具合(運用担当へ)", "a fault inside; tell those who run the service"),
    "guessing_stopped": ("暗証番号の間違いが多い端末を一時停止中", "too many wrong PINs at this terminal"),
    "intent_ended": ("作成が途中で打ち切られた", "the attempt was ended meanwhile"),
    "kind_not_covered": ("この請求元の対象でない種別", "a kind that this caller does not ask for"),
    "lease_lost": ("別の処理が引き継いだ", "another process took it over"),
    "lease_ran_out": ("処理していたサーバーが止まった", "the node that worked on it stopped"),
    "not_an_issuance_number": ("発行番号ではない", "no issuance number"),
    "not_fit": ("サーバーの点検で異常があり受け付けない", "the node refuses service until it is mended"),
    "not_of_this_caller": ("別の請求元の発行", "an issuance of another caller"),
    "other_body": ("同じ請求IDで内容が違う", "the same request id with other contents"),
    "outcome_conflict": ("印刷の報告が食い違う", "two outcomes contradict each other"),
    "outcome_in_future": ("印刷の報告の時刻が未来", "an outcome in the future"),
    "paper_worker_died": ("証明書を作る処理が止まった", "the process that makes the paper stopped"),
    "quarantined": ("内容が合わず隔離した", "it did not agree, and is in quarantine"),
    "revocation_unknown": ("失効しているかを確かめられない", "whether it is revoked cannot be told"),
    "status_list_full": ("今月の検証用の番号を使い切った", "the status list of the month is full"),
    "twin_not_committed": ("同じ請求を別の処理が受付中", "the same request is just being accepted"),
    "twin_still_running": ("同じ請求を処理中", "the same request is still being worked on"),
    "KeyNotFound": ("署名の鍵が使えない", "no key may sign now"),
    "RecordMoved": ("作成中に記録が変わり、作り直した", "the record changed meanwhile; made anew"),
    "DayChanged": ("作成中に日付が変わり、作り直した", "the day changed meanwhile; made anew"),
}
