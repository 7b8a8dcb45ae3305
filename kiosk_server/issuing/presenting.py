"""Who may present a credential: a resident it was given to, or somebody of another city with an accepted koseki access registration."""

import asyncpg

from cardauth import CredentialKey
from issuance_db.credentials import Holder, find_registered
from issuance_db.koseki_access import find_accepted


async def find_presenting(connection: asyncpg.Connection, key: CredentialKey) -> Holder | None:
    """Who it is, whatever the state of a resident's credential; None for one that nobody here has."""
    return await find_accepted(connection, key) or await find_registered(connection, key)
