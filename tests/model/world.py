"""The real city of the model test: two households, four cards, two servers, a clock that moves with every look at it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from cardauth import UserCertificate, credential_index, credential_key
from issuance_db import pins
from issuance_db.database import Database as CityDatabase
from issuance_db.fsck import Bounds, Finding, check
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.environment import Limits
from kiosk_server.processes.sweeper import sweep
from reconcile import Comparison
from sync.projection import Projection
from sync.reconciliation import compare_with_registry
from tests.issuing.city import ISSUER, NOON, PIN, City, SettableClock, city
from tests.model.expected import Model, Resident
from tests.model.server import PausingPaper, Server
from tests.servers import MigratedCluster
from tests.sync.registry_rows import CITY

PERSONS: Final = {"101": "900", "102": "900", "103": "900", "201": "901"}
HEADS: Final = {"900": "101", "901": "201"}
WANDERER: Final = "103"
"""Moves from one household to the other, and back."""
FIRST_ADDRESS: Final = "栃木県足利市本城三丁目２１４５番地"
_TICK: Final = timedelta(milliseconds=25)
_MANY: Final = 1_000_000
_ISSUED: Final = """
SELECT i.request_id, i.issuance_number, i.fee_yen,
    (SELECT array_agg(s.person_number ORDER BY s.position) FROM history.issuance_subject AS s
        WHERE s.issuance_number = i.issuance_number) AS persons
FROM history.issuance AS i
"""


class TickingClock(SettableClock):
    """Goes on a little at each look, so that whoever waits for a deadline comes to it."""

    def __call__(self) -> datetime:
        self.now += _TICK
        return self.now


@dataclass(slots=True)
class World:
    """Everything the rules of the test act upon."""

    city: City
    servers: tuple[Server, ...]
    clock: TickingClock
    projection: Projection
    staff: asyncpg.Connection = field(repr=False)
    fsck: asyncpg.Connection = field(repr=False)
    sync: asyncpg.Connection = field(repr=False)
    sweeper: CityDatabase = field(repr=False)

    def card(self, person: str, pin: str = PIN) -> UserCertificate:
        """The card of a person, with this PIN typed."""
        return UserCertificate(ISSUER, f"7{person}", pin)

    async def unlock(self, person: str) -> None:
        """At the counter."""
        async with self.staff.transaction():
            keys = self.city.environment.keys
            await pins.unlock(self.staff, credential_index(keys, CITY, credential_key(self.card(person))))

    async def failures(self) -> dict[str, int]:
        """Wrong tries by person, of those whose card was ever tried."""
        keys = self.city.environment.keys
        rows = await self.city.rows("SELECT credential_hash, failures FROM issuance.pin_tries")
        counted = {row["credential_hash"]: int(str(row["failures"])) for row in rows}
        hashes = {one: credential_index(keys, CITY, credential_key(self.card(one))).entered for one in PERSONS}
        return {person: counted[index] for person, index in hashes.items() if index in counted}

    async def issued(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The books: number and persons by request id. Fails on a second line for one id, or another fee."""
        rows = await self.city.rows(_ISSUED)
        assert {row["fee_yen"] for row in rows} <= {200}
        found = {str(row["request_id"]): (str(row["issuance_number"]), _array(row["persons"])) for row in rows}
        assert len(found) == len(rows)
        return found

    async def sweep(self) -> None:
        """What the sweeper does every second."""
        await sweep(self.sweeper, CITY, self.clock)

    async def findings(self, bounds: Bounds) -> Sequence[Finding]:
        """What fsck says of the books."""
        return await check(self.fsck, CITY, self.clock.now, bounds=bounds)

    async def differences(self) -> Comparison:
        """Between the front's record and the register."""
        async with self.sync.transaction():
            return await compare_with_registry(self.sync)


@asynccontextmanager
async def world(
    cluster: MigratedCluster, keys: FileKeyProvider, papers: Sequence[PausingPaper]
) -> AsyncIterator[tuple[World, Model]]:
    """A fresh city, and a model that says the same."""
    clock = TickingClock(NOON)
    limits = Limits(
        twin_poll=timedelta(milliseconds=5), moved_pause=timedelta(milliseconds=1), caller_failures=_MANY,
        terminal_failures=_MANY, terminal_failures_a_day=_MANY, refusal_step=timedelta(),
    )  # fmt: skip
    async with cluster.database() as database, city(database, keys, papers[0], limits, clock) as made:
        for household, head in HEADS.items():
            members = [person for person, of in PERSONS.items() if of == household and person != head]
            await made.registry.family(household, head, *members)
        await made.project()
        for person in PERSONS:
            await made.credential(person, f"7{person}")
        servers = tuple(Server(database.dsn("front"), made.environment, paper) for paper in papers)
        for server in servers:
            await server.start()
        staff, fsck, sync = [await database.connect(role, CITY) for role in ("staff", "fsck", "sync")]
        async with CityDatabase.open(database.dsn("sweeper"), max_size=2) as sweeper:
            yield World(made, servers, clock, made.projection, staff, fsck, sync, sweeper), _model()
            for server in servers:
                await server.stop()


def _model() -> Model:
    orders = {"101": 1, "102": 2, "103": 3, "201": 1}
    model = Model(
        {one: Resident(f"足利　{one}", FIRST_ADDRESS, household, orders[one]) for one, household in PERSONS.items()}
    )
    model.synchronise()
    return model


def _array(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(value)
