"""Each finding in plain words."""

from typing import Final

from reconcile import Proposal
from reconcile.settlement import Finding, Matched

_WORDS: Final = {
    Finding.AGREED: "一致 / agreed",
    Finding.SETTLED: "報告がなく、明細の結果で確定 / no report: settled by the statement",
    Finding.OUTCOME_DIFFERS: "結果が違います。当方への報告は {ours}、明細は {theirs} / The outcome differs: reported to us {ours}, in the statement {theirs}",
    Finding.FEE_DIFFERS: "手数料が違います。当方 {ours} 円、明細 {theirs} 円 / The fee differs: ours {ours} yen, in the statement {theirs} yen",
    Finding.KIND_DIFFERS: "種別が違います。当方 {ours}、明細 {theirs} / The kind differs: ours {ours}, in the statement {theirs}",
    Finding.PLACE_DIFFERS: "端末が違います。当方は {ours} へ送信、明細は {theirs} / The terminal differs: we answered {ours}, the statement says {theirs}",
    Finding.REQUEST_DIFFERS: "請求IDが違います。当方 {ours}、明細 {theirs} / The request differs: ours {ours}, in the statement {theirs}",
    Finding.MATCHED_BY_TIME: "明細に番号がなく、端末と時刻で対応付けました。結果の報告がありません / The line names nothing: paired by terminal and time, and nobody reported the outcome",
    Finding.DOUBLE_LINE: "明細に2回あります / It is in the statements twice",
    Finding.NEVER_SENT: "当方が送信していない番号に明細があります / A line for an attempt we never answered",
    Finding.NOT_OURS: "当方の記録にない発行番号です / A number that is not in our books",
    Finding.NOT_IN_STATEMENT: "当方は送信しましたが、明細にありません / We answered, and no statement names it",
}


def in_words(one: Matched) -> str:
    """What was found, Japanese first."""
    return _WORDS[one.finding].format(ours=one.ours, theirs=one.theirs)


SHORT: Final = {
    Finding.OUTCOME_DIFFERS: ("結果が違う", "outcome differs"),
    Finding.FEE_DIFFERS: ("手数料が違う", "fee differs"),
    Finding.KIND_DIFFERS: ("種別が違う", "kind differs"),
    Finding.PLACE_DIFFERS: ("端末が違う", "terminal differs"),
    Finding.REQUEST_DIFFERS: ("請求IDが違う", "request differs"),
    Finding.MATCHED_BY_TIME: ("時刻で対応付け", "paired by time"),
    Finding.DOUBLE_LINE: ("明細に2回", "twice in statements"),
    Finding.NEVER_SENT: ("当方は未送信", "never sent by us"),
    Finding.NOT_OURS: ("明細だけにある", "only they have it"),
    Finding.NOT_IN_STATEMENT: ("当方だけにある", "only we have it"),
}
"""Each difference in a few words: Japanese and English."""
PROPOSED: Final = {
    Proposal.CORRECTED: ("訂正版の明細で解消", "settled by a corrected statement"),
    Proposal.RETRY: (
        "再試行(同じ端末で前後10分に別の発行あり)",
        "a retry: another issuance at the same terminal within ten minutes",
    ),
    Proposal.CANCELLED_AFTER_SENDING: (
        "送信後の取消し(印刷・収納なし)",
        "cancelled after sending: nothing printed or paid",
    ),
    Proposal.CLOCK: ("時計・締め時刻のずれ", "clocks, or the time of closing"),
    Proposal.FEE_CHANGE: ("日付の変わり目の手数料改定", "a change of fee at midnight"),
    Proposal.FREE_ISSUE: ("無料交付", "issued free of charge"),
}
"""What probably happened: Japanese and English."""
