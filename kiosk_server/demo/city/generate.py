"""Making a demo city from a seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType

from kiosk_server.demo.city.compositions import random_plan
from kiosk_server.demo.city.credentials import DemoCredential, DemoUserId, make_credentials
from kiosk_server.demo.city.household import build_household
from kiosk_server.demo.city.later import LaterEvent, later_events
from kiosk_server.demo.city.member import Plan
from kiosk_server.demo.city.numbers import Numbers
from kiosk_server.demo.city.special import SPECIAL_PLANS
from registry.residents import IncomingPerson

MUNICIPALITY_CODE = "092029"
MUNICIPALITY_NAME = "足利市"

_MOST_NEWCOMERS = 100


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A city of invented people, the same for the same number and seed.

    `people` are loaded at once, by household; `later` is then recorded event by event. `cases` names the special people.
    """

    municipality_code: str
    name: str
    seed: int
    people: tuple[IncomingPerson, ...] = field(repr=False)
    later: tuple[LaterEvent, ...] = field(repr=False)
    cases: Mapping[str, str] = field(repr=False)
    credentials: tuple[DemoCredential, ...] = field(repr=False)
    user_ids: tuple[DemoUserId, ...] = field(repr=False)


def generate_city(residents: int, seed: int) -> DemoCity:
    """Return a city with this many residents at the initial load.

    From about 120 residents on every special household is there; a smaller city has as many as fit.
    """
    rng = Random(seed)
    numbers = Numbers(rng, residents + _MOST_NEWCOMERS)
    people: list[IncomingPerson] = []
    cases: dict[str, str] = {}
    for plan in _plans(rng, residents):
        members = build_household(rng, numbers, plan)
        people += members
        cases |= {m.case: p.record.person_number for m, p in zip(plan, members, strict=True) if m.case is not None}
    known = {person.record.person_number: person.record for person in people[: _special_people(cases)]}
    later = later_events(rng, numbers, known, cases)
    for event in later:
        cases |= event.cases
    everybody = [person.record for person in people] + [entry for e in later for entry in e.event.entries]
    credentials, user_ids = make_credentials(rng, everybody)
    return DemoCity(
        MUNICIPALITY_CODE, MUNICIPALITY_NAME, seed, tuple(people), later, MappingProxyType(cases), credentials, user_ids
    )


def _plans(rng: Random, residents: int) -> Iterator[Plan]:
    """The special households that fit, then random ones; the last is cut to the number of residents."""
    left = residents
    for plan in SPECIAL_PLANS:
        if len(plan) <= left:
            yield plan
            left -= len(plan)
    while left > 0:
        plan = random_plan(rng)[:left]
        yield plan
        left -= len(plan)


def _special_people(cases: Mapping[str, str]) -> int:
    return sum(len(plan) for plan in SPECIAL_PLANS if any(m.case in cases for m in plan))
