"""S1-5: who is drawn by chance, held by rules."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from civil.sex import Sex
from registry.residents import Listable, Scope, StratifiedBy, draw

PEOPLE = st.lists(
    st.builds(
        Listable,
        person_number=st.integers(1, 10**6).map(str),
        sex=st.sampled_from(Sex),
        age=st.none() | st.integers(0, 115),
        town=st.sampled_from(["通二丁目", "本城三丁目", "大町"]),
        is_foreign=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda one: one.person_number,
)
BY = st.sets(st.sampled_from(StratifiedBy))
BOUND = st.none() | st.integers(0, 115)
SCOPES = st.builds(
    Scope,
    towns=st.frozensets(st.sampled_from(["通二丁目", "大町"])),
    sex=st.none() | st.sampled_from(Sex),
    youngest=BOUND,
    oldest=BOUND,
    is_foreign=st.none() | st.booleans(),
)
EVERYBODY = Scope()


@given(PEOPLE, SCOPES, st.text(min_size=1), st.none() | st.integers(1, 70), BY)
def test_s1_5_a_sample_is_of_the_scope_each_once_and_as_many_as_asked_or_all(
    people: list[Listable], scope: Scope, seed: str, persons: int | None, by: set[StratifiedBy]
) -> None:
    within = {one.person_number for one in people if scope.has(one)}
    drawn = draw(people, scope, seed, persons, by)
    assert set(drawn) <= within
    assert len(drawn) == len(set(drawn)) == min(len(within), len(within) if persons is None else persons)


@given(PEOPLE, st.text(min_size=1), st.integers(1, 70), BY, st.randoms(use_true_random=False))
def test_s1_5_the_same_seed_draws_the_same_people_in_whatever_order_they_come(
    people: list[Listable], seed: str, persons: int, by: set[StratifiedBy], chance: Random
) -> None:
    shuffled = chance.sample(people, len(people))
    assert draw(shuffled, EVERYBODY, seed, persons, by) == draw(people, EVERYBODY, seed, persons, by)


@given(PEOPLE, st.text(min_size=1), st.integers(1, 70), BY)
def test_s1_5_each_stratum_has_its_share_to_within_one_person(
    people: list[Listable], seed: str, persons: int, by: set[StratifiedBy]
) -> None:
    def stratum(one: Listable) -> tuple[object, ...]:
        age = None if one.age is None else min(one.age, 100) // 10
        told = {"sex": one.sex, "age": age, "town": one.town, "nationality": one.is_foreign}
        return tuple(told[part] for part in sorted(by))

    drawn = set(draw(people, EVERYBODY, seed, persons, by))
    there = Counter(stratum(one) for one in people)
    taken = Counter(stratum(one) for one in people if one.person_number in drawn)
    for key, size in there.items():
        assert abs(taken[key] - min(1, persons / len(people)) * size) < 1


def test_s1_5_of_strata_with_equal_claims_the_same_one_gives_whatever_order_they_come_in() -> None:
    people = [Listable(str(number), Sex.MALE, 10 * number, "大町", False) for number in range(6)]
    drawn = {draw(people[begin:] + people[:begin], EVERYBODY, "2026", 1, {StratifiedBy.AGE}) for begin in range(6)}
    assert len(drawn) == 1


def test_s1_5_another_seed_draws_others_and_nobody_is_favoured() -> None:
    people = [Listable(str(number), Sex.MALE, 30, "大町", False) for number in range(20)]
    drawn = Counter(number for seed in range(2_000) for number in draw(people, EVERYBODY, str(seed), 5))
    assert all(400 < drawn[one.person_number] < 600 for one in people)
    assert len({draw(people, EVERYBODY, str(seed)) for seed in range(50)}) == 50


def test_s1_5_the_list_of_a_seed_is_the_same_on_every_machine() -> None:
    people = [Listable(str(number), Sex.MALE, 30, "大町", False) for number in range(6)]
    assert draw(people, EVERYBODY, "2026") == ("0", "3", "1", "2", "4", "5")


def test_s1_5_somebody_of_unknown_age_is_within_no_bounds() -> None:
    one = Listable("1", Sex.MALE, None, "大町", False)
    assert EVERYBODY.has(one)
    assert not Scope(youngest=0).has(one)
    assert not Scope(oldest=120).has(one)
