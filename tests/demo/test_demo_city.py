"""The demo city: the same from the same seed, with everybody in it whom a rule needs, and nobody's number twice."""

from collections import Counter
from collections.abc import Mapping

import pytest
from fontTools.ttLib import TTFont

from civil.age import attained
from civil.check_digits import my_number_ok, numbered_ok, resident_code_ok
from kiosk_server.demo.city import (
    AS_OF,
    ISSUER_KEY_ID,
    DemoCity,
    DemoCredential,
    DemoUserId,
    generate_city,
    samples,
)
from kiosk_server.demo.city.special import SPECIAL_PLANS
from pdf.font_chain import IPAMJ_MINCHO
from registry.residents import PersonRecord
from registry.residents.text_rules import require_texts

_CATEGORIES = {
    "中長期在留者", "特別永住者", "一時庇護許可者", "仮滞在許可者", "出生による経過滞在者", "国籍喪失による経過滞在者",
}  # fmt: skip
_LATER_CASES = {"newborn", "moved_in", "moved_in_from_abroad"}


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return generate_city(3000, seed=1)


@pytest.fixture(scope="module")
def people(city: DemoCity) -> Mapping[str, PersonRecord]:
    return {person.record.person_number: person.record for person in city.people}


def test_the_same_seed_makes_the_same_city(city: DemoCity) -> None:
    assert generate_city(3000, seed=1) == city
    assert generate_city(3000, seed=2).people != city.people


@pytest.mark.parametrize("residents", [0, 1, 2, 5, 13, 50, 119, 120, 121])
def test_a_city_has_as_many_residents_as_asked_for_however_few(residents: int) -> None:
    small = generate_city(residents, seed=3)
    assert len(small.people) == residents
    assert len(samples(small, 5)) <= 5


def test_every_special_case_is_there(city: DemoCity, people: Mapping[str, PersonRecord]) -> None:
    wanted = {member.case for plan in SPECIAL_PLANS for member in plan if member.case is not None} | _LATER_CASES
    assert set(city.cases) == wanted
    newcomers = {entry.person_number for later in city.later for entry in later.event.entries}
    assert set(city.cases.values()) <= people.keys() | newcomers


def test_households_of_five_and_of_nine_and_2_3_persons_on_average(
    city: DemoCity, people: Mapping[str, PersonRecord]
) -> None:
    sizes = Counter(person.household_number for person in people.values())
    assert sizes[people[city.cases["five_person_head"]].household_number] == 5
    assert sizes[people[city.cases["nine_person_head"]].household_number] == 9
    assert 2.2 < len(people) / len(sizes) < 2.4


def test_every_household_has_one_head_and_one_address(people: Mapping[str, PersonRecord]) -> None:
    homes: dict[str, list[PersonRecord]] = {}
    for person in people.values():
        homes.setdefault(person.household_number, []).append(person)
    for home in homes.values():
        assert [person.relationship for person in home].count("世帯主") == 1
        assert len({person.full_address for person in home}) == 1


def test_foreign_residents_of_all_six_categories_and_a_mixed_household(people: Mapping[str, PersonRecord]) -> None:
    assert {person.article_30_45_category for person in people.values()} == _CATEGORIES | {None}
    nationalities: dict[str, set[bool]] = {}
    for person in people.values():
        nationalities.setdefault(person.household_number, set()).add(person.nationality is None)
    assert {True, False} in nationalities.values()


