"""`kiosk feed limit`: how old a source may become, and the days on which it writes no files."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import click

from civil.clock import utc_now
from kiosk_server.cli.counter import acting, actor, as_staff
from kiosk_server.cli.feed_words import say_status
from kiosk_server.sources.names import WEEKDAY_CODES
from kiosk_server.sources.setting import MOST_HOURS, NO_REST, one_source, store_limit
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.status import AgeLimit, SourceStatus


class NoDayOfRest(click.UsageError):
    """A day of rest that is none."""

    def __init__(self, word: str) -> None:
        """Take the word."""
        super().__init__(
            f"--rest {word}: mon … sun(7日すべては不可)、YYYY-MM-DD、none のいずれかです。 / "
            "It is one of mon … sun (not all seven), YYYY-MM-DD, none."
        )


@click.command()
@click.argument("source", type=click.Choice([source.name for source in FED_SOURCES]))
@click.argument("hours", type=click.IntRange(1, MOST_HOURS))
@click.option(
    "--rest",
    "rest",
    multiple=True,
    help="ファイルの来ない日: 曜日(mon … sun)か日付(YYYY-MM-DD)。何回でも。none で取り消す。省くと今のまま / "
    "a day without files: mon … sun, or YYYY-MM-DD; may be repeated, `none` takes them back; else as before",
)
@acting
def limit(source: str, hours: int, rest: tuple[str, ...], by: str, reason: str, **told: Any) -> None:
    """Set how many HOURS old a source may become; past that its kinds stop, until the next file. Days of rest do not count.

    何時間ファイルが来なければ止めるかを決める。ファイルの来ない日は数えない。
    """
    say_status(asyncio.run(_limit(source, hours, rest, (by, reason), told)))


def _days_of_rest(words: Sequence[str]) -> tuple[list[int], list[date]] | tuple[None, None]:
    """Weekdays (ISO 8601) and dates; None for both where nothing is said. Raises NoDayOfRest."""
    if not words:
        return None, None
    named = [word for word in words if word != NO_REST]
    weekdays = sorted({WEEKDAY_CODES.index(word) + 1 for word in named if word in WEEKDAY_CODES})
    days = sorted({_date(word) for word in named if word not in WEEKDAY_CODES})
    if len(weekdays) == len(WEEKDAY_CODES):
        raise NoDayOfRest("mon … sun")
    return weekdays, days


def _date(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise NoDayOfRest(word) from None


async def _limit(
    source: str, hours: int, rest: Sequence[str], who: tuple[str, str], told: dict[str, Any]
) -> SourceStatus:
    acts, told_rest = actor(*who), _days_of_rest(rest)
    async with as_staff(told) as (connection, city):
        await store_limit(connection, city, source, AgeLimit(timedelta(hours=hours), *told_rest), acts)
        return await one_source(connection, city, source, utc_now())
