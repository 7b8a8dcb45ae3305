"""Loading the demo city through the registry's own faces: in bulk, then event by event."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import asyncpg

from kiosk_server.demo.city.generate import DemoCity
from kiosk_server.demo.city.household import AS_OF
from kiosk_server.demo.city.later import LaterEvent
from registry.residents import (
    LoadedCity,
    RegistryKeys,
    ResidentEvent,
    assign_numbers,
    city_transaction,
    load_initial,
    record_event,
    seal_my_number,
)

_LOADED_AT = datetime.combine(AS_OF, time(0, 0), UTC)
_PLACE = "市民課"


@dataclass(frozen=True, slots=True)
class LoadedDemo:
    """What was loaded in bulk, and how many events followed."""

    loaded: LoadedCity
    events: int


async def load_city(dsn_for_role: Callable[[str], str], city: DemoCity, keys: RegistryKeys) -> LoadedDemo:
    """Load everybody as role `registry`, then record the later events; raises CityNotEmpty for a register with residents."""
    connection = await asyncpg.connect(dsn_for_role("registry"))
    try:
        loaded = await load_initial(
            connection, city.municipality_code, city.people, keys, operator="初期移行", place=_PLACE, now=_LOADED_AT
        )
        await _reserve_numbers(connection, city)
        await _record(connection, city, keys)
        return LoadedDemo(loaded, len(city.later))
    finally:
        await connection.close()


async def _reserve_numbers(connection: asyncpg.Connection, city: DemoCity) -> None:
    """Take the numbers that the newcomers have, so that nobody else is given them."""
    entries = [entry for later in city.later for entry in later.event.entries]
    known = {person.record.household_number for person in city.people}
    households = {entry.household_number for entry in entries} - known
    async with city_transaction(connection, city.municipality_code):
        await assign_numbers(connection, city.municipality_code, "person", len(entries))
        await assign_numbers(connection, city.municipality_code, "household", len(households))


async def _record(connection: asyncpg.Connection, city: DemoCity, keys: RegistryKeys) -> None:
    ids: dict[str, int] = {}
    for later in city.later:
        recorded = await record_event(
            connection, city.municipality_code, _ready(city, later, ids, keys),
            operator="窓口職員１", place=_PLACE, now=later.recorded_at,
        )  # fmt: skip
        ids[later.label] = recorded.event_id


def _ready(city: DemoCity, later: LaterEvent, ids: dict[str, int], keys: RegistryKeys) -> ResidentEvent:
    """The event with its cancelled event's number and with My Numbers sealed."""
    event = later.event if later.cancels is None else replace(later.event, reverses=ids[later.cancels])
    if not later.my_numbers:
        return event
    return replace(
        event,
        entries=tuple(
            replace(
                entry,
                my_number=seal_my_number(
                    keys, city.municipality_code, entry.person_number, later.my_numbers[entry.person_number]
                ),
            )
            for entry in event.entries
        ),
    )
