import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile import canonical_digest

FIELDS = st.dictionaries(st.text(max_size=4), st.none() | st.text(max_size=6), max_size=4)


def test_the_encoding_is_the_documented_one() -> None:
    encoded = (
        (4).to_bytes(8, "big") + b"kana" + b"\x00"
        + (4).to_bytes(8, "big") + b"name" + b"\x01" + (6).to_bytes(8, "big") + "足利".encode()
    )  # fmt: skip
    assert canonical_digest({"name": "足利", "kana": None}) == hashlib.sha256(encoded).digest()


@given(FIELDS, FIELDS)
def test_digests_are_equal_for_equal_fields_and_no_others(
    one: dict[str, str | None], other: dict[str, str | None]
) -> None:
    assert (canonical_digest(one) == canonical_digest(other)) == (one == other)


@given(FIELDS)
def test_the_order_of_the_fields_does_not_matter(fields: dict[str, str | None]) -> None:
    assert canonical_digest(dict(reversed(fields.items()))) == canonical_digest(fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": None}, {"a": ""}),
        ({"a": None}, {}),
        ({"a": "bc"}, {"ab": "c"}),
        ({"a": "b", "c": "d"}, {"a": "bcd"}),
        ({"name": "葛"}, {"name": "葛\U000e0100"}),
        ({"name": "Ａ"}, {"name": "A"}),
        ({"name": "足利太郎"}, {"name": "足利　太郎"}),
    ],
)
def test_what_looks_alike_differs(one: dict[str, str | None], other: dict[str, str | None]) -> None:
    assert canonical_digest(one) != canonical_digest(other)


def test_a_lone_surrogate_is_digested_and_not_shown_in_an_error() -> None:
    assert canonical_digest({"name": "\ud842"}) != canonical_digest({"name": "?"})
