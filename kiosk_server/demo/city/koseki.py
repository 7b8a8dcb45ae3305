"""Invented koseki of residents: who shares 本籍, 筆頭者 and surname with a head is in one, with items that fit their dates."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from civil.eras import wareki
from civil.sex import Sex
from kiosk_server.demo.city.names import GIVEN_NAMES
from kiosk_server.demo.city.places import CITY
from kiosk_server.demo.city.places import domicile as domicile_elsewhere

Item = tuple[str, tuple[tuple[str, str], ...]]
"""A heading with its (label, content) pairs."""

_COUPLE = frozenset({"世帯主", "妻", "夫"})
_ORDER = "長二三四五六七八九"
_FAMILY = _COUPLE | {"子"}
_NAME_PARTS = 2
_GENERATION = timedelta(days=28 * 365)
_COMES_OF_AGE = timedelta(days=20 * 365)


@dataclass(frozen=True, slots=True)
class Resident:
    """What 発行用住民票 says of a Japanese resident."""

    person_number: str
    name: str
    furigana: str | None
    birth_on: date | None
    birth_text: str | None
    sex: Sex
    relationship: str | None
    domicile: str
    first_registrant: str


@dataclass(frozen=True, slots=True)
class InKoseki:
    """One person of a koseki; without a number of the register for somebody who is in no register of the city."""

    koseki_person_number: str
    person_number: str | None
    name: str
    furigana: str | None
    birth_on: date | None
    birth_text: str | None
    spouse_kind: str | None
    father: str
    mother: str
    relationship: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class DemoKoseki:
    """One koseki with its own items (戸籍事項) and everyone in it, parents first."""

    koseki_number: str
    domicile: str
    first_registrant: str
    made_on: date
    items: tuple[Item, ...]
    people: tuple[InKoseki, ...]


def make_koseki(residents: Iterable[Resident], seed: int) -> Iterator[DemoKoseki]:
    """One for each family whose 本籍 is in the city, the same for the same residents and seed."""
    families: dict[tuple[str, str, str], list[Resident]] = defaultdict(list)
    for one in residents:
        if one.relationship in _FAMILY and len(one.name.split("　")) == _NAME_PARTS:
            families[one.domicile, one.first_registrant, one.name.split("　")[0]].append(one)
    for (domicile, first, surname), family in families.items():
        if surname == first.split("　")[0] and domicile.startswith(CITY):
            yield _koseki(sorted(family, key=_place), Random(f"{seed}/{family[0].person_number}"))


def _place(one: Resident) -> tuple[bool, bool, date, str]:
    """The first registrant, the spouse, the children by birth."""
    child = one.relationship == "子"
    return child, one.name != one.first_registrant, one.birth_on or date.max, one.person_number


def _koseki(family: Sequence[Resident], rng: Random) -> DemoKoseki:
    head = family[0]
    oldest = min((one.birth_on for one in family if one.birth_on is not None), default=date(1960, 4, 1))
    couple = [one for one in family if one.relationship in _COUPLE]
    placed = zip(family, _among_siblings(family), strict=True)
    people = [_person(one, relationship, couple, oldest + _COMES_OF_AGE, rng) for one, relationship in placed]
    if head.name != head.first_registrant:
        people.insert(0, _elsewhere(head, oldest - _GENERATION, rng))
    made_on = oldest + _COMES_OF_AGE if head.name == head.first_registrant else oldest - timedelta(days=365)
    items: tuple[Item, ...] = (("戸籍編製", (("編製日", wareki(made_on)),)),)
    return DemoKoseki(f"K{head.person_number}", head.domicile, head.first_registrant, made_on, items, tuple(people))


def _among_siblings(family: Sequence[Resident]) -> Iterator[str]:
    """長男, 二男, 長女 … in the order of the koseki; of those who are nobody's child here, the first."""
    born: Counter[str] = Counter()
    for one in family:
        sex = _by_sex(one.sex, "男", "女")
        order = born[sex] if one.relationship == "子" else 0
        born[sex] += one.relationship == "子"
        yield f"{_ORDER[order]}{sex}"


def _person(
    one: Resident, relationship: str, couple: Sequence[Resident], married_on: date, rng: Random
) -> InKoseki:  # fmt: skip
    is_child = one.relationship == "子"
    spouse = next((other for other in couple if other is not one), None) if one in couple else None
    father, mother = _parents(one, couple if is_child else (), rng)
    items = [_birth(one.birth_on, one.birth_text)]
    if spouse is not None:
        before = f"{domicile_elsewhere(rng)}　{father}"
        items.append(
            ("婚姻", (("婚姻日", wareki(married_on)), ("配偶者氏名", spouse.name), ("従前戸籍", before))),
        )
    return InKoseki(
        koseki_person_number=one.person_number,
        person_number=one.person_number,
        name=one.name,
        furigana=one.furigana,
        birth_on=one.birth_on,
        birth_text=one.birth_text,
        spouse_kind=None if spouse is None else _by_sex(one.sex, "夫", "妻"),
        father=father,
        mother=mother,
        relationship=relationship,
        items=tuple(items),
    )


def _elsewhere(head: Resident, birth: date, rng: Random) -> InKoseki:
    """The first registrant, who lives in another city: known from the koseki alone."""
    father, mother = _parents(head, (), rng)
    number = f"K{head.person_number}"
    items = (_birth(birth, None),)
    return InKoseki(number, None, head.first_registrant, None, birth, None, None, father, mother, "長男", items)


def _parents(one: Resident, couple: Sequence[Resident], rng: Random) -> tuple[str, str]:
    surname = one.name.split("　")[0]
    father, mother = (f"{surname}　{rng.choice(GIVEN_NAMES[sex])[0]}" for sex in (Sex.MALE, Sex.FEMALE))
    for parent in couple:
        father, mother = (parent.name, mother) if parent.sex is Sex.MALE else (father, parent.name)
    return father, mother


def _birth(on: date | None, text: str | None) -> Item:
    if on is None or text is not None:
        return "出生", (("出生日", text or ""), ("出生地", CITY))
    notified = on + timedelta(days=7)
    facts = (
        ("出生日", wareki(on)),
        ("出生地", CITY),
        ("届出日", wareki(notified)),
        ("届出人", "父"),
        ("入籍日", wareki(notified)),
    )
    return "出生", facts


def _by_sex(sex: Sex, man: str, woman: str) -> str:
    return man if sex is Sex.MALE else woman
