from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil import check_digits
from civil.check_digits import MalformedNumber

DIGITS = st.text("0123456789", min_size=14, max_size=14)
KINDS: list[tuple[Callable[[str], str], Callable[[str], bool], int]] = [
    (check_digits.resident_code, check_digits.resident_code_ok, 10),
    (check_digits.my_number, check_digits.my_number_ok, 11),
    (check_digits.municipality_code, check_digits.municipality_code_ok, 5),
    (check_digits.numbered, check_digits.numbered_ok, 9),
]
each_kind = pytest.mark.parametrize(
    ("complete", "is_ok", "length"), KINDS, ids=lambda kind: getattr(kind, "__name__", "")
)


@pytest.mark.parametrize(
    "code", ["24727059608", "24846016224", "25208017643", "12345678903", "10000000006", "99999999995"]
)
def test_b1_2_resident_codes_of_the_official_samples_are_right(code: str) -> None:
    assert check_digits.resident_code_ok(code)
    assert check_digits.resident_code(code[:10]) == code


@pytest.mark.parametrize("code", ["25208017644", "12345678901"])
def test_b1_2_hand_made_resident_codes_are_wrong(code: str) -> None:
    assert not check_digits.resident_code_ok(code)


@pytest.mark.parametrize("number", ["379474484458", "454972364860", "507957100721", "983205673214", "123456789018"])
def test_b1_3_my_numbers_of_the_official_samples_are_right(number: str) -> None:
    assert check_digits.my_number_ok(number)
    assert check_digits.my_number(number[:11]) == number


def test_b1_3_a_hand_made_my_number_is_wrong() -> None:
    assert not check_digits.my_number_ok("507957100722")


@pytest.mark.parametrize("code", ["092029", "011002", "131016", "090000", "092011", "271004", "472018"])
def test_b1_4_municipality_codes_are_right(code: str) -> None:
    assert check_digits.municipality_code_ok(code)
    assert check_digits.municipality_code(code[:5]) == code


@pytest.mark.parametrize("code", ["092028", "092020", "09202", "0920290"])
def test_b1_4_other_municipality_codes_are_wrong(code: str) -> None:
    assert not check_digits.municipality_code_ok(code)


@pytest.mark.parametrize(("body", "check"), [("000000001", "9"), ("100000000", "7"), ("012345678", "5")])
def test_b1_6_person_and_household_numbers(body: str, check: str) -> None:
    assert check_digits.numbered(body) == body + check
    assert check_digits.numbered_ok(body + check)


@pytest.mark.parametrize("body", ["0", "000006", "05"])
def test_b1_6_a_remainder_of_zero_or_one_gives_zero(body: str) -> None:
    weights = [2, 3, 4, 5, 6, 7]
    remainder = sum(int(digit) * weights[place] for place, digit in enumerate(reversed(body))) % 11
    assert (check_digits.numbered(body)[-1] == "0") == (remainder <= 1)


def test_b1_6_a_number_has_two_to_fifteen_digits() -> None:
    assert check_digits.numbered_ok(check_digits.numbered("1"))
    assert check_digits.numbered_ok(check_digits.numbered("1" * 14))
    assert not check_digits.numbered_ok("0")
    for body in ("", "1" * 15):
        with pytest.raises(MalformedNumber):
            check_digits.numbered(body)


def test_b1_6_a_number_of_sixteen_digits_is_wrong_whatever_its_check_digit() -> None:
    assert not any(check_digits.numbered_ok("1" * 15 + check) for check in "0123456789")


@each_kind
@given(digits=DIGITS)
def test_what_is_made_is_right_and_one_other_check_digit_is_not(
    complete: Callable[[str], str], is_ok: Callable[[str], bool], length: int, digits: str
) -> None:
    number = complete(digits[:length])
    assert is_ok(number)
    assert [is_ok(number[:-1] + other) for other in "0123456789"].count(True) == 1


@each_kind
@given(text=st.text(max_size=18))
def test_any_text_is_answered_and_never_raises(
    complete: Callable[[str], str], is_ok: Callable[[str], bool], length: int, text: str
) -> None:
    assert isinstance(is_ok(text), bool)


@each_kind
@pytest.mark.parametrize(
    "spoil", [lambda body: body[:-1] + "９", lambda body: body[:-1] + "²", lambda body: body * 3, lambda _: ""]
)
def test_a_body_of_other_characters_or_length_is_refused(
    complete: Callable[[str], str], is_ok: Callable[[str], bool], length: int, spoil: Callable[[str], str]
) -> None:
    with pytest.raises(MalformedNumber):
        complete(spoil("1" * length))
    assert not is_ok(spoil("1" * length))
