"""The receipt of a file as a text that lies beside it: what became of it, and what to do. It names no person and quotes no content."""

from datetime import datetime

from civil.calendar import JST
from sync.feeds.comparing import SourceComparison
from sync.feeds.errors import FileRefused
from sync.feeds.receipts import Receipt, Told

_WORDS = {
    "applied": "適用しました。 / Applied.",
    "repeated": "適用済みです。 / It was applied already.",
    "overtaken": "全件ファイルで反映済みです。 / A full file that came since has it already.",
}


def of_receipt(name: str, receipt: Receipt, now: datetime) -> str:
    """Of a file that was applied, was known, or has to wait."""
    if receipt.result == "waiting":
        first = "先に全件ファイルが必要です / a full file has to come first"
        number = f"先に{receipt.waits_for}番が必要です / number {receipt.waits_for} has to come first"
        words = f"待っています。{first if receipt.waits_for is None else number}"
    else:
        words = _WORDS[receipt.result]
    aside = f"読めずに除いた件数 / records set aside: {receipt.aside} (kiosk feed aside)" if receipt.aside else ""
    counts = f"件数 / records: {receipt.records}  変更 / changed: {receipt.changed}"
    return _text(name, now, _told(receipt.told), words, counts, aside)


def of_comparison(name: str, done: SourceComparison, now: datetime) -> str:
    """Of a list that was compared."""
    found = done.differences
    counts = f"連携元 / at the source: {done.at_source}  当方 / here: {done.here}"
    differing = f"当方に残る / extra: {len(found.extra)}  当方にない / missing: {len(found.missing)}  違う / different: {len(found.different)}"
    words = (
        "一致しました。 / Equal."
        if found.is_equal
        else "違いがあります。その人の発行を止めました。 / Different; those persons are stopped."
    )
    return _text(name, now, _told(done.told), words, counts, differing)


def of_refusal(name: str, fault: FileRefused, now: datetime) -> str:
    """Of a file that was refused."""
    return _text(
        name,
        now,
        "断りました。何も取り込んでいません。 / Refused; nothing of it was taken in.",
        f"{fault.line}: {fault.item}: {fault.reason}",
    )


def of_overtaken(name: str, why: str, now: datetime) -> str:
    """Of a list that came too late to be compared."""
    return _text(name, now, why)


def of_waiting(name: str, why: str, now: datetime) -> str:
    """Of a file that stays where it is until something else has happened."""
    return _text(name, now, "待っています。 / It waits.", why)


def _told(told: Told) -> str:
    return f"{told.layout} {told.file_number}  {told.as_of.astimezone(JST):%Y-%m-%d %H:%M} JST"


def _text(name: str, now: datetime, *lines: str) -> str:
    head = f"{name}  {now.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"
    return "\n".join([head, *filter(None, lines)]) + "\n"
