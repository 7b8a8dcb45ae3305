"""個人番号の読取り (PIA R-50, R-51): who may, and the record of each, allowed or refused. Both take role `registry`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from keys.provider import KeyProvider
from registry.residents.inquiry_log import Inquirer, NoRight, Sight, record_inquiry
from registry.residents.my_number import unseal_my_number
from registry.residents.reading import city_transaction, persons_as_of


async def require_my_number_sight(
    connection: asyncpg.Connection, municipality_code: str, asker: Inquirer, paper: Sequence[str], now: datetime
) -> None:
    """Raises NoRight for whoever may not see My Numbers, and keeps that they asked: takes a connection outside any transaction.

    `paper` is its kind and number.
    """
    if Sight.MY_NUMBER in asker.sights:
        return
    async with city_transaction(connection, municipality_code):
        await record_inquiry(connection, municipality_code, asker, "my_number", paper, (), now, refused=True)
    raise NoRight


async def read_my_numbers(
    connection: asyncpg.Connection, municipality_code: str, persons: Sequence[str], as_of: datetime, keys: KeyProvider,
    asker: Inquirer, paper: Sequence[str], now: datetime,
) -> Mapping[str, str]:  # fmt: skip
    """The 個人番号 of these persons (宛名番号) as recorded at an instant, without those who had none; recorded in the same transaction.

    Raises NoRight, and what `keys` raises.
    """
    if Sight.MY_NUMBER not in asker.sights:
        raise NoRight
    await record_inquiry(connection, municipality_code, asker, "my_number", paper, persons, now)
    rows = await persons_as_of(connection, municipality_code, as_of, persons)
    return {
        number: unseal_my_number(keys, municipality_code, number, row.record.my_number)
        for number, row in rows.items()
        if row.record.my_number is not None
    }
