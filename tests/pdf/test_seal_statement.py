"""The token of a visible seal: what goes in comes out, nothing else is taken for one, and any change breaks it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.cose import StatementMalformed, encoded, sign1
from pdf.visible_seal.base45 import from_base45, to_base45
from pdf.visible_seal.statement import (
    SealStatement,
    StatusPlace,
    code_text,
    read_token,
    sign_statement,
    token_in,
)
from tests.pdf.sealing import KEY

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
STATEMENT = SealStatement(
    "092029", "20261123-01-00000042-5", "resident_record", AT, 1, 2, bytes(16),
    "見本　太郎", "昭和60年4月1日", 4, StatusPlace(7, bytes(8)),
)  # fmt: skip
minutes = st.integers(0, 253_402_214_400 // 60).map(lambda minute: datetime.fromtimestamp(minute * 60, UTC))
statements = st.builds(
    SealStatement,
    st.text(), st.text(), st.text(), minutes,
    st.just(1), st.integers(1, 1 << 40), st.binary(min_size=16, max_size=16), st.text(), st.text(),
    st.integers(1, 1 << 40), st.builds(StatusPlace, st.integers(0, 1 << 30), st.binary(min_size=8, max_size=8)),
)  # fmt: skip


@given(statements)
def test_what_a_code_says_is_what_was_signed(statement: SealStatement) -> None:
    text = code_text(sign_statement(statement, KEY))
    token = read_token(token_in(text))
    assert token.statement == statement
    assert token.is_of(KEY.public)
    assert token.key_id == KEY.public.key_id


def test_the_same_statement_gives_the_same_token() -> None:
    assert sign_statement(STATEMENT, KEY) == sign_statement(STATEMENT, KEY)


def test_an_unprotected_header_that_is_no_empty_map_is_malformed() -> None:
    token = sign_statement(STATEMENT, KEY)
    unprotected = 3 + len(read_token(token).signed.protected)
    assert token[unprotected] == 0xA0
    for other in (b"\x80", b"\x40", b"\x60", b"\xf4", b"\xf6", b"\x00"):
        with pytest.raises(StatementMalformed):
            read_token(token[:unprotected] + other + token[unprotected + 1 :])


@given(st.integers(0), st.integers(0, 7))
def test_a_token_with_one_bit_changed_is_malformed_or_unsigned(place: int, bit: int) -> None:
    token = bytearray(sign_statement(STATEMENT, KEY))
    token[place % len(token)] ^= 1 << bit
    try:
        found = read_token(bytes(token))
    except StatementMalformed:
        return
    assert found.key_id != KEY.public.key_id or not found.is_of(KEY.public)


@given(st.binary(max_size=300))
def test_other_bytes_are_no_token(content: bytes) -> None:
    with pytest.raises(StatementMalformed):
        read_token(content)


@pytest.mark.parametrize(
    "changed",
    [
        {1: 92029}, {4: "2026-11-23"}, {4: -60}, {4: True}, {4: 61}, {4: 1 << 60}, {5: [0, 1]}, {5: [2, 1]}, {5: [1]}, {5: [1, 2, 3]}, {6: bytes(15)},
        {7: None}, {9: 0}, {10: [1, bytes(7)]}, {10: [-1, bytes(8)]}, {11: "more"}, {1: None},
    ],
    ids=str,
)  # fmt: skip
def test_a_signed_statement_of_another_form_is_refused(changed: dict[int, object]) -> None:
    claims: dict[int, object] = {
        1: "092029", 2: "n", 3: "k", 4: 1_800_000_000, 5: [1, 1], 6: bytes(16), 7: "a", 8: "b", 9: 1, 10: [1, bytes(8)],
    }  # fmt: skip
    assert read_token(sign1(KEY, encoded(claims))).statement.page == 1
    with pytest.raises(StatementMalformed):
        read_token(sign1(KEY, encoded(claims | changed)))


@pytest.mark.parametrize("text", ["", "KS1", "https://example.com/", "KS2:00", "KS1:a", "KS1:::::::", "KS1:ZZZ"])
def test_codes_of_other_kinds_are_told_apart(text: str) -> None:
    with pytest.raises(StatementMalformed):
        read_token(token_in(text))


@given(st.binary())
def test_base45_gives_the_bytes_back(content: bytes) -> None:
    text = to_base45(content)
    assert from_base45(text) == content
    assert len(text) == len(content) // 2 * 3 + len(content) % 2 * 2


def test_base45_as_rfc_9285_shows_it() -> None:
    assert to_base45(b"AB") == "BB8"
    assert to_base45(b"Hello!!") == "%69 VD92EX0"
    assert to_base45(b"base-45") == "UJCLQE7W581"
    assert from_base45("QED8WEX0") == b"ietf!"


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_a_base45_text_is_refused_or_the_only_one_for_its_bytes(text: str) -> None:
    try:
        content = from_base45(text)
    except StatementMalformed:
        return
    assert to_base45(content) == text


def test_a_key_signs_within_its_dates_only() -> None:
    public = replace(KEY.public, not_after=datetime(2027, 1, 1, tzinfo=UTC))
    assert public.in_force(datetime(2026, 6, 1, tzinfo=UTC))
    assert not public.in_force(datetime(2027, 1, 1, tzinfo=UTC))
    assert not public.in_force(datetime(2025, 12, 31, tzinfo=UTC))


def test_the_date_of_issue_is_that_of_japan_and_seconds_are_not_told() -> None:
    late = replace(STATEMENT, issued_at=datetime(2026, 11, 22, 15, 0, 59, tzinfo=UTC))
    said = read_token(sign_statement(late, KEY)).statement
    assert said.issued_at == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert said.issue_date == date(2026, 11, 23)