def test_all_ages_are_there(people: Mapping[str, PersonRecord]) -> None:
    ages = Counter((AS_OF.year - person.birth.on.year) // 10 for person in people.values() if person.birth.on)
    assert ages.keys() >= set(range(10))


def test_numbers_are_valid_and_nobody_elses(city: DemoCity, people: Mapping[str, PersonRecord]) -> None:
    entered = [*people.values(), *(entry for later in city.later for entry in later.event.entries)]
    my_numbers = [p.my_number for p in city.people if p.my_number] + [
        n for e in city.later for n in e.my_numbers.values()
    ]
    assert len(my_numbers) == len(entered)
    for numbers, is_valid in (
        (my_numbers, my_number_ok),
        ([person.resident_code for person in entered], resident_code_ok),
        ([person.person_number for person in entered], numbered_ok),
    ):
        assert all(map(is_valid, numbers))
        assert len(set(numbers)) == len(numbers)


def test_everybody_may_be_entered_and_lived_before_they_moved(people: Mapping[str, PersonRecord]) -> None:
    for person in people.values():
        require_texts(person)
        since = person.resident_since or person.foreign_resident_since
        assert since is not None
        if person.birth.is_exact and person.birth.on and since.on:
            assert person.birth.on <= since.on <= AS_OF


def test_rare_letters_are_in_the_font_that_prints_them(city: DemoCity) -> None:
    if not IPAMJ_MINCHO.exists():
        pytest.fail("apt-get install --no-install-recommends fonts-ipamj-mincho")
    with TTFont(IPAMJ_MINCHO, lazy=True) as font:
        plain = font.getBestCmap()
        (variants,) = [table.uvsDict for table in font["cmap"].tables if table.format == 14]
    sequences = {(selector, base) for selector, pairs in variants.items() for base, _ in pairs}
    texts = {text for person in city.people for text in (person.record.name, person.record.first_registrant) if text}
    assert any("\U000e0100" <= letter <= "\U000e01ef" for text in texts for letter in text)
    for text in texts:
        for letter, following in zip(text, (*text[1:], ""), strict=True):
            if "\U000e0100" <= following <= "\U000e01ef":
                assert (ord(following), ord(letter)) in sequences
            elif not "\U000e0100" <= letter <= "\U000e01ef":
                assert ord(letter) in plain


def test_cards_are_for_those_of_fifteen_and_over(city: DemoCity, people: Mapping[str, PersonRecord]) -> None:
    cards = [credential for credential in city.credentials if credential.bearer == "card"]
    holders = {credential.person_number for credential in cards}
    assert len(holders) == len(cards)
    for number, person in people.items():
        assert (number in holders) is (attained(person.birth, 15, AS_OF) is not False)
    assert city.cases["under_fifteen"] not in holders
    assert {credential.bearer for credential in city.credentials} == {"card", "android", "iphone"}
    assert city.user_ids


def test_serials_are_canonical_and_unique_and_a_person_has_one_pin(city: DemoCity) -> None:
    serials = [credential.serial for credential in city.credentials]
    assert len(set(serials)) == len(serials)
    assert {credential.issuer_key_id for credential in city.credentials} == {ISSUER_KEY_ID}
    pins: dict[str, set[str]] = {}
    everything: tuple[DemoCredential | DemoUserId, ...] = (*city.credentials, *city.user_ids)
    for held in everything:
        assert (len(held.pin), held.pin.isdigit(), "pin=" in repr(held)) == (4, True, False)
        pins.setdefault(held.person_number, set()).add(held.pin)
    assert all(len(of_one) == 1 for of_one in pins.values())
    assert not any(serial.startswith("0") for serial in serials)


def test_samples_are_adults_of_different_quiet_households_common_letters_first(
    city: DemoCity, people: Mapping[str, PersonRecord]
) -> None:
    chosen = samples(city, 60)
    homes = [people[number].household_number for number in chosen]
    assert len(set(homes)) == 60
    assert all(attained(people[number].birth, 18, AS_OF) for number in chosen)
    eventful = {
        people[city.cases[case]].household_number
        for case in ("protected", "planned_mover", "dead", "household_without_head", "moved_out", "mover_within_head")
    }
    assert not eventful & set(homes)
    sizes = Counter(person.household_number for person in people.values())
    assert len({sizes[home] for home in homes[:12]}) >= 5
    for number in chosen[:12]:
        people[number].name.encode("iso2022_jp")


def test_no_plain_my_number_or_pin_shows_in_a_repr(city: DemoCity) -> None:
    person = city.people[0]
    assert person.my_number is not None
    assert person.my_number not in repr(person)
    assert person.my_number not in repr(city)
