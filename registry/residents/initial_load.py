"""The initial load (初期移行): a whole city at once, into an empty register."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from civil.recorded_date import RecordedDate
from civil.sql import load
from registry.residents.appending import Recorder, insert_event, note_uncertain_births
from registry.residents.checks import require_entry
from registry.residents.database_refusals import without_data
from registry.residents.errors import CityNotEmpty, HouseholdWithTwoHeads, WrongState
from registry.residents.event import ResidentEvent
from registry.residents.event_kinds import EVENT_KINDS
from registry.residents.my_number import RegistryKeys, seal_my_number
from registry.residents.person_record import HistoryRow, PersonRecord
from registry.residents.reading import city_transaction
from registry.residents.relationship import HEAD
from registry.residents.rows import HISTORY_COLUMNS, history_values
from registry.residents.text_rules import require_texts
from registry.residents.ways_out import NOT_LOADED

_SQL: Final = load("registry.residents", "queries.sql")
_LOAD: Final = load("registry.residents", "initial_load.sql")
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class IncomingPerson:
    """A person as another system hands them over: the record, and the 個人番号 in plain, to be sealed on the way in."""

    record: PersonRecord
    my_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LoadedCity:
    """What a load brought: one event, and how many persons and households it entered."""

    event_id: int
    persons: int
    households: int


async def load_initial(
    connection: asyncpg.Connection,
    municipality_code: str,
    persons: Iterable[IncomingPerson],
    keys: RegistryKeys,
    *,
    operator: str,
    place: str,
    now: datetime,
) -> LoadedCity:
    """Enter everybody in one transaction under the city's lock, as one event of kind IL, and return what came in.

    Takes a connection of role `registry` and the persons in any order; each is a resident or a planned mover. Numbers
    without check digits are taken as they are. Raises CityNotEmpty for a city that has residents, and a RegisterRefusal for
    the first record that is not acceptable; then nothing is entered.
    """
    event = ResidentEvent(kind="IL", occurred=RecordedDate.exact(jst_date(now)))
    with without_data():
        async with city_transaction(connection, municipality_code, isolation="read_committed"):
            event_id = await _begin(connection, municipality_code, event, Recorder(operator, place, now))
            rows = _rows(municipality_code, event, event_id, persons, keys)
            while batch := list(itertools.islice(rows, _BATCH)):
                records = [history_values(municipality_code, row) for row in batch]
                await connection.copy_records_to_table("incoming_person", records=records, columns=HISTORY_COLUMNS)
                await note_uncertain_births(connection, municipality_code, batch)
            return await _take(connection, municipality_code, event_id)


async def _begin(connection: asyncpg.Connection, city: str, event: ResidentEvent, recorder: Recorder) -> int:
    await connection.execute(_SQL["lock_city"], city)
    if await connection.fetchval(_LOAD["anybody"], city):
        raise CityNotEmpty
    await connection.execute(_LOAD["make_incoming"])
    return await insert_event(connection, city, event, recorder, EVENT_KINDS[event.kind])


def _rows(
    city: str, event: ResidentEvent, event_id: int, persons: Iterable[IncomingPerson], keys: RegistryKeys
) -> Iterator[HistoryRow]:
    for person in persons:
        record = person.record
        if person.my_number is not None:
            record = replace(record, my_number=seal_my_number(keys, city, record.person_number, person.my_number))
        _require(event, record)
        yield HistoryRow(1, event_id, record)


def _require(event: ResidentEvent, record: PersonRecord) -> None:
    kind = EVENT_KINDS[event.kind]
    if not record.in_register:
        raise WrongState(kind.name, kind.english, NOT_LOADED)
    require_entry(kind, event, record, is_new=True)
    require_texts(record)


async def _take(connection: asyncpg.Connection, city: str, event_id: int) -> LoadedCity:
    if await connection.fetchval(_LOAD["two_heads"], HEAD):
        raise HouseholdWithTwoHeads
    await connection.execute(_LOAD["take_persons"])
    await connection.execute(_LOAD["take_pointers"])
    await connection.execute(_LOAD["take_household_rows"])
    await connection.execute(_LOAD["take_household_pointers"], city)
    await connection.execute(_LOAD["take_outbox"], city)
    await connection.execute(_LOAD["take_serials"], city)
    counted = await connection.fetchrow(_LOAD["counted"], city)
    assert counted is not None  # noqa: S101 - counts always give a row
    return LoadedCity(event_id, counted["persons"], counted["households"])
