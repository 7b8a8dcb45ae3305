"""An image that is to be the official seal, between the look at it and its confirmation. It ends with the session."""

from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.city_settings import SealTerm

_SQL: Final = load("issuance_db", "proposed_seals.sql")


class NoProposedSeal(KioskError):
    """確かめた公印がありません。画像を選び直してください。 / There is no image that was looked at. Choose it again."""


async def propose_seal(
    connection: asyncpg.Connection, municipality_code: str, token_digest: bytes, seal: SealTerm
) -> None:
    """Keep it for the session, in place of another."""
    await connection.execute(_SQL["propose"], municipality_code, token_digest, seal.start, seal.image)


async def proposed_seal(connection: asyncpg.Connection, municipality_code: str, token_digest: bytes) -> SealTerm:
    """The session's own. Raises NoProposedSeal."""
    row = await connection.fetchrow(_SQL["proposed"], municipality_code, token_digest)
    if row is None:
        raise NoProposedSeal
    return SealTerm(row["start"], None, bytes(row["image"]))


async def forget_proposed_seal(connection: asyncpg.Connection, municipality_code: str, token_digest: bytes) -> None:
    """It was confirmed."""
    await connection.execute(_SQL["forget"], municipality_code, token_digest)
