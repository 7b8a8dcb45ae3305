"""What a source that writes files declares. Applying, comparing and keeping receipts ask these questions and know no source by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Protocol

import asyncpg

from keys.secret_key import SecretKey
from sync.feeds.envelope import Layout
from sync.feeds.items import Items

Step = tuple[str, Literal["full", "now", "full_now"] | None]
"""A statement, and what it takes beside the city: whether the file is a full one, now, or both."""


HEADER: Final = ("file_number", "as_of")
"""What every file says beside its layout and its city."""


class Identity(NamedTuple):
    """How a record is named where it is set aside, and the number under whose lock it changes."""

    record_key: str
    number: str


class FedRow(Protocol):
    """One record, with the line it stands on; a dataclass whose fields are the columns of the source's temporary table."""

    @property
    def line(self) -> int:
        """Where it stands, from 1."""


@dataclass(frozen=True, slots=True)
class FedSource:
    """A source by its name (as in `issuance.source`), its layouts, its records and its statements.

    `row` reads one record, or raises FileRefused; `identity` gives its key and the number that is locked for it, of a record that
    could not be read too, or raises. `statements` holds `receive` (makes the temporary table `fed_record`), `keys` and `withdraw` (for records set aside), `count` (what we hold), `affected` (what changes, read before the locks), `faults` (line, item, reason), the
    steps, and `held` (what we hold, for comparing). Without `keys` there is no comparison; without `withdraw` what stood in the place of a
    record set aside stays, and `settle`, which runs last, says what becomes of it. `subject` is what the number is one of;
    where a record cannot be set aside, a bad one refuses the file whatever its table says. `told` gives what the file says as texts, which
    are called `items`; without it what we hold is not compared with what the files said.
    """

    name: str
    difference: Layout
    full: Layout
    keys: Layout | None
    columns: tuple[str, ...]
    row: Callable[[Items, Layout], FedRow]
    identity: Callable[[Items], Identity]
    steps: Sequence[Step]
    reasons: Mapping[str, str]
    statements: Mapping[str, str]
    digest: Callable[[SecretKey, str, asyncpg.Record], bytes] | None
    subject: str = "person"
    sets_aside: bool = True
    json_columns: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()

    def values(self, row: FedRow) -> tuple[Any, ...]:
        """The record in the order of the columns."""
        return tuple(getattr(row, column) for column in self.columns)


def action_of(record: Items, layout: Layout, removing: str = "delete") -> str:
    """The item `action`: `set`, or, in a difference, the word that takes a record away. Raises FileRefused."""
    return record.one_of("action", *(("set", removing) if layout.is_difference else ("set",)))


def of_layout(sources: Sequence[FedSource], layout: Layout) -> FedSource:
    """The source whose file this is."""
    return next(source for source in sources if layout in {source.difference, source.full, source.keys})
