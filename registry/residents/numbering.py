"""Giving out 宛名番号 and 世帯番号: a serial of the city and a check digit."""

from typing import Final, Literal

import asyncpg

from civil.check_digits import numbered
from civil.sql import load

_SQL: Final = load("registry.residents", "queries.sql")
_SERIAL_DIGITS: Final = 9

Subject = Literal["person", "household"]


def number_of(serial: int) -> str:
    """Return the ten-digit number of a serial."""
    return numbered(f"{serial:0{_SERIAL_DIGITS}}")


async def assign_numbers(
    connection: asyncpg.Connection, municipality_code: str, subject: Subject, count: int = 1
) -> tuple[str, ...]:
    """Return new numbers, never given before; takes a connection of a transaction whose city is set.

    A number whose transaction fails may be given again. Others who want numbers wait for the end of the transaction.
    """
    last: int = await connection.fetchval(_SQL["next_serials"], municipality_code, subject, count)
    return tuple(number_of(serial) for serial in range(last - count + 1, last + 1))
