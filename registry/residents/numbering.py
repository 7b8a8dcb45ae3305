"""Giving out 宛名番号 and 世帯番号: a serial of the city and a check digit."""

from collections.abc import Sequence
from typing import Final, Literal

import asyncpg

from civil.check_digits import numbered, resident_code_ok
from civil.sql import load
from registry.residents.errors import NoResidentCodeLeft, WrongCheckDigit

_SQL: Final = load("registry.residents", "queries.sql")
_SERIAL_DIGITS: Final = 9
_TRIES: Final = 20
FEW_CODES: Final = 50
"""Below so many 住民票コード left, staff are told to fetch more."""

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


async def add_resident_codes(connection: asyncpg.Connection, municipality_code: str, codes: Sequence[str]) -> None:
    """Take in 住民票コード that the agency (機構) has set aside for the city; raises WrongCheckDigit, and takes none.

    Takes a connection of a transaction whose city is set.
    """
    if not all(resident_code_ok(code) for code in codes):
        raise WrongCheckDigit("resident_code", "住民票コード")
    await connection.execute(_SQL["add_resident_codes"], municipality_code, list(codes))


async def draw_resident_codes(connection: asyncpg.Connection, municipality_code: str, count: int) -> list[str]:
    """Return new 住民票コード drawn at random (住民基本台帳法30条の3); raises NoResidentCodeLeft.

    A code whose transaction fails can be drawn again.
    """
    codes: list[str] = []
    for _ in range(_TRIES + count):
        if len(codes) == count:
            return codes
        code = await connection.fetchval(_SQL["draw_resident_code"], municipality_code)
        if code is not None:
            codes.append(code)
        elif await resident_codes_left(connection, municipality_code) <= 0:
            break
    raise NoResidentCodeLeft


async def resident_codes_left(connection: asyncpg.Connection, municipality_code: str) -> int:
    """Return how many 住民票コード can still be given."""
    left: int = await connection.fetchval(_SQL["resident_codes_left"], municipality_code)
    return left
