"""What `kiosk feed` says of files, comparisons and sources."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from civil.calendar import JST
from kiosk_server.cli.counter import at
from kiosk_server.difference_words import FOUND, WAYS_OUT, file_told, items_told
from kiosk_server.sources.names import WEEKDAY_CODES, named
from reconcile import counted
from sync.feeds import Receipt, SourceComparison
from sync.feeds.said_comparing import SaidComparison
from sync.feeds.status import SourceStatus

_SHOWN: Final = 20


def say_receipt(file: Path, receipt: Receipt) -> None:
    """What became of one file."""
    told = receipt.told
    click.echo(f"{file.name}: {told.layout} {told.file_number}  {told.as_of.astimezone(JST):%Y-%m-%d %H:%M} JST")
    match receipt.result:
        case "applied":
            click.echo(
                f"  適用しました。{receipt.records}件中、変更{receipt.changed}件 / "
                f"Applied: {receipt.records} records, {receipt.changed} of ours changed"
            )
            if receipt.aside:
                click.echo(
                    f"  読めない{receipt.aside}件を除きました。一覧: kiosk feed aside / "
                    f"{receipt.aside} records could not be read and are set aside: `kiosk feed aside` lists them"
                )
        case "repeated":
            click.echo("  適用済みです。 / It was applied already.")
        case "overtaken":
            click.echo("  全件ファイルで反映済みです。 / A full file that came since has it already.")
        case "waiting" if receipt.waits_for is None:
            click.echo("  待ちます。先に全件ファイルが必要です。 / It waits: a full file has to come first.")
        case "waiting":
            click.echo(
                f"  待ちます。先に{receipt.waits_for}番が必要です。届いたら順に適用してください。 / "
                f"It waits: number {receipt.waits_for} has to come first. Apply both in order then."
            )


def say_comparison(done: SourceComparison) -> None:
    """Counts of both sides, who differs and what that does."""
    told, found = done.told, done.differences
    click.echo(
        f"{told.layout} {told.file_number}  {told.as_of.astimezone(JST):%Y-%m-%d %H:%M} JST\n"
        f"  件数 / count: 連携元 / at the source {done.at_source}、当方 / here {done.here}"
    )
    for difference, words in FOUND.items():
        if persons := getattr(found, difference):
            click.echo(f"  {words}: {len(persons)}\n    {'  '.join(persons)}")
    if found.is_equal:
        click.echo("  一致しました。 / Equal.")
    else:
        click.echo(
            f"  この人たちの、{told.source} から作る証明書を止めました。全件ファイルを適用し、もう一度照合してください。 / "
            f"Their certificates made from {told.source} are stopped. Apply a full file, then compare again."
        )
    if done.cleared:
        click.echo(f"  {done.cleared}人の停止を解きました。 / {done.cleared} persons are no longer stopped.")


def say_said(done: SaidComparison) -> None:
    """Counts of both sides and who differs, of one source compared with what its files said last."""
    click.echo(
        f"{named(done.source)}  件数 / count: 連携元が伝えた / told by the source {done.said}、当方 / here {done.held}"
    )
    for number, doubt in list(done.differences.items())[:_SHOWN]:
        click.echo(f"    {number}  {FOUND[doubt.difference]}  {_where(doubt.items, doubt.since_file)}")
    if len(done.differences) > _SHOWN:
        click.echo(f"    ほか{len(done.differences) - _SHOWN}件: kiosk feed doubts --csv FILE / and more: see there")
    if done.differences:
        click.echo(f"  {counted(one.difference for one in done.differences.values())}")
        click.echo(
            f"  {len(done.differences)}人・件の、{done.source} から作る証明書を止めました。 / "
            f"{len(done.differences)}: certificates made from {done.source} are stopped.\n  → {WAYS_OUT['said']}"
        )
    else:
        click.echo("  一致しました。 / Equal.")
    if done.cleared:
        click.echo(f"  {done.cleared}人の停止を解きました。 / {done.cleared} persons are no longer stopped.")


def say_doubt(row: Mapping[str, Any]) -> None:
    """One number that is in doubt, and the way out."""
    command = " (kiosk feed release)" if row["found_by"] == "list" else ""
    click.echo(
        f"{named(row['source'])}  {row['number']}  {at(row['since'])} から / since  {FOUND[row['difference']]}\n"
        f"    {_where(row['items'] or (), row['since_file'])}\n    → {WAYS_OUT[row['found_by']]}{command}"
    )


def say_status(source: SourceStatus) -> None:
    """One source: until when it is known, its age and its limit."""
    state = "期限切れ / too old" if source.is_too_old else "有効 / good"
    click.echo(
        f"{named(source.source)}: {source.fed_at.astimezone(JST):%Y-%m-%d %H:%M} JST まで / known until then; "
        f"{_hours(source.age)} / {_hours(source.age_limit)}  {state}"
    )
    rest = [*(WEEKDAY_CODES[day - 1] for day in source.rest_weekdays), *map(str, source.rest_days)]
    if rest:
        hours = _hours(source.working_limit)
        click.echo(f"  期限 / limit {hours}、数えない日 / days that do not count: {' '.join(rest)}")
    if source.doubted:
        click.echo(f"  照合で違いのある人 / persons in doubt: {source.doubted}")
    if source.aside:
        click.echo(f"  読めずに除いた行 / records set aside: {source.aside}  (kiosk feed aside)")


def _where(items: Sequence[str], since_file: int | None) -> str:
    return f"{items_told(items)}  [{file_told(since_file)}]"


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
