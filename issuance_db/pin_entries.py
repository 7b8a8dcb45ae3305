"""Entries of a PIN on a screen that faces the resident: begun by a clerk, paired by a code, ended once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.credentials import CredentialKey, UserIdKey

_SQL: Final = load("issuance_db", "pin_entries.sql")
PAIRED_WITHIN: Final = timedelta(minutes=3)
"""So long a code pairs a screen."""
TYPED_WITHIN: Final = timedelta(minutes=10)
"""So long after the beginning a PIN is taken."""
MOST_WRONG_CODES: Final = 20
"""Of all screens of a city within the same while as a code lives ten times; then none is paired until they grow old."""
_WRONG_FOR: Final = timedelta(minutes=30)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """For a credential of a person (宛名番号). ``clerk`` is the digest of the clerk's session token; digests are of 32 bytes."""

    entry_id: str
    clerk: bytes
    code_digest: bytes
    person_number: str
    key: CredentialKey
    change: bool
    identity_check: str


class CodeWrong(KioskError):
    """番号が違うか、時間が過ぎています。窓口の職員にもう一度番号を聞いてください。 /
    Wrong code, or too late. Ask the clerk for a new one."""


class TooManyCodes(KioskError):
    """番号の誤りが続いたため、しばらく使えません。窓口の職員に知らせてください。 /
    Too many wrong codes: this does not work for a while. Tell the clerk."""


async def begin_entry(connection: asyncpg.Connection, municipality_code: str, entry: NewEntry, now: datetime) -> None:
    """Begin one; what the same clerk had under way ends."""
    key = entry.key
    named = (None, None, key.user_id) if isinstance(key, UserIdKey) else (key.issuer_key_id, key.serial, None)
    await connection.execute(_SQL["end_open"], municipality_code, entry.clerk)
    await connection.execute(
        _SQL["begin"], municipality_code, entry.entry_id, entry.clerk, entry.code_digest, entry.person_number, *named,
        entry.change, entry.identity_check, now,
    )  # fmt: skip


async def entry_of_clerk(
    connection: asyncpg.Connection, municipality_code: str, entry_id: str, clerk: bytes, now: datetime
) -> Row | None:
    """The entry with its ``state``, which is ``over`` where time ran out; None for another clerk's."""
    row = await connection.fetchrow(_SQL["of_clerk"], municipality_code, entry_id, clerk)
    return None if row is None else _in_time(row, now)


async def cancel_entry(connection: asyncpg.Connection, municipality_code: str, entry_id: str, clerk: bytes) -> None:
    """End it without a PIN."""
    await connection.execute(_SQL["cancel"], municipality_code, entry_id, clerk)


async def pair(
    connection: asyncpg.Connection, municipality_code: str, code_digest: bytes, pad: bytes, now: datetime
) -> bool:
    """Bind the screen with this token digest to the entry that waits under the code; False counts as a wrong code.

    Raises TooManyCodes.
    """
    if await connection.fetchval(_SQL["failures"], municipality_code, now - _WRONG_FOR) >= MOST_WRONG_CODES:
        raise TooManyCodes
    found = await connection.fetchval(_SQL["pair"], municipality_code, code_digest, pad, now - PAIRED_WITHIN)
    if found is None:
        await connection.execute(_SQL["fail"], municipality_code, now)
    return found is not None


async def entry_of_pad(connection: asyncpg.Connection, municipality_code: str, pad: bytes, now: datetime) -> Row | None:
    """The entry of a paired screen, with the clerk's ``name``, held to the end of the transaction; None: there is none."""
    row = await connection.fetchrow(_SQL["of_pad"], municipality_code, pad)
    return None if row is None else _in_time(row, now)


async def end_entry(
    connection: asyncpg.Connection, municipality_code: str, pad: bytes, refused_for: str | None = None
) -> None:
    """Done, or refused with words for the clerk."""
    state = "done" if refused_for is None else "refused"
    await connection.execute(_SQL["end"], municipality_code, pad, state, refused_for)


def _in_time(row: asyncpg.Record, now: datetime) -> Row:
    limit = {"waiting": PAIRED_WITHIN, "paired": TYPED_WITHIN}.get(row["state"])
    is_over = limit is not None and row["begun_at"] + limit <= now
    return {**dict(row.items()), "state": "over" if is_over else row["state"]}
