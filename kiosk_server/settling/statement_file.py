"""The centre's statement of one day as a file. docs/settlement.md shows the layout as a table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BufferedIOBase
from typing import Final

from civil.calendar import jst_midnight
from issuance_db.settlement import StoredLine
from sync.feeds import EnvelopeReader, Items, Layout

STATEMENT: Final = Layout(
    "kiosk-statement",
    header=("statement_on", "edition", "closed_at"),
    record=("issuance_number", "kind", "operator", "store", "terminal", "occurred_at", "outcome", "fee_yen"),
)
_LONGEST: Final = 64
_MOST_EDITIONS: Final = 99
_MOST_YEN: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole file. `closed_at` (UTC): everything that ended until then is in it."""

    municipality_code: str
    statement_on: date
    edition: int
    closed_at: datetime
    lines: tuple[StoredLine, ...]
    sha256: bytes


def read_statement(stream: BufferedIOBase) -> Statement:
    """Read one file from a binary stream. Raises FileRefused with line, item and reason."""
    reader = EnvelopeReader(stream, STATEMENT)
    header = reader.header
    statement_on, edition, closed_at = header.day("statement_on"), header.number("edition"), header.instant("closed_at")
    if not 1 <= edition <= _MOST_EDITIONS:
        raise header.refused("edition", f"1から{_MOST_EDITIONS}です。 / It is 1 to {_MOST_EDITIONS}.")
    begins = jst_midnight(statement_on)
    if not begins < closed_at <= begins + timedelta(days=1):
        raise header.refused("closed_at", "その日(JST)のうちか、翌日0時です。 / It is on that day (JST), or its end.")
    lines = tuple(_line(record, closed_at) for record in reader.records())
    return Statement(reader.municipality_code, statement_on, edition, closed_at, lines, reader.sha256)


def _line(record: Items, closed_at: datetime) -> StoredLine:
    fee_yen, occurred_at = record.number("fee_yen"), record.instant("occurred_at")
    if occurred_at > closed_at:
        raise record.refused("occurred_at", "closed_at より後です。 / It is after closed_at.")
    if fee_yen > _MOST_YEN:
        raise record.refused("fee_yen", f"{_MOST_YEN}円以内です。 / It is at most {_MOST_YEN} yen.")
    return StoredLine(
        record.line,
        record.text("issuance_number", _LONGEST),
        record.text("kind", _LONGEST),
        record.text("operator", _LONGEST),
        record.text("store", _LONGEST),
        record.text("terminal", _LONGEST),
        occurred_at,
        record.one_of("outcome", "printed", "cancelled", "failed"),
        fee_yen,
    )
