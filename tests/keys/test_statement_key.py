"""Statement keys and COSE_Sign1: standard in form, the same every time, and nothing else is taken for one."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.cose import Signed, StatementMalformed, encoded, read_sign1, sign1
from keys.errors import KeyNotFound
from keys.file_provider import add_key_version
from keys.making_keys import STATEMENT_KEY_LIFE
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.secret_key import SecretKey
from keys.statement_key import PublicStatementKey, StatementKey
from tests.keys.conftest import PASSPHRASE, MovableClock
from tests.keys.test_file_provider import Open

FROM = datetime(2026, 1, 1, tzinfo=UTC)
KEY = StatementKey.of(SecretKey(Purpose.VISIBLE_SEAL, 1, bytes(range(32))), FROM, None)

# RFC 9052, appendix C.2.1, with key "11" of appendix C.7.1.
EXAMPLE = bytes.fromhex(
    "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4"
    "d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
)
EXAMPLE_KEY = PublicStatementKey(
    bytes.fromhex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"),
    bytes.fromhex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"),
    FROM,
    None,
)


def test_the_signature_of_the_standards_own_example_verifies() -> None:
    protected, _, payload, signature = cbor2.loads(EXAMPLE).value
    assert Signed({}, payload, signature, protected).is_of(EXAMPLE_KEY)
    assert not Signed({}, payload + b"!", signature, protected).is_of(EXAMPLE_KEY)
    assert not Signed({}, payload, signature, protected).is_of(KEY.public)


@given(st.binary(max_size=200))
def test_what_was_signed_is_read_and_verifies_and_is_the_same_every_time(payload: bytes) -> None:
    message = sign1(KEY, payload, {16: "a type"})
    found = read_sign1(message)
    assert (found.payload, found.key_id, found.headers[16]) == (payload, KEY.public.key_id, "a type")
    assert found.is_of(KEY.public)
    assert sign1(KEY, payload, {16: "a type"}) == message


def _parts() -> list[object]:
    return list(cbor2.loads(sign1(KEY, b"payload")).value)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        EXAMPLE,  # its key id is not protected
        sign1(KEY, b"payload") + b"\0",
        encoded(_parts()),
        encoded(cbor2.CBORTag(17, _parts())),
        encoded(cbor2.CBORTag(18, _parts()[:3])),
        encoded(cbor2.CBORTag(18, [encoded({1: -35, 4: b"12345678"}), *_parts()[1:]])),
        encoded(cbor2.CBORTag(18, [encoded({1: -7}), *_parts()[1:]])),
        encoded(cbor2.CBORTag(18, [*_parts()[:3], bytes(63)])),
        encoded(cbor2.CBORTag(18, [_parts()[0], {}, None, bytes(64)])),
        b"\xd2\x9f" + b"".join(map(encoded, _parts())) + b"\xff",
    ],
    ids=range(11),
)
def test_what_is_no_statement_of_ours_is_refused(message: bytes) -> None:
    with pytest.raises(StatementMalformed):
        read_sign1(message)


def test_each_purpose_version_and_installation_has_another_key() -> None:
    secrets = [
        SecretKey(Purpose.VISIBLE_SEAL, 1, bytes(32)),
        SecretKey(Purpose.SEAL_STATUS, 1, bytes(32)),
        SecretKey(Purpose.VISIBLE_SEAL, 1, bytes(range(32))),
    ]
    assert len({StatementKey.of(secret, FROM, None).public.key_id for secret in secrets}) == 3


def test_the_key_is_neither_shown_nor_pickled() -> None:
    assert "private" not in repr(KEY)
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_a_point_off_the_curve_verifies_nothing() -> None:
    nowhere = replace(KEY.public, x=bytes(32), y=bytes(32))
    assert not nowhere.verifies(KEY.sign(b"message"), b"message")
    assert not KEY.public.verifies(b"", b"message")


def test_the_provider_gives_each_statement_key_within_its_dates(
    demo_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    for purpose in STATEMENT_PURPOSES:
        signer = open_keys(demo_keys).statement_signer(purpose)
        assert (signer.purpose, signer.version) == (purpose, 1)
        assert signer.public.not_after == signer.public.not_before + STATEMENT_KEY_LIFE
    with pytest.raises(KeyNotFound):
        open_keys(demo_keys).statement_signer(Purpose.PIN)
    clock.move(STATEMENT_KEY_LIFE)
    with pytest.raises(KeyNotFound):
        open_keys(demo_keys).statement_signer(Purpose.VISIBLE_SEAL)
    assert open_keys(demo_keys).statement_signer(Purpose.VISIBLE_SEAL, 1).version == 1


def test_a_key_renewed_signs_from_its_day_and_the_old_one_is_still_there(
    demo_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    day = clock.now + timedelta(days=30)
    add_key_version(demo_keys, PASSPHRASE, Purpose.VISIBLE_SEAL, not_before=day, clock=clock)
    provider = open_keys(demo_keys)
    assert provider.statement_signer(Purpose.VISIBLE_SEAL).version == 1
    clock.now = day
    assert provider.statement_signer(Purpose.VISIBLE_SEAL).version == 2
    assert provider.statement_signer(Purpose.VISIBLE_SEAL, 1).version == 1
