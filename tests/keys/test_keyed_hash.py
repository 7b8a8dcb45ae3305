import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.keyed_hash import keyed_hash, same_hash
from keys.purpose import Purpose
from keys.secret_key import SecretKey

KEY = SecretKey(Purpose.MY_NUMBER_INDEX, 1, bytes(range(32)))
PARTS = st.lists(st.binary(max_size=12), max_size=4)


def test_the_hash_is_hmac_sha_256_over_parts_with_their_lengths() -> None:
    message = (3).to_bytes(8, "big") + b"abc" + (0).to_bytes(8, "big")
    assert keyed_hash(KEY, b"abc", b"") == hmac.new(bytes(range(32)), message, hashlib.sha256).digest()


@given(PARTS, PARTS)
def test_other_parts_give_another_hash_even_if_they_join_to_the_same_bytes(
    one: list[bytes], other: list[bytes]
) -> None:
    assert (keyed_hash(KEY, *one) == keyed_hash(KEY, *other)) == (one == other)


@pytest.mark.parametrize(("one", "other"), [([b"ab", b"c"], [b"a", b"bc"]), ([], [b""]), ([b"a"], [b"a", b""])])
def test_where_one_part_ends_matters(one: list[bytes], other: list[bytes]) -> None:
    assert keyed_hash(KEY, *one) != keyed_hash(KEY, *other)


def test_another_key_gives_another_hash() -> None:
    other = SecretKey(Purpose.MY_NUMBER_INDEX, 2, bytes(32))
    assert not same_hash(keyed_hash(KEY, b"123456789018"), keyed_hash(other, b"123456789018"))
    assert same_hash(keyed_hash(KEY, b"123456789018"), keyed_hash(KEY, b"123456789018"))
