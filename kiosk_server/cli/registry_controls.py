"""`kiosk registry provide`, `operations`, `review` and `disclose`: what the PIA asks to be controlled (R-30, R-51, R-80)."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from civil.calendar import JST
from civil.clock import utc_now
from issuance_db.history_search import Criteria, find_requests
from issuance_db.operation_log import about_person
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.counter import Where, acting, at, by_option, where
from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.registry_desk import (
    STAFF_URL,
    at_register,
    in_front,
    in_register,
    out,
    period,
    protected_in_front,
    staff_of,
)
from kiosk_server.cli.workbook import Table, workbook
from registry.residents import (
    EVENT_KINDS,
    ITEMS,
    PROVIDED_NAMES,
    Disclosed,
    Extract,
    Inquirer,
    Operation,
    disclose,
    item_of,
    item_text,
    operations,
    provide,
    provisions,
    record_review,
)

_MOST_REQUESTS: Final = 10_000
_EVENING, _MORNING, _SATURDAY = 19, 8, 5
_WHAT: Final = {
    "search": "検索", "person": "個人照会", "household": "世帯照会", "my_number": "個人番号照会", "event": "異動入力", "extract": "提供・台帳",
    "inspection": "閲覧の記録", "paper": "証明書・通知", "release": "支援措置の一時解除", "release_end": "一時解除の終了",
}  # fmt: skip
_ITEMS: Final = {**PROVIDED_NAMES, "is_foreign": "外国人", **{code: kind.name for code, kind in EVENT_KINDS.items()}}
"""Items, and kinds of events, as staff know them; provisions and numbers of papers stand as they are."""


@click.command("provide")
@acting
@STAFF_URL
@click.option("--provision", "provision_id", required=True, help="提供の表の番号 / the row of the table of provisions")
@click.option("--item", "items", multiple=True, help="項目。省くと規定の全項目。何度でも / items; else all of the row")
@click.option(
    "--person", "persons", multiple=True, help="宛名番号。省くと対象の年齢の全員。何度でも / persons; else all"
)
@out("書くファイル(CSV) / the file")
def provide_(
    *, by: str, reason: str, provision_id: str, items: Sequence[str], persons: Sequence[str], out: Path, **where: Any
) -> None:
    """Provide what a row of the closed table allows (R-30): a department's ledger, or single persons; all else is refused and kept.

    提供・移転(部署別の台帳)。規定の表にない相手・項目は断り、断ったことを記録する。
    """
    told = (tuple(items) or None, tuple(persons) or None)
    made = asyncio.run(_provide(where, provision_id, staff_of(by, reason), *told))
    names = [PROVIDED_NAMES[item] for item in made.items]
    write_private(out, csv_file(names, (dict(zip(names, row, strict=True)) for row in made.rows)))
    click.echo(f"提供番号 {made.extract_id}: {len(made.rows):,}人 / provided, persons")


@click.command("provisions")
def provisions_() -> None:
    """Show the closed table: who may have which items under which provision.

    提供の表。
    """
    for one in provisions().values():
        click.echo(f"{one.id}  {one.recipient}  {one.basis}  {'、'.join(PROVIDED_NAMES[item] for item in one.items)}")


@click.command("operations")
@where
@period
@out("書くファイル(CSV) / the file")
def operations_(*, since: date, until: date, out: Path, **where: Any) -> None:
    """Write who did what with the register in a period, with how many persons, and whether a My Number was seen (R-51).

    操作記録。時間外・休日・断られた操作に印を付ける。
    """
    done = asyncio.run(_operations(where, since, until))
    names = ("日時", "職員", "操作", "内容", "目的・理由", "端末", "対象者数", "個人番号", "時間外・休日", "断り")
    write_private(out, csv_file(names, (dict(zip(names, _row(one), strict=True)) for one in done)))
    click.echo(f"{len(done):,}件 / operations")


@click.command("review")
@where
@by_option
@period
@click.option("--finding", required=True, help="確認の結果 / what was found")
def review(*, by: str, since: date, until: date, finding: str, **where: Any) -> None:
    """Keep that somebody looked through the operations of a period that is over, in which they did nothing themselves (R-51).

    操作記録を確認したことを記録する。
    """
    count = asyncio.run(_review(where, since, until, staff_of(by, finding)))
    click.echo(f"記録しました。確認した操作 {count:,}件 / Recorded. Operations reviewed")


@click.command("disclose")
@acting
@STAFF_URL
@click.option("--person", "number", required=True, help="宛名番号 / person number")
@out("書くファイル(.xlsx) / the workbook")
def disclose_(*, by: str, reason: str, number: str, out: Path, **where: Any) -> None:
    """Write everything that is held about one person, who looked at it and to whom it was provided (R-80): one workbook.

    開示。F1 の全項目(個人番号を除く)、履歴、照会した職員、提供・閲覧の記録、証明書の請求、発行側で閲覧・操作した職員。
    """
    told = asyncio.run(_disclose(where, number, staff_of(by, reason)))
    requests, seen = asyncio.run(_front(where, number))
    write_private(out, workbook({**_sheets(told), "証明書の請求": requests, "発行側の閲覧・操作": seen}))
    click.echo("書きました。 / Written.")


async def _provide(
    where: Where, provision_id: str, asker: Inquirer, items: Sequence[str] | None, persons: Sequence[str] | None
) -> Extract:
    protected = await protected_in_front(where)
    async with at_register(where) as (connection, city):
        return await provide(
            connection, city, provision_id, asker, utc_now(), items=items, persons=persons, protected=protected
        )


async def _operations(where: Where, since: date, until: date) -> tuple[Operation, ...]:
    async with in_register(where, readonly=True) as (connection, city):
        return await operations(connection, city, since, until)


async def _review(where: Where, since: date, until: date, reviewer: Inquirer) -> int:
    async with in_register(where) as (connection, city):
        return await record_review(connection, city, since, until, reviewer, utc_now())


async def _disclose(where: Where, number: str, asker: Inquirer) -> Disclosed:
    async with at_register(where) as (connection, city):
        return await disclose(connection, city, number, asker, utc_now())


async def _front(where: Where, number: str) -> tuple[Table, Table]:
    async with in_front(where) as (connection, city):
        asked = await find_requests(connection, city, Criteria("of_person", number), None, _MOST_REQUESTS)
        seen = await about_person(connection, city, number)
    columns = ("accepted_at", "kind", "issuance_number", "state", "result_code", "outcome", "terminal_store")
    return (
        [("受付日時", "種類", "発行番号", "状態", "結果", "交付", "店舗"), *_cells(asked, columns)],
        [("日時", "職員", "操作", "内容", "理由"), *_cells(seen, ("happened_at", "who", "what", "word", "reason"))],
    )


def _cells(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[str]]:
    return [[_cell(row[column]) for column in columns] for row in rows]


def _cell(value: object) -> str:
    return at(value) if isinstance(value, datetime) else "" if value is None else str(value)


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
            *((at(o.asked_at), o.staff, _WHAT[o.what], o.purpose, o.terminal or "", "見た" if o.my_number_seen else "") for o in told.looks),
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


def _row(one: Operation) -> Sequence[str | int]:
    local = one.at.astimezone(JST)
    is_odd = local.weekday() >= _SATURDAY or not _MORNING <= local.hour < _EVENING
    return (
        at(one.at), one.staff, _WHAT[one.what], "、".join(_ITEMS.get(item, item) for item in one.items), one.purpose, one.terminal or "", one.persons,
        "見た" if one.my_number_seen else "", "時間外・休日" if is_odd else "", "断り" if one.refused else "",
    )  # fmt: skip
