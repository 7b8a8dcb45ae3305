"""Two shares make one passphrase; one alone makes none. A record that was changed by a byte is known."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ceremony_record import Ceremony, digest_of_record, is_of_shares, key_of_record, signed_record
from keys.errors import RecordAltered, SharesAlike, WeakPassphrase
from keys.shares import LEAST_BYTES, joint_passphrase, share_of

ONE, OTHER = share_of("松竹梅鶴亀の長い秘密"), share_of("another long secret")
JOINT = joint_passphrase(ONE, OTHER)
shares = st.binary(min_size=LEAST_BYTES, max_size=40)


@given(shares, shares)
def test_the_order_of_the_persons_does_not_matter_and_alike_is_refused(one: bytes, other: bytes) -> None:
    if one == other:
        with pytest.raises(SharesAlike):
            joint_passphrase(one, other)
    else:
        assert joint_passphrase(one, other) == joint_passphrase(other, one)
        assert len(joint_passphrase(one, other)) == 43


@given(shares, shares, shares)
def test_another_share_makes_another_passphrase(one: bytes, other: bytes, third: bytes) -> None:
    if len({one, other, third}) == 3:
        assert joint_passphrase(one, other) != joint_passphrase(one, third)


def test_bytes_moved_from_one_share_to_the_other_make_another_passphrase() -> None:
    assert joint_passphrase(ONE + b"x", OTHER) != joint_passphrase(ONE, b"x" + OTHER)


def test_a_share_is_the_same_however_its_characters_are_composed_and_never_short() -> None:
    assert share_of("がぎぐげごの秘密") == share_of("か\u3099き\u3099く\u3099け\u3099こ\u3099の秘密")
    for short in ("", "short", "五文字です"):
        with pytest.raises(WeakPassphrase):
            share_of(short)


@pytest.fixture(scope="module")
def record() -> str:
    ceremony = Ceremony(
        "make", datetime(2026, 11, 26, 3, 0, tzinfo=UTC), "server", "1.0", ("甲", "乙"), ("pin 1: 00ff",), ("tried",), ("甲", "乙")
    )  # fmt: skip
    return signed_record(ceremony, JOINT)


def test_a_record_is_known_by_its_key_and_by_the_shares(record: str) -> None:
    assert len(key_of_record(record)) == 64
    assert is_of_shares(record, JOINT)
    assert not is_of_shares(record, joint_passphrase(ONE, b"somebody else's secret"))
    assert len(digest_of_record(record)) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("甲, 乙", "甲, 丙"),
        ("00ff", "00fe"),
        ("03:00:00", "03:00:01"),
        ("tried", "tied"),
        ("salt: ", "salt: 0"),
        ("\n", "\n\n"),
    ],
)
def test_a_record_that_was_changed_is_told_from_the_signed_one(record: str, old: str, new: str) -> None:
    with pytest.raises(RecordAltered):
        key_of_record(record.replace(old, new, 1))


@pytest.mark.parametrize(
    "text", ["", "署名 / signature: ", "記録の鍵 / key of this record: zz\n署名 / signature: AAAA\n"]
)
def test_something_else_is_no_record(text: str) -> None:
    with pytest.raises(RecordAltered):
        key_of_record(text)
