"""The invariants, in words. I1: every answer has one intent and one request. I2: it names whom it was made about. I3: no number
twice. I4: nothing is issued without its steps. I5: everything begun has ended. I6: what we say is what we did. I7: history is whole.
"""

from typing import Final

from issuance_db.fsck.finding import Rule

_STOP: Final = (
    "種別を止め、発行履歴(kiosk history show)と警告を二人で調べてください。",
    "Stop the kind, and let two persons look at its steps (kiosk history show) and alerts.",
)
_SWEEPER: Final = (
    "kiosk serve sweeper が動いているか確かめてください。",
    "See that kiosk serve sweeper is running.",
)
_EDITED: Final = (
    "行が書き換えられた疑いがあります。バックアップと外部の証跡で照合してください。",
    "A row may have been edited: compare with the backup and the log's outside witness.",
)

ALL_NUMBERS: Final = Rule(
    "I3",
    "all_numbers",
    ("発行番号の検査数字が合いません。", "The check digit of an issuance number is wrong."),
    _EDITED,
)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "I1",
        "issuance_without_recorded_intent",
        ("発行履歴に対応する発行の記録がありません。", "An issuance has no recorded intent that says the same."),
        _EDITED,
    ),
    Rule(
        "I1",
        "issuance_with_other_digests",
        ("検査した文書と発行した文書が違います。", "The document in the books is not the one inspected and permitted."),
        _STOP,
    ),
    Rule(
        "I1",
        "issuance_without_answered_request",
        ("発行履歴に対応する請求が、回答済みになっていません。", "An issuance belongs to a request that was not answered with it."),
        _STOP,
    ),
    Rule(
        "I1",
        "recorded_intent_without_issuance",
        ("発行した証明書が発行履歴にありません。", "A certificate was recorded and is not in the books."),
        _EDITED,
    ),
    Rule(
        "I1",
        "request_with_two_certificates",
        ("一つの請求で二通発行されています。", "One request was answered with two certificates."),
        _STOP,
    ),
    Rule(
        "I2",
        "other_subjects",
        ("発行履歴の対象者が、作成時の対象者と違います。", "The books name other persons than the certificate was made about."),
        _STOP,
    ),
    Rule(
        "I2",
        "asked_by_not_one",
        ("一通の証明書に請求者が二人います。", "Two persons are marked as having asked for one certificate."),
        _EDITED,
    ),
    Rule(
        "I3",
        "serial_given_twice",
        ("同じ発行番号の通番が二度使われています。", "A running number was given twice."),
        (
            "復元の後に世代番号(epoch)を上げたか確かめてください。",
            "See whether the epoch was raised after a restore (docs/operations.md).",
        ),
    ),
    Rule(
        "I3",
        "number_of_another_day_or_epoch",
        ("発行番号の日付または世代が合いません。", "A number's date or epoch is not that of its request."),
        _EDITED,
    ),
    Rule(
        "I4",
        "issuance_without_its_steps",
        ("発行までの手順の記録が揃っていません。", "An issuance lacks a step, or has them in another order."),
        _EDITED,
    ),
    Rule(
        "I5",
        "request_left_open",
        ("期限を過ぎた請求が処理中のままです。", "A request is still open past its lease."),
        _SWEEPER,
    ),
    Rule(
        "I5",
        "attempt_left_open",
        ("期限を過ぎた発行が途中のままです。", "An attempt is still open that no lease covers."),
        _SWEEPER,
    ),
    Rule(
        "I6",
        "answer_without_issuance",
        ("回答済みの請求に発行履歴がありません。手数料だけが残るおそれがあります。", "A request is answered and nothing was issued: a fee without a certificate."),
        _STOP,
    ),
    Rule(
        "I6",
        "request_not_as_its_last_step",
        ("請求の状態が、最後の手順の記録と違います。", "A request's state is not what its last step says."),
        _EDITED,
    ),
    Rule(
        "I6",
        "attempt_not_as_its_last_step",
        ("発行の状態が、最後の手順の記録と違います。", "An attempt's state is not what its last step says."),
        _EDITED,
    ),
    Rule(
        "I6",
        "answer_kept_for_nothing",
        ("保存期限を過ぎた、または回答していない証明書が残っています。", "A kept answer is past its time, or belongs to no answered request."),
        _SWEEPER,
    ),
    Rule(
        "I6",
        "mismatch_without_stop_and_alert",
        ("不一致があったのに、種別の停止または警告がありません。", "A mismatch was found, and no stop and alert stand for it."),
        _STOP,
    ),
    Rule(
        "I6",
        "stop_ended_by_one",
        ("不一致による停止が、二人の承認なしに解除されています。", "A stop for a mismatch was ended without two persons."),
        _EDITED,
    ),
    Rule(
        "I6",
        "outcome_before_answer",
        ("発行していない証明書の結果が報告されています。", "An outcome was reported of something not issued by then."),
        _EDITED,
    ),
    Rule(
        "I7",
        "step_missing",
        ("手順の記録が欠けています。", "A step is missing."),
        _EDITED,
    ),
    Rule(
        "I7",
        "step_altered",
        ("手順の記録が書き換えられています。", "A step is not what it was when it was written."),
        _EDITED,
    ),
    Rule(
        "I7",
        "step_of_an_unknown_request",
        ("手順の記録に対応する請求がありません。", "Steps stand there of a request that is gone."),
        _EDITED,
    ),
)  # fmt: skip
