"""How a centre's table is laid out: which column holds what, and what its words mean. Each centre has its own, changed by staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from civil.errors import KioskError
from kiosk_server.issuing.request import Kind

REQUIRED: Final = ("kind", "operator", "store", "terminal", "occurred_at", "fee_yen")
OPTIONAL: Final = ("issuance_number", "request_id", "outcome")
"""A table without outcomes lists what was printed."""
FIELDS: Final = (*OPTIONAL[:2], *REQUIRED[:-1], "outcome", "fee_yen")
OUTCOMES: Final = ("printed", "cancelled", "failed")
_LONGEST_NAME: Final = 64
_MOST_WORDS: Final = 200


class LayoutWrong(KioskError):
    """列の対応に誤りがあります。必要な列に見出しを入れ、「センターの言葉 = 当方の値」を1行に1つ書いてください。 /
    The layout is wrong. Give each needed column its heading, and write one 'their word = our value' on each line."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`columns`: our field to the heading in the table. `words`: their word to one of our kinds or outcomes."""

    columns: Mapping[str, str]
    words: Mapping[str, str]


DEFAULT: Final = TableLayout(
    {
        "issuance_number": "発行番号", "request_id": "請求ID", "kind": "証明書種別", "operator": "事業者", "store": "店舗",
        "terminal": "端末", "occurred_at": "日時", "outcome": "結果", "fee_yen": "手数料",
    },
    {kind.label: kind.value for kind in Kind} | {"印刷": "printed", "印刷済": "printed", "取消": "cancelled", "失敗": "failed"},
)  # fmt: skip


def require_layout(columns: Mapping[str, str], words: Mapping[str, str]) -> TableLayout:
    """A layout that a table can be read by. Raises LayoutWrong."""
    named = {field: columns.get(field, "").strip() for field in FIELDS}
    named = {field: heading for field, heading in named.items() if heading}
    ours = {*OUTCOMES, *(kind.value for kind in Kind)}
    if set(REQUIRED) - named.keys() or len(set(named.values())) != len(named):
        raise LayoutWrong
    if len(words) > _MOST_WORDS or set(words.values()) - ours:
        raise LayoutWrong
    if any(not text or len(text) > _LONGEST_NAME for text in (*named.values(), *words)):
        raise LayoutWrong
    return TableLayout(named, dict(words))


def read_words(text: str) -> Mapping[str, str]:
    """Lines of `their word = our value`. Raises LayoutWrong."""
    parts = [line.partition("=") for line in text.splitlines() if line.strip()]
    if any(not equals for _, equals, _ in parts):
        raise LayoutWrong
    return {theirs.strip(): ours.strip() for theirs, _, ours in parts}
