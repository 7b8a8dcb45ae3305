"""Registry rows by plain SQL, as the role `registry`: just enough of an event for a projection to follow."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg

from tests.servers import Database

CITY = "092029"
OTHER_CITY = "092011"
A_DAY = date(2026, 12, 1)

_NEW_PERSON: Mapping[str, Any] = {
    "state": "resident",
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
                "SELECT * FROM registry.person_history WHERE person_number = $1 ORDER BY history_number DESC LIMIT 1",
                number,
            )
            row = {**(before or _NEW_PERSON), **changes, "municipality_code": self.city, "person_number": number}
            row |= _what_the_state_demands(row) | {"resident_code": number.zfill(11)}
            row["household_number"] = household or row["household_number"]
            row["history_number"] = 1 if before is None else before["history_number"] + 1
            row["event_id"] = await self._event()
            await self._insert("person_history", row)
            await self._point(
                "person", "person_number", row["history_number"],
                {
                    "municipality_code": self.city, "person_number": number, "household_number": row["household_number"],
                    "in_register": row["state"] != "removed", "resident_code": row["resident_code"],
                },
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
            await self._point(
                "household", "household_number", sequence,
                {"municipality_code": self.city, "household_number": number, "head_person_number": head},
            )  # fmt: skip
            await self._outbox(event_id, "household", number, sequence)
        return sequence

    async def family(self, household: str, *numbers: str) -> None:
        """A new household; the first is its head."""
        async with self.connection.transaction():
            await self.household(household, numbers[0])
            for order, number in enumerate(numbers, start=1):
                relationship = "世帯主" if order == 1 else "子"
                await self.person(
                    number, household, name=f"足利　{number}", member_order=order, relationship=relationship
                )

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

    async def _point(self, table: str, key: str, sequence: int, row: Mapping[str, Any]) -> None:
        if sequence == 1:
            await self._insert(table, {**row, "last_sequence": 1})
            return
        changes = {name: value for name, value in row.items() if name not in {"municipality_code", key}}
        sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(changes, start=3))
        await self.connection.execute(
            f"UPDATE registry.{table} SET last_sequence = $2, {sets} WHERE {key} = $1",
            row[key], sequence, *changes.values(),
        )  # fmt: skip

    async def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        columns = ", ".join(row)
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.connection.execute(f"INSERT INTO registry.{table} ({columns}) VALUES ({places})", *row.values())


def _what_the_state_demands(row: Mapping[str, Any]) -> dict[str, Any]:
    removed, planned, suppressed = row["state"] == "removed", row["state"] == "planned_mover", row["suppressed"]
    return {
        "removed_on": A_DAY if removed else None,
        "removal_reason": "転出" if removed else None,
        "planned_move_out_on": A_DAY if planned else None,
        "suppression_reason": "支援措置" if suppressed else None,
        "suppressed_from": A_DAY if suppressed else None,
    }


async def registry(database: Database, city: str = CITY) -> Registry:
    """A registry on a connection of its own."""
    return Registry(await database.connect("registry", city), city)
