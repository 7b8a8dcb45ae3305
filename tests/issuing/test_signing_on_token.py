"""A token pulled out, stalled or crashed while a certificate is signed: refused as busy, nothing half made, nobody else waits."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest

from keys.errors import CertificateOutOfDate, DocumentKeyOutOfDate, KeyNotFound
from keys.file_provider import FileKeyProvider, create_keys
from keys.token_keys import TokenKeys
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from tests.faults.aftermath import nothing_is_open, yields_one_right_certificate
from tests.issuing.city import CENTRE, City, city
from tests.issuing.conftest import PASSPHRASE, THIS_YEAR
from tests.keys.tokens.conftest import token
from tests.keys.tokens.keys_on_token import put_on_token
from tests.keys.tokens.softhsm import Token
from tests.servers import Database

__all__ = ["token"]

LIMIT = 0.5


@pytest.fixture
def on_token(tmp_path: Path, token: Token) -> FileKeyProvider:
    directory = tmp_path / "keys"
    create_keys(directory, PASSPHRASE, marker="demo", clock=lambda: THIS_YEAR)
    put_on_token(directory, PASSPHRASE, token)
    return FileKeyProvider(directory, PASSPHRASE, tokens=TokenKeys(replace(token.access, limit=LIMIT)))


@pytest.fixture
async def ashikaga(database: Database, on_token: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[City]:
    async with city(database, on_token, paper) as made:
        await made.registry.family("900", "101", "102", "103")
        await made.project()
        yield made
    on_token.close()


async def refused(made: City, request: IssuanceRequest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await made.issuing.issue(CENTRE, request)
    return caught.value


async def issued_again(made: City, request: IssuanceRequest) -> Certificate:
    """The certificate, once the token is back."""
    give_up = time.monotonic() + 15
    while True:
        with suppress(Refusal):
            return await made.issuing.issue(CENTRE, request)
        assert time.monotonic() < give_up
        await asyncio.sleep(0.2)


def token_process(keys: FileKeyProvider) -> int:
    key = keys.document_signer().private_key
    return int(key._conversation.process_id)  # type: ignore[union-attr]


async def test_a_certificate_is_signed_by_the_token(ashikaga: City, on_token: FileKeyProvider) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    certificate = await yields_one_right_certificate(ashikaga, request)
    signer = on_token.document_signer()
    assert signer.is_on_token
    assert signer.certificate_der in certificate.content or signer.certificate_der.hex().encode() in certificate.content


async def test_a_stalled_token_costs_its_request_and_nobody_else_waits(
    ashikaga: City, on_token: FileKeyProvider
) -> None:
    credential = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(credential))
    os.kill(token_process(on_token), signal.SIGSTOP)
    request = ashikaga.request(credential)
    waiting = asyncio.create_task(refused(ashikaga, request))
    longest, last = 0.0, time.monotonic()
    while not waiting.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    refusal = await waiting
    assert (refusal.code, refusal.reason) == (RefusalCode.BUSY, "TokenLost")
    assert refusal.retry_after
    assert longest < LIMIT, "the event loop went on"
    await nothing_is_open(ashikaga)
    assert (await issued_again(ashikaga, request)).content


async def test_many_requests_at_a_stalled_token_are_all_answered_within_the_deadline(
    ashikaga: City, on_token: FileKeyProvider
) -> None:
    credential = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(credential))
    os.kill(token_process(on_token), signal.SIGSTOP)
    began = time.monotonic()
    asked = [ashikaga.issuing.issue(CENTRE, ashikaga.request(credential)) for _ in range(6)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert time.monotonic() - began < ashikaga.environment.limits.deadline.total_seconds()
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    # Whose turn comes after the stalled process has been replaced is served.
    assert {refusal.code for refusal in refusals} == {RefusalCode.BUSY}
    assert all(isinstance(answer, Refusal | Certificate) for answer in answers)
    await nothing_is_open(ashikaga)


async def test_a_token_pulled_out_in_mid_signature_refuses_and_the_same_request_succeeds_once_it_is_back(
    ashikaga: City, on_token: FileKeyProvider, token: Token
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    on_token.document_signer().sign(bytes(32))
    token.pull_out()
    refusal = await refused(ashikaga, request)
    assert (refusal.code, refusal.reason) == (RefusalCode.BUSY, "TokenLost")
    await nothing_is_open(ashikaga)
    assert await ashikaga.rows("SELECT FROM history.issuance") == []
    token.put_back()
    await issued_again(ashikaga, request)
    await yields_one_right_certificate(ashikaga, request)


async def test_a_module_that_crashes_in_mid_signature_voids_the_attempt(
    ashikaga: City, on_token: FileKeyProvider
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    on_token.document_signer().sign(bytes(32))
    os.kill(token_process(on_token), signal.SIGSEGV)
    assert (await refused(ashikaga, request)).code is RefusalCode.BUSY
    await nothing_is_open(ashikaga)
    await issued_again(ashikaga, request)
    await yields_one_right_certificate(ashikaga, request)


@pytest.mark.parametrize("unusable", [CertificateOutOfDate, DocumentKeyOutOfDate, KeyNotFound])
async def test_without_a_key_that_may_sign_now_the_attempt_is_void(
    ashikaga: City, on_token: FileKeyProvider, monkeypatch: pytest.MonkeyPatch, unusable: type[KeyNotFound]
) -> None:
    def ended() -> Never:
        raise unusable

    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    with monkeypatch.context() as patch:
        patch.setattr(on_token, "document_signer", ended)
        refusal = await refused(ashikaga, request)
    assert (refusal.code, refusal.reason) == (RefusalCode.BUSY, unusable.__name__)
    await nothing_is_open(ashikaga)
    await yields_one_right_certificate(ashikaga, request)
