"""The report as rows: part, item, figure, and whether it needs a word of the city's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from issuance_db.safety_report import SafetyEvidence
from kiosk_server.exporting import Cell
from kiosk_server.safety.quarter import Quarter
from kiosk_server.staff.alert_words import rest_of, words_of
from kiosk_server.staff.screens import age, jst
from kiosk_server.staff.terms import Term, term
from kiosk_server.staff.words import Said

Line = tuple[Term, Term, Cell, bool | None]
"""Part, item, figure; True where the city must say something about it, False where it is as it must be, None where it only tells."""
_PARTS: Final[Mapping[str, Term]] = {
    "period": ("対象", "Period"),
    "use": ("1 利用の状況", "1 Use"),
    "papers": ("2 別人の証明書を渡さない仕組みの点検", "2 Nobody was given another's certificate"),
    "data": ("3 証明書のもとになるデータの新しさ", "3 How fresh the data was"),
    "compared": ("4 台帳・原本との照合", "4 Comparison with registers and sources"),
    "settled": ("5 交付センターの明細との突合", "5 Agreement with the centre's statements"),
    "alerts": ("6 警報と対応", "6 Alerts and what was done"),
    "stops": ("7 発行の停止", "7 Stops of issuing"),
    "people": ("8 利用者と操作の管理", "8 Accounts and what staff did"),
    "log": ("9 履歴の保全", "9 The tamper-evident history"),
}
_TOLD: Final[Sequence[tuple[str, str, Term]]] = (
    ("use", "requests", ("請求", "requests")),
    ("use", "issued", ("発行", "issued")),
    ("use", "refused", ("発行不可", "refused")),
    ("use", "abandoned", ("中断", "abandoned")),
    ("use", "printed", ("印刷済みの報告", "reported as printed")),
    ("use", "cancelled", ("取消しの報告", "reported as cancelled")),
    ("use", "failed", ("印刷失敗の報告", "reported as failed")),
    ("use", "same_second", ("同じ秒に重なった請求", "requests in a second that already had one")),
    ("papers", "void", ("渡す前に無効にした作成", "attempts made void before anything left")),
    ("data", "not_fresh", ("記録が古いため断った請求", "requests refused because data was not fresh")),
    ("compared", "comparisons", ("台帳との照合の回数", "comparisons with the register")),
    ("compared", "repaired", ("作り直した記録", "records made anew")),
    ("compared", "source_comparisons", ("各システムの一覧との照合の回数", "comparisons with lists of sources")),
    ("settled", "statements", ("取り込んだ明細", "statements taken in")),
    ("settled", "months_closed", ("締めた月", "months closed")),
    ("people", "accounts_released", ("二人目が承認した利用者", "accounts that a second person released")),
    ("people", "failed_sign_ins", ("失敗したサインイン", "failed sign-ins")),
    ("people", "readings", ("住民に関する閲覧・持出しの記録", "records of who looked at or took out what")),
    ("people", "exports", ("うち履歴の書出し", "of these, the history taken out")),
    ("people", "quarantines_opened", ("二人で開いた隔離文書", "quarantined documents opened by two")),
    ("people", "my_number_reads", ("個人番号の読取り", "My Number read")),
)
_MUST_BE_NONE: Final[Sequence[tuple[str, str, Term]]] = (
    ("use", "not_reported", ("結果の報告がない発行", "issued without an outcome")),
    ("papers", "without_permit", ("許可の記録がない発行", "issued without a permit")),
    ("papers", "other_document", ("許可した文書と違う発行", "issued, and not the document that was permitted")),
    ("papers", "other_persons", ("許可した人と違う人が載った発行", "issued, and not the persons who were permitted")),
    ("papers", "second_answer", ("一つの請求への二通目の発行", "second answers to one request")),
    (
        "papers",
        "quarantined",
        ("不一致で隔離した文書(渡していない)", "documents quarantined for a mismatch; none left"),
    ),
    ("compared", "differing", ("台帳との差異", "differences from the register")),
    ("compared", "source_differences", ("各システムの一覧との差異", "differences from lists of sources")),
    ("settled", "disagreed", ("明細と一致しなかった発行", "issuances that disagreed with a statement")),
    ("people", "my_number_refused", ("断った個人番号の読取り", "My Number, refused")),
)
_MUST_BE_SOME: Final[Sequence[tuple[str, str, Term]]] = (
    ("people", "reviews", ("操作記録の確認", "the operation log looked through")),
)


def headings(say: Said) -> Sequence[str]:
    """Of the four columns."""
    return [say("区分", "Part"), say("項目", "Item"), say("結果", "Result"), say("判定", "Judgement")]


def report_rows(
    say: Said, city: str, quarter: Quarter, evidence: SafetyEvidence, now: datetime
) -> Sequence[Sequence[Cell]]:
    """The whole report, part by part; ``now`` (UTC) is when it was made."""
    order = list(_PARTS.values())
    lines = sorted(_lines(say, city, quarter, evidence, now), key=lambda line: order.index(line[0]))
    return [[say(*part), say(*item), figure, _judged(say, is_due=is_due)] for part, item, figure, is_due in lines]


def _lines(say: Said, city: str, quarter: Quarter, evidence: SafetyEvidence, now: datetime) -> Iterator[Line]:
    yield from _period(say, city, quarter, now)
    for part, name, item in _TOLD:
        yield _PARTS[part], item, evidence.counts[name], None
    for part, name, item in _MUST_BE_NONE:
        yield _PARTS[part], item, evidence.counts[name], evidence.counts[name] > 0
    for part, name, item in _MUST_BE_SOME:
        yield _PARTS[part], item, evidence.counts[name], evidence.counts[name] == 0
    for row in evidence.ages:
        told = f"95% {age(row['most'], say)}、{say('最大', 'oldest')} {age(row['oldest'], say)}"
        yield _PARTS["data"], term("source", row["source"]), told, None
    yield from _alerts(say, evidence)
    yield from _stops(say, evidence)
    yield from _log(say, evidence)


def _period(say: Said, city: str, quarter: Quarter, now: datetime) -> Iterator[Line]:
    yield _PARTS["period"], ("市区町村", "City"), city, None
    days = f"{quarter.first_day} - {quarter.day_after}"
    yield _PARTS["period"], ("期間(終わりの日を含まない)", "From, and to before"), f"{say(*quarter.words)} {days}", None
    is_over = quarter.until <= now
    made = say("期間終了後", "after its end") if is_over else say("期間の途中", "before its end")
    yield _PARTS["period"], ("作成日時", "Made"), f"{jst(now)} {made}", None


def _alerts(say: Said, evidence: SafetyEvidence) -> Iterator[Line]:
    if not evidence.alerts:
        yield _PARTS["alerts"], ("警報", "alerts"), 0, None
    for row in evidence.alerts:
        open_still = row["opened"] - row["closed"]
        told = say(f"{row['opened']}件、未処理 {open_still}件", f"{row['opened']}, open {open_still}")
        took = "" if row["longest"] is None else say("、最長 ", ", longest ") + age(row["longest"], say)
        what, rest = words_of(row["cause"], sees_protection=False).what, rest_of(row["cause"])
        yield (
            _PARTS["alerts"],
            (f"{what[0]} {rest[0]}".strip(), f"{what[1]} {rest[1]}".strip()),
            told + took,
            open_still > 0,
        )


def _stops(say: Said, evidence: SafetyEvidence) -> Iterator[Line]:
    if not evidence.stops:
        yield _PARTS["stops"], ("停止", "stops"), 0, None
    for row in evidence.stops:
        told = f"{jst(row['starts_at'])} - {jst(row['ends_at'])} {say(*term('stop_cause', row['cause']))}"
        by = f" ({row['acted_by']})" if row["acted_by"] else ""
        yield _PARTS["stops"], _stopped(row), told + by, row["cause"] == "mismatch" or None


def _stopped(row: Mapping[str, Any]) -> Term:
    place = " / ".join(row[name] for name in ("terminal_operator", "terminal_store", "terminal_id") if row[name])
    kind = ("全種別", "every kind") if row["kind"] is None else term("kind", row["kind"])
    whom = ("一部の住民", "some residents") if row["is_of_somebody"] else (place or "全体", place or "everywhere")
    return f"{row['stop_id']} {kind[0]} {whom[0]}", f"{row['stop_id']} {kind[1]} {whom[1]}"


def _log(say: Said, evidence: SafetyEvidence) -> Iterator[Line]:
    last = evidence.checkpoint
    told = (
        say("なし", "none")
        if last is None
        else say(
            f"{jst(last['made_at'])} まで {last['tree_size']:,}件",
            f"{last['tree_size']:,} leaves at {jst(last['made_at'])}",
        )
    )
    yield _PARTS["log"], ("署名済みの履歴", "Signed history"), told, last is None


def _judged(say: Said, *, is_due: bool | None) -> str:
    if is_due is None:
        return "-"
    return say("要説明", "to be explained") if is_due else say("適", "as it must be")
