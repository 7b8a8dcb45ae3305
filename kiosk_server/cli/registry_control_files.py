"""Files of the controls, for commands and screens: the operations of a period (R-51), and what one person is told (R-80)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from civil.calendar import JST
from issuance_db.history_search import Criteria, find_requests
from issuance_db.operation_log import about_person
from kiosk_server.cli.counter import at
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.workbook import Table, workbook
from registry.residents import EVENT_KINDS, ITEMS, PROVIDED_NAMES, Disclosed, Operation, item_of, item_text

_MOST_REQUESTS: Final = 10_000
_EVENING, _MORNING, _SATURDAY = 19, 8, 5
WHAT: Final[Mapping[str, str]] = {
    "search": "検索", "person": "個人照会", "household": "世帯照会", "my_number": "個人番号照会", "event": "異動入力", "extract": "提供・台帳",
    "inspection": "閲覧の記録", "paper": "証明書・通知", "release": "支援措置の一時解除", "release_end": "一時解除の終了",
}  # fmt: skip
_ITEMS: Final = {**PROVIDED_NAMES, "is_foreign": "外国人", **{code: kind.name for code, kind in EVENT_KINDS.items()}}
"""Items, and kinds of events, as staff know them; provisions and numbers of papers stand as they are."""
OPERATION_NAMES: Final = (
    "日時",
    "職員",
    "操作",
    "内容",
    "目的・理由",
    "端末",
    "対象者数",
    "個人番号",
    "時間外・休日",
    "断り",
)
"""The columns of the operations."""
Front = tuple[Table, Table]
"""Of one person: certificates asked for, and who looked or acted on the issuing side."""


def operations_file(done: Sequence[Operation]) -> bytes:
    """The operations as CSV."""
    return csv_file(OPERATION_NAMES, (dict(zip(OPERATION_NAMES, operation_row(one), strict=True)) for one in done))


def is_out_of_hours(one: Operation) -> bool:
    """Whether it was done in the evening, at night or at a weekend in Japan."""
    local = one.at.astimezone(JST)
    return local.weekday() >= _SATURDAY or not _MORNING <= local.hour < _EVENING


def operation_row(one: Operation) -> Sequence[str | int]:
    """The cells of one."""
    return (
        at(one.at), one.staff, WHAT[one.what], "、".join(_ITEMS.get(item, item) for item in one.items), one.purpose, one.terminal or "", one.persons,
        "見た" if one.my_number_seen else "", "時間外・休日" if is_out_of_hours(one) else "", "断り" if one.refused else "",
    )  # fmt: skip


def disclosure_file(told: Disclosed, requests: Table, seen: Table) -> bytes:
    """The workbook of one person, both sides."""
    return workbook({**_sheets(told), "証明書の請求": requests, "発行側の閲覧・操作": seen})


async def known_in_front(connection: asyncpg.Connection, city: str, number: str) -> Front:
    """What the issuing side knows of a person; takes a connection of role staff whose city is set."""
    asked = await find_requests(connection, city, Criteria("of_person", number), None, _MOST_REQUESTS)
    seen = await about_person(connection, city, number)
    columns = ("accepted_at", "kind", "issuance_number", "state", "result_code", "outcome", "terminal_store")
    return (
        [("受付日時", "種類", "発行番号", "状態", "結果", "交付", "店舗"), *_cells(asked, columns)],
        [("日時", "職員", "操作", "内容", "理由"), *_cells(seen, ("happened_at", "who", "what", "word", "reason"))],
    )


def _sheets(told: Disclosed) -> dict[str, Table]:
    rows: list[Sequence[str | int]] = [
        (
            number,
            EVENT_KINDS[by.kind].name,
            str(by.occurred.on or by.occurred.text),
            at(by.recorded_at),
            by.operator,
            *_items(row.record),
        )
        for number, (row, by) in enumerate(told.history.rows, start=1)
    ]
    return {
        "項目": [("項目", "内容"), *([name, _told(value)] for name, value in told.items.items())],
        "履歴": [("履歴番号", "異動事由", "異動日", "入力日時", "職員", *(PROVIDED_NAMES[item] for item in ITEMS)), *rows],
        "照会した職員": [
            ("日時", "職員", "操作", "目的", "端末", "個人番号"),
            *((at(o.asked_at), o.staff, WHAT[o.what], o.purpose, o.terminal or "", "見た" if o.my_number_seen else "") for o in told.looks),
        ],
        "提供・台帳": [
            ("番号", "日時", "職員", "理由", "根拠", "相手"),
            *((p.extract_id, at(p.made_at), p.staff, p.reason, p.basis, p.recipient) for p in told.provided),
        ],
        "窓口の証明書・通知": [
            ("番号", "日時", "種類", "職員", "理由", "受取人", "本人確認", "認めた責任者"),
            *(
                (p.number, at(p.made_at), p.kind, p.staff, p.reason, p.handed_to, p.identity_document, p.released_by or "")
                for p in told.papers
            ),
        ],
        "支援措置の一時解除": [
            ("日時", "いつまで", "責任者", "理由", "早めた終了", "終えた人"),
            *((at(r.released_at), at(r.until), r.staff, r.reason, _cell(r.ended_at), r.ended_by or "") for r in told.releases),
        ],
        "閲覧": [
            ("台帳番号", "閲覧年月日", "閲覧者", "目的"),
            *((i.extract_id, str(i.inspected_on), i.inspector, i.purpose) for i in told.inspected),
        ],
    }  # fmt: skip


def _items(record: Any) -> list[str]:
    return [item_text(item_of(record, item)) for item in ITEMS]


def _told(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cells(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[str]]:
    return [[_cell(row[column]) for column in columns] for row in rows]


def _cell(value: object) -> str:
    return at(value) if isinstance(value, datetime) else "" if value is None else str(value)
