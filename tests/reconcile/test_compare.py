from collections.abc import Iterator

import pytest
from hypothesis import given

from reconcile import Comparison, RecordDigest, UnsortedDigests, compare, differences
from tests.reconcile.strategies import SIDE, in_order, planted


@given(planted())
def test_every_planted_difference_is_found_and_none_is_invented(
    case: tuple[dict[str, bytes], dict[str, bytes], dict[str, str]],
) -> None:
    left, right, plan = case
    found = compare(in_order(left), in_order(right))
    for kind in ("missing", "extra", "different"):
        assert list(getattr(found, kind)) == sorted(key for key in plan if plan[key] == kind)
    assert found.is_equal == (not plan)


@given(SIDE, SIDE)
def test_any_two_sides_differ_as_sets_say(left: dict[str, bytes], right: dict[str, bytes]) -> None:
    found = compare(in_order(left), in_order(right))
    assert set(found.missing) == left.keys() - right.keys()
    assert set(found.extra) == right.keys() - left.keys()
    assert set(found.different) == {key for key in left.keys() & right.keys() if left[key] != right[key]}


@given(SIDE, SIDE)
def test_turning_the_sides_turns_the_answer(left: dict[str, bytes], right: dict[str, bytes]) -> None:
    one, turned = compare(in_order(left), in_order(right)), compare(in_order(right), in_order(left))
    assert turned == Comparison(one.extra, one.missing, one.different)


@given(SIDE, SIDE)
def test_applying_the_differences_makes_the_sides_equal(left: dict[str, bytes], right: dict[str, bytes]) -> None:
    found = compare(in_order(left), in_order(right))
    mended = {key: digest for key, digest in right.items() if key not in found.extra}
    mended |= {key: left[key] for key in (*found.missing, *found.different)}
    assert compare(in_order(left), in_order(mended)).is_equal


@pytest.mark.parametrize("keys", [["b", "a"], ["a", "a"], ["a", "c", "b"], ["ア", "z"]])
@pytest.mark.parametrize("wrong_side", [0, 1])
def test_records_out_of_order_or_twice_are_refused_on_either_side(keys: list[str], wrong_side: int) -> None:
    sides = [in_order({"a": b"1", "b": b"2"}), in_order({"a": b"1", "b": b"2"})]
    sides[wrong_side] = [RecordDigest(key, b"1") for key in keys]
    with pytest.raises(UnsortedDigests):
        compare(*sides)


def test_records_are_read_as_they_are_needed_and_not_kept() -> None:
    read = [0, 0]

    def endless(side: int, digest: bytes) -> Iterator[RecordDigest]:
        number = 0
        while True:
            read[side] += 1
            yield RecordDigest(f"{number:012}", digest if number == 1000 else b"same")
            number += 1

    _, key = next(differences(endless(0, b"here"), endless(1, b"there")))
    assert key == "000000001000"
    assert read == [1001, 1001]
