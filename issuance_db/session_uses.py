"""Uses of sealed sessions: a unique row for each session and request, at most as many as the menu stated."""

from typing import Final

from civil.sql import load
from issuance_db.database import Database

_SQL: Final = load("issuance_db", "session_uses.sql")


class SessionUses:
    """Uses of sessions of one city, as role front."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        """Take the database and the city (市町村コード)."""
        self._database = database
        self._municipality_code = municipality_code

    async def has_used(self, session_hash: bytes, request_id: str) -> bool:
        """Whether this request has used the session before."""
        async with self._database.city(self._municipality_code) as connection:
            used: bool = await connection.fetchval(_SQL["has_used"], session_hash, request_id)
            return used

    async def use(self, session_hash: bytes, request_id: str, at_most: int) -> bool:
        """Keep one use and commit; False if `at_most` other requests have used it. The same request may use it again."""
        async with self._database.city(self._municipality_code) as connection:
            # Locked in one statement and counted in a later one, which sees what was committed while this one waited.
            await connection.execute(_SQL["lock"], session_hash)
            allowed: bool = await connection.fetchval(_SQL["use"], session_hash, request_id, at_most)
            return allowed
