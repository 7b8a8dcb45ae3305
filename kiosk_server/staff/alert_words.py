"""What an alert says to a person: what happened, and what to do now. Causes are those of the books."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiosk_server.settling.wording import SHORT
from kiosk_server.sources.names import SOURCE_NAMES
from kiosk_server.staff.terms import Term, term


@dataclass(frozen=True, slots=True)
class AlertWords:
    """Japanese and English each."""

    what: Term
    to_do: Term


_FIND_THE_PAPER: Final[Term] = (
    "最初の紙が誰の手に渡ったかを、店舗と交付センターに確かめてください。あとの請求がうまくいっていても、この警報は閉じません。",
    "Find out from the shop and the centre who has the first paper. A later request that went well does not close this.",
)
_BY_OPERATIONS: Final[Term] = (
    "運用担当に知らせてください。直すまで、そのサーバーは発行しません。",
    "Tell those who run the service. That node issues nothing until it is mended.",
)
_WITNESS: Final[Term] = (
    "運用担当に知らせ、kiosk log verify に証人のファイルを渡して履歴を検証してください。発行は続いています。",
    "Tell those who run the service, and verify the history with the witness's file (kiosk log verify). Issuing goes on.",
)
_GUESSING: Final = AlertWords(
    (
        "暗証番号の間違いが続き、端末からの受付を一時止めた",
        "too many wrong PINs: a terminal is locked for a while",
    ),
    (
        "その端末で何が起きているかを店舗に確かめてください。不審なら「停止・再開」で端末を止めてください。",
        "Ask the shop what goes on at that terminal. If in doubt, stop the terminal under “Stops”.",
    ),
)
_WORDS: Final[Mapping[str, AlertWords]] = {
    "mismatch": AlertWords(
        (
            "作った証明書が請求の内容と一致せず、隔離した",
            "a certificate did not agree with what was asked, and is in quarantine",
        ),
        (
            "その種別は自動で止まっています。隔離文書を2人で開き、発行の経過を見て、原因が分かったら「停止・再開」で2人が再開を承認してください。",
            "Its kind is stopped. Two of you open the document and look at the steps; when the cause is known, both approve the restart.",
        ),
    ),
    "outcome_conflict": AlertWords(
        ("印刷の結果が二通りに報告された", "two different outcomes were reported"),
        (
            "紙が出たか、手数料を受け取ったかを、端末の設置者か交付センターに確かめてください。",
            "Ask the shop or the centre whether the paper came out and whether the fee was taken.",
        ),
    ),
    "suppressed_after_answer": AlertWords(
        ("発行した直後に支援措置が入った", "a protective measure arrived right after the answer"),
        (
            "紙が渡ったかをすぐに確かめ、支援措置の担当に知らせてください。",
            "Find out at once whether the paper was handed over, and tell those in charge of protective measures.",
        ),
    ),
    "stopped_after_answer": AlertWords(
        (
            "発行した直後に、載っている人の発行が停止された",
            "somebody on the paper was stopped right after the answer",
        ),
        _FIND_THE_PAPER,
    ),
    "seal_changed_after_answer": AlertWords(
        ("発行した直後に印鑑登録が変わった", "the registered seal changed right after the answer"),
        _FIND_THE_PAPER,
    ),
    "guessing_stopped": _GUESSING,
    "centre/wrong_card_pins": _GUESSING,
    "koseki_access_due": AlertWords(
        ("本籍地利用登録の申請の期限が近い", "an application for koseki access is nearly due"),
        (
            "「利用登録」で戸籍と照らし、期限までに承認するかどうか決めてください。",
            "Compare it with the koseki under “Koseki access”, and decide in time.",
        ),
    ),
    "koseki_access_overdue": AlertWords(
        ("本籍地利用登録の申請が期限を過ぎた", "an application for koseki access is overdue"),
        (
            "「利用登録」ですぐに決め、遅れた理由をここに説明してください。",
            "Decide it under “Koseki access” at once, and explain here why it is late.",
        ),
    ),
    "passkey_copied": AlertWords(
        ("職員のパスキーが複製された疑いがある", "a passkey of staff may have been copied"),
        (
            "そのパスキーは止めました。操作記録で誰のものかを見て、本人に確かめ、確認コードとパスキーを登録し直してください。",
            "That passkey is stopped. See in the operation log whose it is, ask the person, and have their codes and passkeys registered anew.",
        ),
    ),
    "status_list_full": AlertWords(
        ("今月の検証用の番号を使い切った", "the status list of the month is full"),
        (
            "月が変わるまで窓口で交付してください。運用担当に知らせてください。",
            "Issue at the counter until the month is over, and tell those who run the service.",
        ),
    ),
    "wrong_edition": AlertWords(
        (
            "ほかと違う版か設定のサーバーが立ち上がろうとした",
            "a node of another version or with other settings tried to serve",
        ),
        _BY_OPERATIONS,
    ),
    "wrong_topology": AlertWords(
        ("サーバーの構成の設定が食い違っている", "nodes disagree on how many there are"), _BY_OPERATIONS
    ),
    "signing_token": AlertWords(("署名装置が応答しない", "the signing device does not answer"), _BY_OPERATIONS),
    "witness_refused": AlertWords(("外部の証人が履歴を受け付けなかった", "the witness refused the history"), _WITNESS),
    "witness_overdue": AlertWords(("外部の証人から長い間返事がない", "the witness has been silent for long"), _WITNESS),
    "log_damaged": AlertWords(("履歴の記録が壊れている", "the log is damaged"), _WITNESS),
    "records_differ": AlertWords(
        ("発行用の記録が台帳と違っている", "issuance records differ from the register"),
        (
            "違っている人の発行は止まっています。「記録の差異」で原因を見て、作り直しを承認してください。",
            "Those who differ are held back. See “Differences” for the cause, and approve that they are made anew.",
        ),
    ),
}
_BY_PREFIX: Final[Mapping[str, AlertWords]] = {
    "centre": AlertWords(("交付センターからの警報", "an alert of the centre"), _FIND_THE_PAPER),
    "prints_failing": AlertWords(
        ("同じ端末で印刷の失敗が続いている", "prints fail again and again at one terminal"),
        (
            "用紙と機械の状態を端末の設置者に確かめ、直るまで「停止・再開」でその端末を止めてください。手数料を受け取っていないかも確かめてください。",
            "Ask the shop about paper and machine, and stop the terminal under “Stops” until it works. Ask whether fees were taken.",
        ),
    ),
    "settlement": AlertWords(
        ("センターの明細と発行履歴が合わない", "the centre's statement and the history differ"),
        (
            "その発行の紙と手数料がどうなったかを確かめてください。",
            "Find out what became of the paper and the fee of that issuance.",
        ),
    ),
    "feed": AlertWords(
        ("連携ファイルを取り込めなかったか、内容が違っている", "a file of another system was refused, or differs"),
        (
            "元の担当に、何が欠けたかを確かめて全件ファイルを送ってもらってください。どの連携元がどうなっているかは「連携元」、だれがどう違うかは「記録の差異」にあります。期限を過ぎると、その種別は自動で止まります。",
            "Ask who sends it what was lost, and for a full file. “Sources” says how each of them is, “Differences” who differs and how. Past its age limit the kinds made from it stop by themselves.",
        ),
    ),
}
_UNKNOWN: Final = AlertWords(
    ("そのほかの警報", "another alert"), ("運用担当に知らせてください。", "Tell those who run the service.")
)


_PROTECTION: Final = "suppressed_after_answer"
_FINDINGS: Final[Mapping[str, Term]] = {str(finding): words for finding, words in SHORT.items()}
_BOTH: Final = re.compile(r"(\d{4}-\d\d-\d\d \d+: )?(.+?) / (.+)", re.ASCII | re.DOTALL)
_IN_BOTH: Final = frozenset({
    "settlement", "suppressed_after_answer", "stopped_after_answer", "seal_changed_after_answer", "passkey_copied", "status_list_full", "log_damaged",
})  # fmt: skip
"""Whose whole detail is one sentence in both languages."""


def words_of(cause: str, *, sees_protection: bool) -> AlertWords:
    """For a cause such as ``mismatch`` or ``centre/WRONG_PAPER``; who need not know of a protective measure reads of a stop."""
    if cause == _PROTECTION and not sees_protection:
        return _WORDS["stopped_after_answer"]
    return _WORDS.get(cause) or _BY_PREFIX.get(cause.partition("/")[0], _UNKNOWN)


def group_of(cause: str, *, sees_protection: bool) -> str:
    """Under which word alerts are listed together; who need not know of a protective measure finds it among the stops."""
    if cause == _PROTECTION and not sees_protection:
        return "stopped_after_answer"
    return cause if cause in _WORDS else cause.partition("/")[0]


def rest_of(cause: str) -> Term:
    """What a cause says beyond its words: the centre's code, the finding, the source; empty where there is nothing."""
    prefix, _, rest = cause.partition("/")
    if prefix == "feed":
        return _source_of(rest)
    if prefix == "settlement":
        return _FINDINGS.get(rest, (rest, rest))
    known = cause in _WORDS
    return ("", "") if known else (rest or cause, rest or cause)


def _source_of(rest: str) -> Term:
    """Of `koseki_supplement_too_old`: 附票. The longest name that it begins with."""
    found = [source for source in SOURCE_NAMES if rest.startswith(f"{source}_")]
    return SOURCE_NAMES[max(found, key=len)] if found else (rest, rest)


def detail_of(cause: str, detail: str) -> Term:
    """What an alert says of itself: one language where it is a sentence in both, else as it was written."""
    if cause == "mismatch":
        return term(cause, detail)
    both = _BOTH.fullmatch(detail) if cause.partition("/")[0] in _IN_BOTH else None
    if both is None:
        return detail, detail
    of = both[1] or ""
    return f"{of}{both[2]}", f"{of}{both[3]}"
