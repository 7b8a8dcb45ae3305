"""What staff do with a file: read it, take it in and match it, in one transaction."""

import gc
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import asyncpg

from kiosk_server.settling.errors import OtherPeriod
from kiosk_server.settling.importing import Imported, import_statement, import_table
from kiosk_server.settling.layout import TableLayout
from kiosk_server.settling.matching import MatchedDay, match_day
from kiosk_server.settling.progress import Progress
from kiosk_server.settling.statement_file import STATEMENT, Statement, read_statement
from kiosk_server.settling.table_file import Period, Table, read_table
from kiosk_server.settling.tables import Encoding

_OUR_FORM = f"H,{STATEMENT.name},".encode()


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file, and what matching found of each day that it changed."""

    imported: Imported
    matched: tuple[MatchedDay, ...]


def read_file(
    content: bytes, layout: TableLayout, period: Period, encoding: Encoding, progress: Progress | None = None
) -> Statement | Table:
    """A file in our own form, or a table by the centre's layout. Raises FileRefused, OtherPeriod, Stopped."""
    if not content.startswith(_OUR_FORM):
        return read_table(content, layout, period, encoding, progress)
    statement = read_statement(BytesIO(content))
    if Period("day", statement.statement_on) != period:
        raise OtherPeriod
    return statement


async def take_in(
    connection: asyncpg.Connection,
    of: tuple[str, str],
    file: Statement | Table,
    now: datetime,
    progress: Progress | None = None,
    *,
    is_correction: bool = False,
    even_if_many: bool = False,
) -> TakenIn:
    """Take a file of a centre in (`of`: city and caller id) and match what it changed, as `staff`, in the open transaction.

    Raises what `import_statement`, `import_table` and `match_day` raise.
    """
    # A million lines are no rings: looking through them for some, again and again, would take half of the time.
    gc.freeze()
    try:
        return await _taken_in(
            connection, of, file, now, progress or Progress(), is_correction=is_correction, even_if_many=even_if_many
        )
    finally:
        gc.unfreeze()


async def _taken_in(
    connection: asyncpg.Connection,
    of: tuple[str, str],
    file: Statement | Table,
    now: datetime,
    progress: Progress,
    *,
    is_correction: bool,
    even_if_many: bool,
) -> TakenIn:
    if isinstance(file, Statement):
        imported = await import_statement(connection, *of, file, now)
    else:
        imported = await import_table(connection, *of, file, now, is_correction=is_correction)
    progress.begin("matching", len(imported.days))
    matched = []
    for day in imported.days:
        matched.append(await match_day(connection, *of, day, now, even_if_many=even_if_many))
        progress.count()
    return TakenIn(imported, tuple(matched))
