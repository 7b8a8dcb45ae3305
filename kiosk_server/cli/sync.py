"""`kiosk sync status`: in ten lines whether what certificates are made from is true, and what to do if not."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from issuance_db.data_age import behind_register
from issuance_db.holds import list_held
from issuance_db.repairs import last_reconciled
from kiosk_server.cli.counter import as_staff, at, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option, settings_of
from kiosk_server.settings import read_settings
from sync.feeds.said_comparing import COMPARED
from sync.feeds.status import SourceStatus, source_status

_LINES: Final = 10
_MOST_BAD: Final = 4
"""Each takes two lines, behind the first and before the last."""
_WHOLE_LIMIT: Final = timedelta(hours=25)
_PARTS_MISSED: Final = 12
"""Of those between two parts: an hour with the usual five minutes."""
_BEHIND_SECONDS: Final = 60
_BEHIND: Final = "kiosk serve sync は動いていますか。動かすと追いつきます / is it running? It catches up by itself"
_NOT_TAKEN: Final = {
    "refused": "最後のファイルを断った / the last file was refused",
    "waiting": "前の番号のファイルを待っている / waits for the file before",
}
_DOUBTED: Final = "だれがどう違うか: kiosk feed doubts。全件ファイルを適用 / who and how; then apply a full file"
_ASIDE: Final = "一覧: kiosk feed aside。直して送り直してもらう / have them corrected and sent again"
_UNLISTED: Final = "連携元に全件ファイルか照合用の一覧を頼む / ask the source for a full file or a list"
_LATE: Final = (
    "kiosk serve sync は動いていますか。今すぐ: kiosk feed reconcile / is it running? At once: `kiosk feed reconcile`"
)


@click.group()
def sync() -> None:
    """Whether what certificates are made from is still true.

    証明書のもとになるデータの状態。
    """


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at, how it is, and what to do when it is not well."""

    name: str
    found: str
    way_out: str = ""


@sync.command()
@where
@data_dir_option
@click.option(
    "--all", "shows_all", is_flag=True, help="10行に収まらないときも全部 / everything, even if ten lines do not hold it"
)
def status(data_dir: Path, *, shows_all: bool, **told: Any) -> int:
    """Whether all is well, and what to do if not, here or in the demo of the data directory. Exit code 1 if something is not.

    状態を10行で。
    """
    if told["database_url"] is None:
        told["settings_file"] = told["settings_file"] or settings_of(data_dir)
    lines = asyncio.run(_look(told))
    bad = [line for line in lines if line.way_out]
    click.echo(f"要対応が{len(bad)}件あります。 / {len(bad)} to act on." if bad else "すべて良好です。 / All is well.")
    for said in _said(bad, [line for line in lines if not line.way_out], shows_all=shows_all):
        click.echo(said)
    return ANSWER_IS_NO if bad else 0


def _said(bad: Sequence[Line], well: Sequence[Line], *, shows_all: bool) -> Iterator[str]:
    """What is to act on first, each with its way out. What ten lines do not hold is named in the last one."""
    shown = bad if shows_all else bad[:_MOST_BAD]
    for line in shown:
        yield f"要対応 / act  {line.name}: {line.found}"
        yield f"    → {line.way_out}"
    if rest := bad[len(shown) :]:
        yield f"要対応 / act  ほか / and {len(rest)}: {_names(rest)} → kiosk sync status --all"
    elif shows_all or len(well) < _LINES - 2 * len(bad):
        yield from (f"良好 / good  {line.name}: {line.found}" for line in well)
    else:
        yield f"良好 / good  {_names(well)}"


def _names(lines: Sequence[Line]) -> str:
    return "、".join(line.name for line in lines)


