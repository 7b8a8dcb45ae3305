"""Cards, phones, user ids and PINs of the demo people. All invented; the issuer is no certification authority."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from civil.calendar import attained
from kiosk_server.demo.city.household import AS_OF
from registry.residents import PersonRecord

Bearer = Literal["card", "android", "iphone"]

ISSUER_KEY_ID = hashlib.sha256(b"kiosk demo user certificates").hexdigest()[:40]
"""Key id of the demo issuer, lower-case hex of 20 bytes."""

_YOUNGEST = 15
_LARGEST_SERIAL = 10**9


@dataclass(frozen=True, slots=True)
class DemoCredential:
    """A user certificate of a demo person and the city's PIN that goes with it."""

    person_number: str
    bearer: Bearer
    issuer_key_id: str
    serial: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DemoUserId:
    """A 利用者ID of a demo person and the city's PIN that goes with it."""

    person_number: str
    user_id: str
    pin: str = field(repr=False)


def make_credentials(
    rng: Random, people: Iterable[PersonRecord]
) -> tuple[tuple[DemoCredential, ...], tuple[DemoUserId, ...]]:
    """A card for everybody from the age of fifteen, a phone for one in eight of them, a user id for one in fifty.

    A person whose age is not known has a card too. Each person has one PIN for all of them.
    """
    holders = [person for person in people if attained(person.birth, _YOUNGEST, AS_OF) is not False]
    serials = iter(rng.sample(range(1, _LARGEST_SERIAL), 2 * len(holders)))
    credentials, user_ids = [], []
    for person in holders:
        pin = f"{rng.randrange(10_000):04}"
        number = person.person_number
        credentials.append(DemoCredential(number, "card", ISSUER_KEY_ID, str(next(serials)), pin))
        if rng.randrange(8) == 0:
            phone: Bearer = "android" if rng.randrange(2) else "iphone"
            credentials.append(DemoCredential(number, phone, ISSUER_KEY_ID, str(next(serials)), pin))
        if rng.randrange(50) == 0:
            user_ids.append(DemoUserId(number, f"ashikaga-{number}", pin))
    return tuple(credentials), tuple(user_ids)
