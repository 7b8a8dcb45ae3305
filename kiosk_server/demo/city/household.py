"""From the plan of a household to the records of its members."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.demo.city.member import Foreign, Member, Plan
from kiosk_server.demo.city.names import FOREIGN_NAMES, GIVEN_NAMES, SPECIAL_SURNAMES, SURNAMES
from kiosk_server.demo.city.numbers import Numbers
from kiosk_server.demo.city.places import Place, domicile, place_elsewhere, place_in_city
from registry.residents import IncomingPerson, PersonRecord

AS_OF = date(2026, 10, 1)
"""The day of the initial load; ages are as of this day."""

_YEAR = 365.2425
_LONGEST_STAY = 40 * 365
_BRIEF = frozenset({"一時庇護許可者", "仮滞在許可者", "国籍喪失による経過滞在者"})
_BRIEF_STAY = 60


@dataclass(frozen=True, slots=True)
class _Home:
    """What the members of a household share."""

    number: str
    surname: tuple[str, str]
    place: Place
    domicile: str
    first_registrant: str
    moved_in_on: date
    at_address_since: date
    came_from: str | None
    lived_before_at: str | None
    family_name_turn: int


def build_household(rng: Random, numbers: Numbers, plan: Plan) -> tuple[IncomingPerson, ...]:
    """Return the members of a planned household with names, dates, address and numbers."""
    home = _home(rng, numbers, plan)
    return _with_first_registrant(tuple(_person(rng, numbers, home, member) for member in plan), plan, home)


def _with_first_registrant(people: tuple[IncomingPerson, ...], plan: Plan, home: _Home) -> tuple[IncomingPerson, ...]:
    """A married couple has a koseki of its own: the man of it is its 筆頭者, as with nearly every couple."""
    couple = [
        one.record
        for one, member in zip(people, plan, strict=True)
        if member.relationship in {"世帯主", "妻", "夫"} and member.foreign is None and not member.own_surname
    ]
    first = next((one.name for one in couple if one.sex is Sex.MALE), None) if len(couple) > 1 else None
    if first is None:
        return people
    return tuple(
        replace(one, record=replace(one.record, first_registrant=first))
        if one.record.first_registrant == home.first_registrant
        else one
        for one in people
    )


def _home(rng: Random, numbers: Numbers, plan: Plan) -> _Home:
    surname = rng.choice(SPECIAL_SURNAMES) if rng.random() < 0.01 else rng.choice(SURNAMES)  # noqa: PLR2004 - one household in a hundred
    oldest = max(member.age for member in plan)
    stays_briefly = plan[0].foreign is not None and plan[0].foreign.category in _BRIEF
    longest = _BRIEF_STAY if stays_briefly else min(_LONGEST_STAY, int(max(oldest, 1) * _YEAR) + 31)
    moved_in_on = AS_OF - timedelta(days=rng.randrange(30, longest))
    moved_again = not stays_briefly and rng.random() < 0.35  # noqa: PLR2004 - a third has moved within the city since
    since = moved_in_on + (AS_OF - moved_in_on) * rng.random() if moved_again else moved_in_on
    given = rng.choice(GIVEN_NAMES[Sex.MALE])
    return _Home(
        number=numbers.household(),
        surname=surname,
        place=place_in_city(rng),
        domicile=domicile(rng),
        first_registrant=f"{surname[0]}　{given[0]}",
        moved_in_on=moved_in_on,
        at_address_since=since,
        came_from=place_elsewhere(rng) if rng.random() < 0.7 else None,  # noqa: PLR2004 - the others were born here
        lived_before_at=place_in_city(rng).full if moved_again else None,
        family_name_turn=rng.randrange(1000),
    )


def _person(rng: Random, numbers: Numbers, home: _Home, member: Member) -> IncomingPerson:
    birth = AS_OF - timedelta(days=int(member.age * _YEAR) + 1 + rng.randrange(364))
    surname = rng.choice(SURNAMES) if member.own_surname else home.surname
    given = rng.choice(GIVEN_NAMES[member.sex])
    record = PersonRecord(
        person_number=numbers.person(),
        household_number=home.number,
        resident_code=numbers.resident_code(),
        birth=RecordedDate(birth),
        sex=member.sex,
        relationship=member.relationship,
        postal_code=home.place.postal_code,
        address=home.place.address,
        building=home.place.building,
        **_dates(home, birth)
        | (
            _japanese_items(home, surname, given)
            if member.foreign is None
            else _foreign_items(rng, home, member, member.foreign, birth)
        ),
    )
    if member.items:
        record = replace(record, **member.items)
    return IncomingPerson(record, numbers.my_number())


def _japanese_items(home: _Home, surname: tuple[str, str], given: tuple[str, str]) -> dict[str, Any]:
    return {
        "name": f"{surname[0]}　{given[0]}",
        "furigana": f"{surname[1]}　{given[1]}",
        "domicile": home.domicile,
        "first_registrant": home.first_registrant,
    }


def _dates(home: _Home, birth: date) -> dict[str, Any]:
    """When the person became a resident and settled at the address, and where from."""
    born_here = birth >= home.moved_in_on or home.came_from is None
    resident_since = birth if born_here else home.moved_in_on
    address_since = max(birth, home.at_address_since)
    moved = home.lived_before_at is not None and birth < home.at_address_since
    return {
        "resident_since": RecordedDate(resident_since),
        "address_since": RecordedDate(address_since),
        "address_notified_on": min(address_since + timedelta(days=resident_since.day % 14), AS_OF),
        "address_before_move_in": None if born_here else home.came_from,
        "address_before_move": home.lived_before_at if moved else None,
    }


def _foreign_items(rng: Random, home: _Home, member: Member, foreign: Foreign, birth: date) -> dict[str, Any]:
    families, men, women = FOREIGN_NAMES[foreign.country]
    family = families[home.family_name_turn % len(families)]
    given = rng.choice(women if member.sex is Sex.FEMALE else men)
    since = max(birth, home.moved_in_on)
    items: dict[str, Any] = {
        "name": f"{family} {given}",
        "resident_since": None,
        "nationality": foreign.country,
        # 外国人住民 are in the register since this day (平成21年法律77号附則).
        "foreign_resident_since": RecordedDate(max(since, date(2012, 7, 9))),
        "article_30_45_category": foreign.category,
    }
    if foreign.category == "中長期在留者":
        items |= {
            "residence_status": foreign.status,
            "residence_period": foreign.period,
            "residence_expires_on": None
            if foreign.period == "無期限"
            else AS_OF + timedelta(days=rng.randrange(30, 1000)),
            "residence_card_number": card_number(rng),
        }
    elif foreign.category in {"特別永住者", "一時庇護許可者"}:
        items |= {"residence_card_number": card_number(rng)}
    if foreign.category in {"一時庇護許可者", "仮滞在許可者"}:
        items |= {"residence_period": "６月", "residence_expires_on": AS_OF + timedelta(days=rng.randrange(30, 180))}
    return items


def card_number(rng: Random) -> str:
    """An invented 在留カード等の番号."""
    letters = [chr(ord("A") + rng.randrange(26)) for _ in range(4)]
    return f"{letters[0]}{letters[1]}{rng.randrange(100_000_000):08}{letters[2]}{letters[3]}"