async def _look(told: Mapping[str, Any]) -> list[Line]:
    now = utc_now()
    part_every = timedelta(seconds=read_settings(told["settings_file"]).reconcile_part_seconds)
    async with as_staff(told, readonly=True) as (connection, city):
        held = await list_held(connection, city)
        compared = await last_reconciled(connection, city)
        sources = await source_status(connection, city, now)
        behind = await behind_register(connection, city)
    applied = Line(
        "台帳からの遅れ / behind the register",
        f"{behind.sequences}件、{behind.seconds:.0f}秒 / changes, seconds",
        _BEHIND if behind.seconds > _BEHIND_SECONDS else "",
    )
    whole = _compared("全員の照合 / everybody compared", compared["whole_at"], now - _WHOLE_LIMIT)
    part = _compared("部分の照合 / part compared", compared["part_at"], now - _PARTS_MISSED * part_every)
    # Where residents come in files, the register is one of the sources.
    with_register = () if any(source.source == "resident" for source in sources) else (applied, whole, part)
    return [*_held(held), *with_register, *_sources(sources, now - _WHOLE_LIMIT)]


def _held(rows: Any) -> Iterator[Line]:
    doubted = sum(row["item"] == "reconciliation" for row in rows)
    refused = sum(row["cause"] == "projection" for row in rows)
    rest = len(rows) - doubted - refused
    yield _count("台帳と違う人 / differ from the register", doubted, "kiosk reconcile list")
    yield _count("取り込めない人 / rows refused", refused, "kiosk hold list。台帳を直す / correct the register")
    yield _count("ほかの保留 / held back otherwise", rest, "kiosk hold list")


def _count(name: str, count: int, way_out: str) -> Line:
    return Line(name, f"{count}人 / persons", way_out if count else "")


def _compared(name: str, last: datetime | None, since: datetime) -> Line:
    late = last is None or last < since
    way_out = (
        "kiosk serve sync は動いていますか。今すぐ: kiosk reconcile now / is it running? At once: `kiosk reconcile now`"
    )
    return Line(name, at(last), way_out if late else "")


def _sources(sources: Sequence[SourceStatus], since: datetime) -> Iterator[Line]:
    """One line for all that are well, so that a clerk has ten lines at most to read; one for each that is not."""
    lines = [(source, _source(source, since)) for source in sources]
    well = [f"{source.source} {at(source.fed_at)}" for source, line in lines if not line.way_out]
    if well:
        yield Line("連携元 / sources", f"{'、'.join(well)} まで / known until then")
    yield from (line for _, line in lines if line.way_out)


def _source(source: SourceStatus, since: datetime) -> Line:
    """What is worst about it, and the way out of that."""
    began = source.said_since if source.source in COMPARED else None
    late = began is not None and max(began, source.compared_at or began) < since
    faults = (
        (source.is_too_old, "古いため発行を止めています / too old, its kinds are stopped", _next_file(source)),
        (source.doubted, f"{source.doubted}人が違う / differ", _DOUBTED),
        (source.aside, f"読めない{source.aside}件を除いた / records could not be read", _ASIDE),
        (source.last_result in _NOT_TAKEN, _NOT_TAKEN.get(source.last_result or "", ""), _next_file(source)),
        (source.is_unlisted, f"全件・一覧は {at(source.listed_at)} が最後 / the last full file or list", _UNLISTED),
        (late, f"照合は {at(source.compared_at)} が最後 / last compared", _LATE),
    )
    found, way_out = next(((what, way) for is_so, what, way in faults if is_so), ("", ""))
    known = f"{at(source.fed_at)} まで / known until then"
    return Line(f"連携元 / source {source.source}", f"{known}、{found}" if found else known, way_out)


def _next_file(source: SourceStatus) -> str:
    """The file that is wanted, and what to do about the one that came."""
    if source.last_result == "refused":
        return (
            f"届いたファイルを断りました({source.last_fault})。受領票か kiosk alert list の理由を連携元に伝え、直して送り直してもらう / "
            "the last one was refused: tell the source why, have it sent again"
        )
    number = 0 if source.last_number is None else source.last_number + 1
    return (
        f"{number}番か全件のファイルを受け取って適用: kiosk feed apply / get number {number} or a full file, apply it"
    )
