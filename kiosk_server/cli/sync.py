"""`kiosk sync status`: in ten lines whether what certificates are made from is true, and what to do if not."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from kiosk_server.cli.counter import as_staff, at, where
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.running_demo import data_dir_option, settings_of
from kiosk_server.settings import read_settings
from kiosk_server.sources.health import Check, Fault, checks_of_held, checks_of_register, faults_of_source
from kiosk_server.sources.look import look_at
from kiosk_server.sources.names import SOURCE_NAMES, named
from sync.feeds.status import SourceStatus

_LINES: Final = 10
_MOST_BAD: Final = 4
"""Each takes two lines, behind the first and before the last."""


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
        look = await look_at(connection, city, now)
    register = checks_of_register(look.register, now, part_every) if look.register else ()
    return [*map(_line, checks_of_held(look)), *map(_line, register), *_sources(look.sources, now)]


def _line(check: Check) -> Line:
    return Line(check.name, check.found, check.fault.way_out if check.fault else "")


def _sources(sources: Sequence[SourceStatus], now: datetime) -> Iterator[Line]:
    """One line for all that are well, so that a clerk has ten lines at most to read; one for each that is not."""
    faults = [(source, next(iter(faults_of_source(source, now)), None)) for source in sources]
    well = [f"{named(source.source)} {at(source.fed_at)}" for source, fault in faults if fault is None]
    if well:
        yield Line("連携元 / sources", f"{'、'.join(well)} まで / known until then")
    yield from (_source(source, fault) for source, fault in faults if fault is not None)


def _source(source: SourceStatus, worst: Fault) -> Line:
    """What is worst about it, and the way out of that."""
    ja = SOURCE_NAMES[source.source][0]
    known = f"{at(source.fed_at)} まで / known until then"
    return Line(f"連携元 {ja} / source {source.source}", f"{known}、{worst.found}", worst.way_out)
