import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import SealBroken
from keys.purpose import Purpose
from keys.sealing import key_version_of, seal, unseal
from keys.secret_key import SecretKey

MATERIAL = bytes(range(32))
KEY = SecretKey(Purpose.MY_NUMBER, 7, MATERIAL)
AAD = b"092029/0000000019"


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_is_unsealed(plaintext: bytes, aad: bytes) -> None:
    assert unseal(KEY, seal(KEY, plaintext, aad), aad) == plaintext


@given(st.binary(max_size=40), st.data())
def test_one_changed_bit_anywhere_breaks_the_seal(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plaintext, AAD))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), AAD)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_seal_break_as_one(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, AAD)


@given(st.integers(0, 44))
def test_a_seal_cut_short_is_broken(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"123456789018", AAD)[:length], AAD)


@pytest.mark.parametrize(
    "key",
    [
        SecretKey(Purpose.MY_NUMBER, 8, MATERIAL),
        SecretKey(Purpose.KEPT_ANSWER, 7, MATERIAL),
        SecretKey(Purpose.MY_NUMBER, 7, bytes(32)),
    ],
    ids=["version", "purpose", "material"],
)
def test_a_key_of_another_version_purpose_or_material_does_not_open_it(key: SecretKey) -> None:
    with pytest.raises(SealBroken):
        unseal(key, seal(KEY, b"123456789018", AAD), AAD)


def test_a_sealed_my_number_cannot_be_moved_to_another_person() -> None:
    sealed = seal(KEY, b"123456789018", AAD)
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, b"092029/0000000027")


def test_what_an_earlier_build_sealed_still_opens() -> None:
    sealed = bytes.fromhex("0100000007760fd32b5c99caf74ac4330969e6bc5ffda08260e810c9e981e61b31f8ba4401d9055262fcfbca4f")
    assert unseal(KEY, sealed, AAD) == b"123456789018"
    assert len(sealed) == 1 + 4 + 12 + 12 + 16


def test_a_seal_tells_the_version_of_its_key() -> None:
    assert key_version_of(seal(KEY, b"", AAD)) == 7


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(KEY, b"123456789018", AAD) != seal(KEY, b"123456789018", AAD)


def test_a_broken_seal_says_nothing_about_the_content() -> None:
    with pytest.raises(SealBroken) as broken:
        unseal(KEY, seal(KEY, b"123456789018", AAD), b"other")
    assert "123456789018" not in str(broken.value)
    assert broken.value.__cause__ is None
