"""A key on a token signs as one in memory does; a token that stalls, goes or refuses is a clean no, and comes back by itself."""

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from keys.document_key import key_algorithm, load_public_key
from keys.errors import (
    TokenKeyAbsent,
    TokenKeyExists,
    TokenLost,
    TokenPinRefused,
    TokenUnavailable,
)
from keys.key_file import TokenPlace
from keys.making_keys import DocumentAlgorithm
from keys.tokens.place import KeyAddress, TokenAccess
from keys.tokens.token_key import TokenKey
from tests.keys.tokens.softhsm import PIN, Token

DOCUMENT = b"the signed bytes of a certificate"
PREHASH = hashlib.sha256(DOCUMENT).digest()


@contextmanager
def opened(place: TokenPlace, access: TokenAccess) -> Iterator[TokenKey]:
    key = TokenKey(KeyAddress(place.token, place.label, place.key_id), load_public_key(place.public_key), access)
    try:
        yield key
    finally:
        key.close()


def process_of(key: TokenKey) -> int:
    assert key._conversation
    return key._conversation.process_id


def verifies(key: TokenKey, signature: bytes) -> None:
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, DOCUMENT, padding.PKCS1v15(), hashes.SHA256())
    else:
        public.verify(signature, DOCUMENT, ec.ECDSA(hashes.SHA256()))


def signs_within(key: TokenKey, seconds: float) -> bytes:
    """The signature, once the token has come back."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return key.sign(PREHASH)
        except TokenUnavailable:
            assert time.monotonic() < give_up
            time.sleep(0.1)


@pytest.mark.parametrize("algorithm", get_args(DocumentAlgorithm))
def test_a_key_made_on_the_token_signs(token: Token, algorithm: DocumentAlgorithm) -> None:
    with opened(token.made(algorithm), token.access) as key:
        for _ in range(3):
            verifies(key, key.sign(PREHASH))
        assert key_algorithm(key.public_key()).replace("ecdsa-", "").replace("-", "") == algorithm


def test_a_key_that_is_there_is_found_by_label_and_id_and_by_nothing_else(token: Token) -> None:
    place = token.made()
    assert token.found() == place
    with pytest.raises(TokenKeyExists):
        token.made()
    for other in ({"label": "clerk"}, {"key_id": b"\x02"}):
        with pytest.raises(TokenKeyAbsent):
            token.found(**other)
        address = {"label": place.label, "key_id": place.key_id, **other}
        with opened(place.model_copy(update=address), token.access) as key, pytest.raises(TokenKeyAbsent):
            key.sign(PREHASH)


def test_another_key_under_the_same_name_is_not_signed_with(token: Token) -> None:
    place, other = token.made(), token.made(label="clerk", key_id=b"\x02")
    mistaken = other.model_copy(update={"public_key": place.public_key})
    with opened(mistaken, token.access) as key, pytest.raises(TokenKeyAbsent):
        key.sign(PREHASH)


def test_an_unknown_token_is_lost(token: Token) -> None:
    place = token.made().model_copy(update={"token": "somewhere else"})
    with opened(place, token.access) as key, pytest.raises(TokenLost):
        key.sign(PREHASH)


@pytest.mark.parametrize("prehash", [b"", PREHASH[:-1], PREHASH + b"x"])
def test_only_a_sha_256_digest_is_signed(token: Token, prehash: bytes) -> None:
    with opened(token.made(), token.access) as key, pytest.raises(ValueError, match="digest"):
        key.sign(prehash)


def test_a_token_that_stalls_is_lost_within_the_limit_and_comes_back_by_itself(token: Token) -> None:
    access = replace(token.access, limit=0.5)
    with opened(token.made(), access) as key:
        key.sign(PREHASH)
        first = process_of(key)
        os.kill(first, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(TokenLost):
            key.sign(PREHASH)
        assert time.monotonic() - began < 4 * access.limit
        began = time.monotonic()
        with pytest.raises(TokenLost):
            key.sign(PREHASH)
        assert time.monotonic() - began < access.limit / 2, "whoever comes next is refused at once"
        verifies(key, signs_within(key, 10))
        assert process_of(key) != first


def test_a_module_that_crashes_in_mid_signature_takes_nobody_with_it(token: Token) -> None:
    with opened(token.made(), token.access) as key:
        key.sign(PREHASH)
        os.kill(process_of(key), signal.SIGSEGV)
        with pytest.raises(TokenLost):
            key.sign(PREHASH)
        verifies(key, signs_within(key, 10))


def test_a_token_that_is_pulled_out_refuses_and_signs_again_once_it_is_back(token: Token) -> None:
    with opened(token.made(), token.access) as key:
        key.sign(PREHASH)
        token.pull_out()
        with pytest.raises(TokenLost):
            key.sign(PREHASH)
        token.put_back()
        verifies(key, signs_within(key, 10))


def test_a_wrong_pin_is_tried_once_and_never_again_until_its_file_is_written_anew(token: Token) -> None:
    place = token.made()
    token.write_pin("000000")
    with opened(place, token.access) as key, pytest.raises(TokenPinRefused):
        key.sign(PREHASH)
    token.access.pin_file.write_bytes(token.access.pin_file.read_bytes())
    token.write_pin(PIN)
    with opened(place, token.access) as key:
        verifies(key, key.sign(PREHASH))


def test_another_process_does_not_try_a_pin_that_was_refused(token: Token) -> None:
    place = token.made()
    token.write_pin("000000")
    with opened(place, token.access) as key, pytest.raises(TokenPinRefused):
        key.sign(PREHASH)
    unreachable = replace(token.access, module=token.directory / "no-module")
    with opened(place, unreachable) as key, pytest.raises(TokenPinRefused):
        key.sign(PREHASH)


def test_a_pin_file_open_to_others_is_not_read(token: Token) -> None:
    place = token.made()
    token.access.pin_file.chmod(0o640)
    with opened(place, token.access) as key, pytest.raises(TokenPinRefused):
        key.sign(PREHASH)
    assert not list(token.access.memory.glob("*.json")), "nothing was tried"


def test_the_pin_is_in_no_argument_and_no_environment(token: Token) -> None:
    with opened(token.made(), token.access) as key:
        key.sign(PREHASH)
        for name in ("cmdline", "environ"):
            assert PIN.encode() not in Path(f"/proc/{process_of(key)}/{name}").read_bytes()


def test_threads_take_turns_and_each_gets_its_own_signature(token: Token) -> None:
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(40)]
    with opened(token.made("rsa2048"), token.access) as key, ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(key.sign, digests))
        assert len(set(signatures)) == len(digests)
        again = [key.sign(digest) for digest in digests]
    assert again == signatures
