"""Each finding in plain words."""

from typing import Final

from reconcile.settlement import Finding, Matched

_WORDS: Final = {
    Finding.AGREED: "一致 / agreed",
    Finding.SETTLED: "報告がなく、明細の結果で確定 / no report: settled by the statement",
    Finding.OUTCOME_DIFFERS: "結果が違います。当方への報告は {ours}、明細は {theirs} / The outcome differs: reported to us {ours}, in the statement {theirs}",
    Finding.FEE_DIFFERS: "手数料が違います。当方 {ours} 円、明細 {theirs} 円 / The fee differs: ours {ours} yen, in the statement {theirs} yen",
    Finding.KIND_DIFFERS: "種別が違います。当方 {ours}、明細 {theirs} / The kind differs: ours {ours}, in the statement {theirs}",
    Finding.PLACE_DIFFERS: "端末が違います。当方は {ours} へ送信、明細は {theirs} / The terminal differs: we answered {ours}, the statement says {theirs}",
    Finding.DOUBLE_LINE: "明細に2回あります / It is in the statements twice",
    Finding.NEVER_SENT: "当方が送信していない番号に明細があります / A line for an attempt we never answered",
    Finding.NOT_OURS: "当方の記録にない発行番号です / A number that is not in our books",
    Finding.NOT_IN_STATEMENT: "当方は送信しましたが、明細にありません / We answered, and no statement names it",
}


def in_words(one: Matched) -> str:
    """What was found, Japanese first."""
    return _WORDS[one.finding].format(ours=one.ours, theirs=one.theirs)
