import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile import RecordDigest, UnsortedDigests, compare, differing_ranges, range_digests, range_of
from tests.reconcile.strategies import SIDE, in_order, planted

BITS = st.integers(min_value=0, max_value=16)


@given(planted(), BITS)
def test_the_ranges_that_differ_are_those_where_something_was_planted(
    case: tuple[dict[str, bytes], dict[str, bytes], dict[str, str]], bits: int
) -> None:
    left, right, plan = case
    found = differing_ranges(range_digests(in_order(left), bits), range_digests(in_order(right), bits))
    assert list(found) == sorted({range_of(key, bits) for key in plan})


@given(planted(), BITS)
def test_comparing_only_the_ranges_that_differ_finds_all(
    case: tuple[dict[str, bytes], dict[str, bytes], dict[str, str]], bits: int
) -> None:
    left, right, _ = case
    chosen = differing_ranges(range_digests(in_order(left), bits), range_digests(in_order(right), bits))
    narrowed = [[record for record in in_order(side) if range_of(record.key, bits) in chosen] for side in (left, right)]
    assert compare(*narrowed) == compare(in_order(left), in_order(right))


@given(SIDE, BITS)
def test_every_record_is_counted_once(side: dict[str, bytes], bits: int) -> None:
    ranges = range_digests(in_order(side), bits)
    assert sum(part.count for part in ranges.values()) == len(side)
    assert all(0 <= place < 1 << bits for place in ranges)


def test_a_range_is_the_first_bits_of_the_hash_so_that_sql_can_tell_it_too() -> None:
    assert range_of("0000000019", 8) == hashlib.sha256(b"0000000019").digest()[0]
    assert range_of("0000000019", 0) == 0


@pytest.mark.parametrize("bits", [-1, 17])
def test_other_numbers_of_bits_are_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="16"):
        range_of("key", bits)


def test_records_out_of_order_are_refused() -> None:
    with pytest.raises(UnsortedDigests):
        range_digests([RecordDigest("b", b""), RecordDigest("a", b"")], 4)
