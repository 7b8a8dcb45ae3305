"""The history as a table that people take away: its columns, and a request in them."""

from collections.abc import Sequence
from typing import Final

from issuance_db.history_search import Row
from kiosk_server.exporting import Cell
from kiosk_server.staff.screens import jst
from kiosk_server.staff.terms import term
from kiosk_server.staff.visit import Visit

_HEADINGS: Final = (
    ("受付日時", "accepted"), ("発行番号", "issuance number"), ("種別", "kind"), ("結果", "state"), ("理由", "reason"), ("印刷", "outcome"),
    ("手数料", "fee"), ("収納", "collected"), ("枚数", "pages"), ("経路", "channel"), ("事業者", "shop chain"), ("店舗", "shop"),
    ("端末", "terminal"), ("請求元", "caller"), ("請求ID", "request id"),
)  # fmt: skip


def cells(visit: Visit, row: Row) -> Sequence[Cell]:
    """One request, in the language of whoever exports: as under `headings`."""

    def word(what: str, value: str | None) -> str:
        ja, en = term(what, value)
        return ja if visit.language == "ja" else en

    is_issued = row["state"] == "answered"
    collected = {True: ("収納済み", "yes"), False: ("なし", "no"), None: ("", "")}[row["fee_collected"]]
    return (
        jst(row["accepted_at"]), row["issuance_number"] or "", word("kind", row["kind"]), word("state", row["state"]),
        word("result", row["result_code"]) if row["result_code"] else "",
        word("outcome", row["outcome"] or "unknown") if is_issued else "",
        row["fee_yen"] if is_issued else "", collected[visit.language == "en"], row["pages"] if is_issued else "",
        word("channel", row["channel"]), row["terminal_operator"], row["terminal_store"], row["terminal_id"], row["caller_id"],
        row["request_id"],
    )  # fmt: skip


def headings(visit: Visit) -> Sequence[str]:
    """What stands above the columns."""
    return [both[visit.language == "en"] for both in _HEADINGS]
