"""Statistics of the resident registry (S1-4): population, households, movements, with charts; the same tables as `kiosk registry statistics`."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Final

from aiohttp import web
from markupsafe import Markup

from civil.errors import KioskError
from kiosk_server.cli.registry_files import statistics_files
from kiosk_server.cli.registry_pictures import movement_chart, prefecture_chart, pyramid
from kiosk_server.cli.registry_tables import TABLES, tables
from kiosk_server.cli.registry_yearly import Row, Table
from kiosk_server.staff.duties import CITY_STAFF
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import registering
from kiosk_server.staff.register_english import picture_in_english
from kiosk_server.staff.visit import Visit
from registry.residents import (
    Moved,
    Population,
    city_transaction,
    imbalance,
    movements,
    natural_increase,
    population,
    social_increase,
)

_KINDS: Final[Mapping[str, str]] = {
    "csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "svg": "image/svg+xml",
}  # fmt: skip
_PICTURED: Final = ("ages", "movements", "prefectures")
"""The tables that say what the pictures show."""
_SHOWN: Final = ("yearly", "population", "town_totals", "nationalities", "households", "municipalities")
"""Of the others those that are read on a screen; by town and age, or town and nationality, there are too many rows."""
_YEARS: Final = 6
_SHORT: Final = 24
_EARLIEST: Final = date(1900, 1, 1)
Figures = tuple[Population, tuple[Moved, ...], Population]


class DaysRefused(KioskError):
    """終わりの日は、初めの日より後の、今日までの日にしてください。 / The last day must be later than the first, and no later than today."""


class NoSuchFile(KioskError):
    """そのファイルはありません。統計の画面から選んでください。 / There is no such file. Choose from the page of figures."""


async def _draw(visit: Visit) -> web.Response:
    since, until = _days(visit)
    before, moved, after = await _count(visit, since, until)
    made = tables(before, moved, after)
    pictures = (pyramid(after), movement_chart(moved, since, until), prefecture_chart(moved, since, until))
    return visit.show(
        "register_figures.html", since=since, until=until, before=before, after=after, tables={name: made[name] for name in _SHOWN},
        files=_files(), pictures=[(name, _picture(svg, visit), made[name]) for svg, name in zip(pictures, _PICTURED, strict=True)],
        off=imbalance(before, moved, after),
        years=range(visit.today.year - _YEARS, visit.today.year), natural=natural_increase(moved), social=social_increase(moved),
        numbers=_numbers, worth=_worth,
    )  # fmt: skip


async def _count(visit: Visit, since: date, until: date) -> Figures:
    async with (
        registering(visit) as register,
        register.transaction(isolation="repeatable_read"),
        city_transaction(register, visit.city),
    ):
        before, after = await population(register, visit.city, since), await population(register, visit.city, until)
        return before, await movements(register, visit.city, since, until), after


def _days(visit: Visit) -> tuple[date, date]:
    query = visit.request.query
    try:
        until = date.fromisoformat(query.get("until") or visit.today.isoformat())
        since = date.fromisoformat(query.get("since") or date(until.year, 1, 1).isoformat())
    except ValueError:
        raise DaysRefused from None
    if not _EARLIEST <= since < until <= visit.today:
        raise DaysRefused
    return since, until


async def _file(visit: Visit) -> web.Response:
    name = visit.request.match_info["file"]
    if name not in _files():
        raise NoSuchFile
    counted = await _count(visit, *_days(visit))
    content = (await asyncio.to_thread(statistics_files, *counted))[name]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=_KINDS[name.rpartition(".")[2]], headers=headers)


def _files() -> tuple[str, ...]:
    return (
        "statistics.xlsx", *(f"{name}.csv" for name in TABLES), "pyramid.svg", "movements.svg", "prefectures.svg",
    )  # fmt: skip


def _picture(drawn: bytes, visit: Visit) -> Markup:
    svg = drawn.decode() if visit.language == "ja" else picture_in_english(drawn.decode())
    return Markup(svg.replace("<svg ", '<svg role="img" class="chart" ', 1))  # noqa: S704 - drawn by ourselves, its texts escaped


def _numbers(table: Table) -> tuple[int, ...]:
    """The columns that hold figures, from 1."""
    return tuple(
        place for place, column in enumerate(table.columns, start=1) if any(isinstance(row[column], int) for row in table.rows)
    )  # fmt: skip


def _worth(table: Table) -> list[Row]:
    """The rows in which anything is counted; of a short table all."""
    if len(table.rows) <= _SHORT:
        return [*table.rows]
    return [row for row in table.rows if any(isinstance(cell, int) and cell for cell in row.values())]


PAGES: Final = (
    Page("GET", "/registry/figures", CITY_STAFF, _draw),
    Page("GET", "/registry/figures/{file}", CITY_STAFF, _file),
)
