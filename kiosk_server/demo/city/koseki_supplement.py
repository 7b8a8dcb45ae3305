"""Invented 附票 (戸籍の附票) of the demo's koseki: where everyone in one has lived since it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from civil.sex import Sex
from kiosk_server.demo.city.koseki import DemoKoseki, InKoseki
from kiosk_server.demo.city.places import place_elsewhere


@dataclass(frozen=True, slots=True)
class Lived:
    """What 発行用住民票 says of a resident's sex (its number) and of where they live and lived."""

    sex: int
    address: str
    address_since_on: date | None
    address_since_text: str | None
    resident_since_on: date | None
    previous_address: str | None
    address_before_move: str | None


@dataclass(frozen=True, slots=True)
class DemoAddress:
    """One address with the day it was settled at, where it is known."""

    address: str
    since_on: date | None
    since_text: str | None


@dataclass(frozen=True, slots=True)
class InSupplement:
    """One person of the 附票 with their addresses, the oldest first."""

    person: InKoseki
    sex: Sex
    addresses: tuple[DemoAddress, ...]


def make_supplement(koseki: DemoKoseki, lived: Mapping[str, Lived], seed: int) -> tuple[InSupplement, ...]:
    """Everyone in the koseki, the same for the same koseki and seed; ``lived`` by person number."""
    return tuple(_person(one, koseki, lived, Random(f"{seed}/{one.koseki_person_number}")) for one in koseki.people)


def _person(one: InKoseki, koseki: DemoKoseki, lived: Mapping[str, Lived], rng: Random) -> InSupplement:
    since = max(koseki.made_on, one.birth_on or koseki.made_on)
    if one.person_number is None:
        sex = Sex.FEMALE if "女" in one.relationship else Sex.MALE
        return InSupplement(one, sex, (DemoAddress(place_elsewhere(rng), since, None),))
    known = lived[one.person_number]
    return InSupplement(one, Sex(known.sex), _addresses(known, since))


def _addresses(lived: Lived, since: date) -> tuple[DemoAddress, ...]:
    """A 附票 begins with its koseki: what ended before is not on it, and what began before began with it."""
    settled, came = lived.address_since_on or since, lived.resident_since_on or since
    addresses: list[DemoAddress] = []
    if lived.previous_address is not None and came > since:
        addresses.append(DemoAddress(lived.previous_address, since, None))
    if lived.address_before_move is not None and settled > since:
        addresses.append(DemoAddress(lived.address_before_move, max(came, since), None))
    today = DemoAddress(lived.address, lived.address_since_on, lived.address_since_text)
    return (*addresses, today)
