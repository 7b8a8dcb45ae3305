"""What the demo city has set: a mayor and a seal that nobody has, fees, hours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

import asyncpg

from civil.sql import load
from kiosk_server.demo.city.generate import MUNICIPALITY_CODE, MUNICIPALITY_NAME
from kiosk_server.demo.city.tax import TAX_YEARS
from kiosk_server.issuing.request import Channel, Kind
from pdf import draw_specimen_seal

_SQL: Final = load("kiosk_server.demo.city", "settings.sql")

SINCE: Final = date(2020, 4, 1)
SERVICE_DAY: Final = (time(6, 30), time(23, 0))
"""6:30-23:00 JST, every day: the hours of the real service."""
ROUND_THE_CLOCK: Final = (time(0, 0), time(23, 59, 59, 999_000))
"""So that a demo can be tried at night."""
_WEEK: Final = range(1, 8)
_YEN: Final = 200
_OTHERWISE: Final = {
    Kind.DISASTER_DAMAGE: 0,
    Kind.KOSEKI_FULL: 450,
    Kind.KOSEKI_INDIVIDUAL: 450,
    Kind.KOSEKI_SUPPLEMENT: 300,
}
_TAX_KINDS: Final = (Kind.TAX_ASSESSMENT, Kind.TAX_INCOME, Kind.TAX_PAYMENT)
_TAX_MONTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """The settings, as data. Fees are in yen by channel; hours are JST, the same every day, for each kind."""

    municipality_code: str = MUNICIPALITY_CODE
    name: str = MUNICIPALITY_NAME
    my_number_allowed: bool = True
    minimum_age: int = 15
    since: date = SINCE
    mayor_title: str = "足利市長"
    mayor_name: str = "見本　太郎"
    seal_text: str = "見本市長之印"
    fees: tuple[tuple[str, str, int], ...] = tuple(
        (kind.value, channel.value, _OTHERWISE.get(kind, _YEN)) for kind in Kind for channel in Channel
    )
    tax_years: tuple[int, ...] = TAX_YEARS
    """Offered from June of the year on, and for as long as the demo runs."""
    hours: tuple[time, time] = ROUND_THE_CLOCK
    seal_png: bytes | None = field(default=None, repr=False)
    """Another image than the one drawn from `seal_text`."""


async def load_settings(dsn_for_role: Callable[[str], str], settings: DemoSettings | None = None) -> None:
    """Insert the settings as role `staff`, in one transaction; the default ones serve round the clock."""
    connection = await asyncpg.connect(dsn_for_role("staff"))
    try:
        await insert_settings(connection, settings or DemoSettings())
    finally:
        await connection.close()


async def insert_settings(connection: asyncpg.Connection, settings: DemoSettings) -> None:
    """Insert the settings on a connection of role `staff`. Who may call is not among them: that needs certificates."""
    code, since = settings.municipality_code, settings.since
    seal = settings.seal_png or draw_specimen_seal(settings.seal_text)
    async with connection.transaction():
        await connection.execute(_SQL["enter_city"], code)
        await connection.execute(
            _SQL["add_municipality"], code, settings.name, settings.my_number_allowed, settings.minimum_age
        )
        await connection.execute(_SQL["add_mayor"], code, since, settings.mayor_title, settings.mayor_name)
        await connection.execute(_SQL["add_official_seal"], code, since, seal)
        for kind, channel, yen in settings.fees:
            await connection.execute(_SQL["add_fee"], code, kind, channel, since, yen)
        for kind in sorted({kind for kind, _, _ in settings.fees}):
            for weekday in _WEEK:
                await connection.execute(_SQL["add_service_hours"], code, kind, weekday, *settings.hours)
        for kind in _TAX_KINDS:
            for year in settings.tax_years:
                await connection.execute(_SQL["add_tax_year"], code, kind, year, date(year, _TAX_MONTH, 1))
