"""A small city on the real database: registry rows, projection, settings, credentials, keys and paper workers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pdf
from cardauth import UserCertificate, hash_pin
from issuance_db.credentials import NewCredential, register_credentials
from issuance_db.database import Database as CityDatabase
from issuance_db.pins import register_pin
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.environment import Environment, Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.request import (
    Caller,
    Channel,
    IssuanceRequest,
    Kind,
    ResidentRecordOptions,
    SessionCredential,
    Terminal,
)
from sync.projection import Projection
from tests.servers import Database
from tests.sync.registry_rows import CITY, Registry, registry

ISSUER = "1ac100f5"
PIN = "1234"
TERMINAL = Terminal("shop chain", "store 1", "machine 1")
CENTRE = Caller("centre", CITY, Channel.CENTRE, frozenset({Kind.RESIDENT_RECORD}))
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class SettableClock:
    """A clock that stands where a test puts it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(slots=True)
class City:
    """Everything a test of issuing needs, in one place."""

    database: Database
    registry: Registry
    issuing: Issuing
    environment: Environment
    clock: SettableClock
    projection: Projection
    _requests: int = 0
    pins: dict[str, str] = field(default_factory=dict)

    async def credential(self, person_number: str, serial: str, pin: str = PIN) -> UserCertificate:
        """Give a person a card with this serial and PIN, as staff do."""
        staff = await self.database.connect("staff", CITY)
        new = NewCredential(ISSUER, serial, person_number, "card", LONG_AGO)
        await register_credentials(staff, [new])
        credential = UserCertificate(ISSUER, serial, pin)
        await register_pin(staff, hash_pin(self.environment.keys, CITY, credential))
        return credential

    def request(self, credential: UserCertificate | SessionCredential, **changes: object) -> IssuanceRequest:
        """A request with an id of its own for the whole household."""
        self._requests += 1
        base = IssuanceRequest(
            request_id=f"request-{self._requests}",
            municipality_code=CITY,
            terminal=TERMINAL,
            credential=credential,
            kind=Kind.RESIDENT_RECORD,
            persons="household",
            options=ResidentRecordOptions(),
        )
        return replace(base, **changes)  # type: ignore[arg-type]  # tests name the fields they change

    async def project(self) -> None:
        """Let the issuance record catch up with the registry."""
        await self.projection.catch_up()

    async def rows(self, sql: str, *values: object) -> list[Mapping[str, object]]:
        """Read with the superuser, who sees every city."""
        connection = await self.database.connect()
        return [dict(row) for row in await connection.fetch(sql, *values)]


@asynccontextmanager
async def city(
    database: Database,
    keys: FileKeyProvider,
    paper: PaperWorkers,
    limits: Limits | None = None,
    clock: SettableClock | None = None,
) -> AsyncIterator[City]:
    """A city with settings and nobody in it yet."""
    await settings_of_a_city(database)
    clock = clock or SettableClock()
    async with CityDatabase.open(database.dsn("front"), max_size=20) as front:
        environment = Environment(front, keys, paper, clock, limits or Limits())
        projection = Projection(database.dsn("sync"), [CITY], clock)
        yield City(database, await registry(database), Issuing(environment), environment, clock, projection)


async def settings_of_a_city(database: Database) -> None:
    """What a city must have set before anything is issued: name, mayor, seal, fees, hours."""
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    staff = await database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.municipality (municipality_code, name) VALUES ($1, '足利市')", CITY)
    await staff.execute(
        "INSERT INTO issuance.mayor (municipality_code, effective_from, title, name) VALUES ($1, $2, '足利市長', '見本　太郎')",
        CITY,
        date(2020, 1, 1),
    )
    await staff.execute(
        "INSERT INTO issuance.official_seal (municipality_code, valid_from, image) VALUES ($1, $2, $3)",
        CITY,
        date(2020, 1, 1),
        pdf.draw_specimen_seal("見本市長之印"),
    )
    for channel in ("centre", "terminal"):
        await staff.execute(
            "INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, $2, $3, $4, 200)",
            CITY,
            "resident_record",
            channel,
            date(2020, 1, 1),
        )
    for weekday in range(1, 8):
        await staff.execute(
            "INSERT INTO issuance.service_hours (municipality_code, kind, weekday, opens_at, closes_at) "
            "VALUES ($1, 'resident_record', $2, '06:30', '23:00')",
            CITY,
            weekday,
        )


async def open_at_night(database: Database) -> None:
    """The hours that the usual ones leave out."""
    staff = await database.connect("staff", CITY)
    for opens, closes in (("00:00", "06:30"), ("23:00", "24:00")):
        await staff.execute(
            "INSERT INTO issuance.service_hours (municipality_code, kind, weekday, opens_at, closes_at) "
            f"SELECT $1, 'resident_record', weekday, '{opens}', '{closes}' FROM generate_series(1, 7) AS weekday",
            CITY,
        )
