"""The status list: what was put in is read out by who has the sheet, and nobody else learns anything from it."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.cose import StatementMalformed, encoded, read_sign1, sign1
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from pdf.visible_seal.published_keys import PublishedKey, read_keys, sign_keys
from pdf.visible_seal.statement import StatusPlace
from pdf.visible_seal.status_list import CAPACITY, LIST_TYPE, Entry, read_status_list, sign_status_list
from tests.pdf.sealing import KEY

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SIGNER = StatementKey.of(SecretKey(Purpose.SEAL_STATUS, 1, bytes(range(32))), datetime(2026, 1, 1, tzinfo=UTC), None)
places = st.builds(StatusPlace, st.integers(0, CAPACITY - 1), st.binary(min_size=8, max_size=8))
entries = st.lists(
    st.builds(Entry, places, st.sampled_from(("issued", "void", "replaced"))),
    unique_by=lambda entry: entry.place.index,
    max_size=20,
)


def published(*states: Entry, at: datetime = AT) -> bytes:
    return sign_status_list("092029", "2026-11", states, at, at + timedelta(days=2), SIGNER)


@settings(max_examples=30)
@given(entries)
def test_each_sheet_reads_its_own_state(states: list[Entry]) -> None:
    found = read_status_list(published(*states))
    assert found.signed.is_of(SIGNER.public)
    assert (found.municipality_code, found.month) == ("092029", "2026-11")
    assert (found.issued_at, found.expires_at) == (AT, AT + timedelta(days=2))
    assert [found.state(entry.place) for entry in states] == [entry.state for entry in states]


def test_what_was_never_issued_shows_void_but_for_a_guess_in_256() -> None:
    found = read_status_list(published())
    shown = [found.state(StatusPlace(index, b"invented")) for index in range(20_000)]
    assert shown.count("void") > 19_000
    assert found.state(StatusPlace(CAPACITY, bytes(8))) == "void"


def test_the_right_index_with_another_secret_tells_nothing() -> None:
    issued = [Entry(StatusPlace(index, bytes(8)), "issued") for index in range(20_000)]
    found = read_status_list(published(*issued))
    shown = [found.state(replace(entry.place, secret=b"another!")) for entry in issued]
    # One state for all of them, or what chance gives: never a trace of what each is.
    assert len(set(shown)) == 1 or shown.count("issued") < 300


def test_a_full_list_looks_like_an_empty_one() -> None:
    many = [Entry(StatusPlace(index, index.to_bytes(8, "big")), "issued") for index in range(0, CAPACITY, 2)]
    sizes = {len(published(*states)) for states in ([], many)}
    assert max(sizes) - min(sizes) < 64
    counts = [0] * 256
    for value in read_status_list(published(*many)).entries:
        counts[value] += 1
    assert max(counts) < 1.2 * CAPACITY / 256
    assert min(counts) > 0.8 * CAPACITY / 256


def test_two_lists_that_say_the_same_share_nothing_to_compare() -> None:
    many = [Entry(StatusPlace(index, index.to_bytes(8, "big")), "issued") for index in range(0, CAPACITY, 2)]
    one, other = (read_status_list(published(*many, at=AT + timedelta(hours=hours))).entries for hours in (0, 1))
    alike = sum(a == b for a, b in zip(one[::2], other[::2], strict=True))
    assert alike < 2 * len(one) / 2 / 256


def test_the_form_is_that_of_a_status_list_token() -> None:
    signed = read_sign1(published())
    claims = cbor2.loads(signed.payload)
    assert signed.headers[16] == "application/statuslist+cwt"
    assert claims[2] == "092029/2026-11"
    assert claims[4] - claims[6] == claims[65534] == 2 * 24 * 3600
    assert claims[65533]["bits"] == 8
    assert len(zlib.decompress(claims[65533]["lst"])) == CAPACITY


@pytest.mark.parametrize(
    "change",
    [
        {2: "2026-11"}, {2: 1}, {4: "soon"}, {6: 1 << 70}, {65533: {}}, {65533: {"bits": 1, "lst": b""}},
        {65533: {"bits": 8, "lst": b"no zlib"}}, {65533: {"bits": 8, "lst": zlib.compress(bytes(CAPACITY + 1))}},
        {65533: {"bits": 8, "lst": zlib.compress(bytes(CAPACITY - 1))}}, {65533: None},
        {65533: {"bits": 8, "lst": zlib.compress(bytes(CAPACITY)) + b"more"}},
    ],
    ids=range(11),
)  # fmt: skip
def test_lists_of_another_form_are_refused(change: dict[int, object]) -> None:
    claims = cbor2.loads(read_sign1(published()).payload)
    assert read_status_list(sign1(SIGNER, encoded(claims), {16: LIST_TYPE})).month == "2026-11"
    with pytest.raises(StatementMalformed):
        read_status_list(sign1(SIGNER, encoded(claims | change), {16: LIST_TYPE}))


def test_a_token_is_no_list_and_a_list_no_key_file() -> None:
    with pytest.raises(StatementMalformed):
        read_status_list(sign1(SIGNER, read_sign1(published()).payload))
    with pytest.raises(StatementMalformed):
        read_keys(published())
    with pytest.raises(StatementMalformed):
        read_status_list(b"")


KEYS = (PublishedKey(Purpose.VISIBLE_SEAL, KEY.public), PublishedKey(Purpose.SEAL_STATUS, SIGNER.public))


def test_published_keys_come_back_with_their_dates() -> None:
    ending = replace(KEY.public, not_after=AT)
    found = read_keys(sign_keys("092029", (PublishedKey(Purpose.VISIBLE_SEAL, ending), *KEYS[1:]), AT, SIGNER))
    assert found.municipality_code == "092029"
    assert found.issued_at == AT
    assert found.find(Purpose.VISIBLE_SEAL, KEY.public.key_id) == ending
    assert found.find(Purpose.SEAL_STATUS, KEY.public.key_id) is None


def test_a_key_file_that_was_changed_or_is_signed_by_a_stranger_is_refused() -> None:
    content = sign_keys("092029", KEYS, AT, SIGNER)
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(StatementMalformed):
            read_keys(bytes(changed))
    with pytest.raises(StatementMalformed):
        read_keys(sign_keys("092029", KEYS, AT, KEY))
    with pytest.raises(StatementMalformed):
        read_keys(sign_keys("092029", KEYS[:1], AT, SIGNER))
