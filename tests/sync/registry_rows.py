"""Registry rows by plain SQL, as the role `registry`: just enough of an event for a projection to follow."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg

from tests.servers import Database

CITY = "092029"
OTHER_CITY = "092011"

_NEW_PERSON: Mapping[str, Any] = {
    "state": "resident",
    "resident_code": "12345678901",
    "name": "足利　太郎",
    "birth_on": date(1980, 4, 1),
    "sex": 1,
    "relationship": "世帯主",
    "member_order": 1,
    "address": "栃木県足利市本城三丁目２１４５番地",
    "suppressed": False,
}


class Registry:
    """Writes events of one city over one connection; call inside a transaction to make several of them one."""

    def __init__(self, connection: asyncpg.Connection, city: str = CITY) -> None:
        self.connection = connection
        self.city = city

    async def person(self, number: str, household: str | None = None, **changes: Any) -> int:
        """Write the person's next row: the one before it with these changes. Returns its sequence."""
        async with self.connection.transaction():
            before = await self.connection.fetchrow(
                "SELECT * FROM registry.person_history WHERE person_number = $1 ORDER BY history_number DESC LIMIT 1", number
            )
            row = {**(before or _NEW_PERSON), **changes, "municipality_code": self.city, "person_number": number}
            row["household_number"] = household or row["household_number"]
            row["history_number"] = 1 if before is None else before["history_number"] + 1
            row["event_id"] = await self._event()
            await self._insert("person_history", row)
            await self.connection.execute(
                "INSERT INTO registry.person (municipality_code, person_number, last_sequence, household_number, in_register) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (municipality_code, person_number) DO UPDATE SET "
                "last_sequence = $3, household_number = $4, in_register = $5",
                self.city, number, row["history_number"], row["household_number"], row["state"] != "removed",
            )  # fmt: skip
            await self._outbox(row["event_id"], "person", number, row["history_number"])
        return int(row["history_number"])

    async def household(self, number: str, head: str | None) -> int:
        """Move the household's sequence, with this head. Returns the sequence."""
        async with self.connection.transaction():
            last = await self.connection.fetchval(
                "SELECT last_sequence FROM registry.household WHERE household_number = $1", number
            )
            sequence = int(last or 0) + 1
            event_id = await self._event()
            await self._insert(
                "household_history",
                {
                    "municipality_code": self.city, "household_number": number, "sequence": sequence,
                    "event_id": event_id, "head_person_number": head,
                },
            )  # fmt: skip
            await self.connection.execute(
                "INSERT INTO registry.household (municipality_code, household_number, last_sequence, head_person_number) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (municipality_code, household_number) DO UPDATE SET "
                "last_sequence = $3, head_person_number = $4",
                self.city, number, sequence, head,
            )  # fmt: skip
            await self._outbox(event_id, "household", number, sequence)
        return sequence

    async def family(self, household: str, *numbers: str) -> None:
        """A new household; the first is its head."""
        async with self.connection.transaction():
            await self.household(household, numbers[0])
            for order, number in enumerate(numbers, start=1):
                relationship = "世帯主" if order == 1 else "子"
                await self.person(number, household, name=f"足利　{number}", member_order=order, relationship=relationship)

    async def deliver_again(self) -> None:
        """Put every outbox row there once more, as a careless producer might."""
        await self.connection.execute(
            "INSERT INTO registry.outbox (municipality_code, event_id, subject, number, sequence) "
            "SELECT municipality_code, event_id, subject, number, sequence FROM registry.outbox ORDER BY outbox_id DESC"
        )

    async def _event(self) -> int:
        event_id: int = await self.connection.fetchval(
            "INSERT INTO registry.event (municipality_code, kind, occurred_on, operator, place) "
            "VALUES ($1, 'test', '2026-11-23', 'test', 'test') RETURNING event_id",
            self.city,
        )
        return event_id

    async def _outbox(self, event_id: int, subject: str, number: str, sequence: int) -> None:
        await self.connection.execute(
            "INSERT INTO registry.outbox (municipality_code, event_id, subject, number, sequence) VALUES ($1, $2, $3, $4, $5)",
            self.city, event_id, subject, number, sequence,
        )  # fmt: skip

    async def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        columns = ", ".join(row)
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.connection.execute(f"INSERT INTO registry.{table} ({columns}) VALUES ({places})", *row.values())


async def registry(database: Database, city: str = CITY) -> Registry:
    """A registry on a connection of its own."""
    return Registry(await database.connect("registry", city), city)
