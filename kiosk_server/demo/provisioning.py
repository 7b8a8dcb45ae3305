"""Filling a demo's database: the city through its own loaders, callers, credentials and PINs, and the projection."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from cardauth import Credential, UserCertificate, UserId, hash_pins
from civil.clock import Clock
from civil.sql import load
from issuance_db.credentials import NewCredential, NewUserId, register_credentials, register_user_ids
from issuance_db.pins import register_pins_bulk
from keys.provider import KeyProvider
from kiosk_server.demo import city as demo_city
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.staff_accounts import DemoAccount, make_demo_accounts
from kiosk_server.demo.trust import CLIENTS, client_certificate_sha256
from kiosk_server.issuing.request import Kind
from registry.residents import RegistryKeys
from sync import Projection

DsnForRole = Callable[[str], str]

_SQL: Final = load("kiosk_server.demo", "provisioning.sql")
LEAST_PINS: Final = 300
"""So many residents can be tried without asking for more; hashing a PIN is slow on purpose."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A resident to try the kiosk with. The people are invented."""

    serial: str
    issuer_key_id: str
    pin: str = field(repr=False)
    name: str
    household: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What the steps of filling a database share."""

    dsn: DsnForRole
    directory: DemoDirectory
    keys: KeyProvider
    clock: Clock


async def load_people(filling: Filling, city: demo_city.DemoCity) -> None:
    """The registry, by its own loaders, and the city's settings."""
    await demo_city.load_city(filling.dsn, city, RegistryKeys.of(filling.keys))
    await demo_city.load_settings(filling.dsn)
    async with _as_staff(filling) as connection:
        for name in CLIENTS:
            digest = client_certificate_sha256(filling.directory, name)
            await connection.execute(
                _SQL["add_caller"], city.municipality_code, f"demo-{name}", digest, name, [kind.value for kind in Kind]
            )


async def register(filling: Filling, city: demo_city.DemoCity, chosen: Sequence[str]) -> None:
    """Every credential; PINs of the chosen persons, of the special cases, and of everybody with a 利用者ID."""
    now = filling.clock()
    with_pin = {*chosen, *city.cases.values()}
    pins = hash_pins(filling.keys, city.municipality_code, _credentials(city, with_pin))
    async with _as_staff(filling) as connection:
        await register_credentials(connection, [_new_credential(credential, now) for credential in city.credentials])
        await register_user_ids(connection, [NewUserId(u.user_id, u.person_number, now) for u in city.user_ids])
        await register_pins_bulk(connection, pins)


async def employ(filling: Filling, municipality_code: str) -> Sequence[DemoAccount]:
    """The staff who may sign in at the console."""
    async with _as_staff(filling) as connection:
        return await make_demo_accounts(connection, municipality_code, filling.keys)


async def project(filling: Filling, city: demo_city.DemoCity) -> None:
    """Bring 発行用住民票 up to the registry."""
    await Projection(filling.dsn("sync"), [city.municipality_code], filling.clock).catch_up()


async def read_samples(filling: Filling, city: demo_city.DemoCity, chosen: Sequence[str]) -> list[Sample]:
    """The chosen persons with a card, as 発行用住民票 has them, in the order chosen."""
    async with _as_staff(filling) as connection:
        households = await connection.fetch(_SQL["persons_per_household"], city.municipality_code, list(chosen))
        own = await connection.fetch(_SQL["own_names"], city.municipality_code, list(chosen))
    names: dict[str, list[str]] = {row["person_number"]: row["names"] for row in households}
    name: dict[str, str] = {row["person_number"]: row["name"] for row in own}
    cards = {c.person_number: c for c in city.credentials if c.bearer == "card"}
    return [
        Sample(cards[person].serial, cards[person].issuer_key_id, cards[person].pin, name[person], tuple(names[person]))
        for person in chosen
        if person in cards and person in name
    ]


def _credentials(city: demo_city.DemoCity, with_pin: Iterable[str]) -> list[Credential]:
    wanted = set(with_pin)
    cards: list[Credential] = [
        UserCertificate(c.issuer_key_id, c.serial, c.pin) for c in city.credentials if c.person_number in wanted
    ]
    return [*cards, *(UserId(u.user_id, u.pin) for u in city.user_ids)]


def _new_credential(credential: demo_city.DemoCredential, now: datetime) -> NewCredential:
    return NewCredential(
        credential.issuer_key_id, credential.serial, credential.person_number, credential.bearer, usable_from=now
    )


@asynccontextmanager
async def _as_staff(filling: Filling) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(filling.dsn("staff"))
    try:
        async with connection.transaction():
            await connection.execute(_SQL["enter_city"], demo_city.MUNICIPALITY_CODE)
            yield connection
    finally:
        await connection.close()
