"""Authorities that are down, late, wrong or lie: the level is not reached, the reason is named, nothing half made is left."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from asn1crypto import crl, ocsp, tsp
from certomancer.registry import KeyLabel, ServiceLabel
from certomancer.services import SimpleOCSPResponder

from pdf import UnsignedDocument
from pdf.levels import errors
from pdf.levels.asking import AskingLimits
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import raise_level
from pdf.levels.revocation import KeepingLimits
from pdf.levels.trust import Trust
from tests.pdf.levels.making import authorities, raised, signed_by, told
from tests.pdf.levels.pki import Fault, Pki

TSA, OCSP, TSA_OCSP, CRL = "tsa/tsa", "ocsp/interm", "ocsp/tsa-root", "crls/root/latest.crl"
Remade = Callable[[Pki, bytes, bytes], bytes]


def answer(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status)


def remade(pki: Pki, make: Remade) -> Fault:
    async def fault(question: bytes, right: bytes) -> web.Response:
        return answer(make(pki, question, right))

    return fault


def _stamped(pki: Pki, question: bytes, label: str = "tsa", **changes: Any) -> bytes:
    """An answer to a question that differs from the one that was asked."""
    asked = tsp.TimeStampReq.load(question)
    for name, value in changes.items():
        asked[name] = value
    stamper = pki.architecture.service_registry.summon_timestamper(ServiceLabel(label), pki.now)
    return bytes(stamper.request_tsa_response(asked).dump())


def other_imprint(pki: Pki, question: bytes, _: bytes) -> bytes:
    return _stamped(
        pki, question, message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    )  # fmt: skip


def other_nonce(pki: Pki, question: bytes, _: bytes) -> bytes:
    return _stamped(pki, question, nonce=5)


def no_nonce(pki: Pki, question: bytes, _: bytes) -> bytes:
    return _stamped(pki, question, nonce=None)


def another_authority(pki: Pki, question: bytes, _: bytes) -> bytes:
    return _stamped(pki, question, "stranger")


def signature_changed(_: Pki, __: bytes, right: bytes) -> bytes:
    return right[:-1] + bytes((right[-1] ^ 1,))


def rejected(*_: object) -> bytes:
    status: bytes = tsp.PKIStatusInfo({"status": "rejection"}).dump()
    return bytes((0x30, len(status))) + status


WRONG_STAMPS: list[tuple[Remade, type[errors.LevelUnreached]]] = [
    (other_imprint, errors.TimeStampWrong),
    (other_nonce, errors.TimeStampWrong),
    (no_nonce, errors.TimeStampWrong),
    (another_authority, errors.TimeStampUntrusted),
    (signature_changed, errors.TimeStampUntrusted),
    (rejected, errors.TimeStampRefused),
    (lambda *_: b"<html>Service unavailable</html>", errors.TimeStampRefused),
    (lambda *_: b"", errors.TimeStampRefused),
    (lambda *_: b"0" * 2_000_000, errors.ValidationDataTooLarge),
]


@pytest.mark.parametrize(("make", "reason"), WRONG_STAMPS)
async def test_a_wrong_time_stamp_is_not_taken(
    make: Remade, reason: type[Exception], pki: Pki, document: UnsignedDocument
) -> None:
    pki.faults[TSA] = remade(pki, make)
    made = await raised(pki, document, SignatureLevel.B_LTA)
    assert (made.level, type(made.failure)) == (SignatureLevel.B_B, reason)
    assert made.content == signed_by_length(made.content, document)
    assert (await told(pki, made.content)).problems == ()


def signed_by_length(content: bytes, document: UnsignedDocument) -> bytes:
    """The part of a file that was signed: nothing more may stand there."""
    return content[: len(document.content)]


async def test_a_second_time_stamp_that_is_wrong_leaves_the_level_below(pki: Pki, document: UnsignedDocument) -> None:
    async def only_the_first(question: bytes, right: bytes) -> web.Response:
        return answer(right if pki.asked[TSA] == 1 else other_imprint(pki, question, right))

    pki.faults[TSA] = only_the_first
    made = await raised(pki, document, SignatureLevel.B_LTA)
    assert (made.level, type(made.failure)) == (SignatureLevel.B_LT, errors.TimeStampWrong)
    found = await told(pki, made.content)
    assert (found.problems, found.level) == ((), SignatureLevel.B_LT)


async def test_a_time_stamp_larger_than_its_room(pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, SignatureLevel.B_T, room=256)
    assert (made.level, type(made.failure)) == (SignatureLevel.B_B, errors.TimeStampTooLarge)


async def test_a_policy_that_was_not_asked_for(pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, SignatureLevel.B_T, policy="1.2.392.200091.9999")
    assert type(made.failure) is errors.TimeStampWrong
    assert (await raised(pki, document, SignatureLevel.B_T, policy="1.3.6.1.4.1.4146.2.3")).failure is None


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_a_clock_five_minutes_off(minutes: int, pki: Pki, document: UnsignedDocument) -> None:
    async def off(question: bytes, _: bytes) -> web.Response:
        registry = pki.architecture.service_registry
        stamper = registry.summon_timestamper(ServiceLabel("tsa"), pki.now + timedelta(minutes=minutes))
        return answer(stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump())

    pki.faults[TSA] = off
    made = await raised(pki, document, SignatureLevel.B_T)
    assert type(made.failure) is errors.TimeStampOffClock


async def test_a_time_stamp_of_an_authority_that_is_not_trusted(pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, SignatureLevel.B_T, trust=Trust((pki.certificate("root"),)))
    assert type(made.failure) is errors.TimeStampUntrusted


async def test_a_late_answer_is_not_waited_for(pki: Pki, document: UnsignedDocument) -> None:
    async def late(_: bytes, right: bytes) -> web.Response:
        await asyncio.sleep(2)
        return answer(right)

    pki.faults[TSA] = late
    made = await raised(pki, document, SignatureLevel.B_T, limits=AskingLimits(seconds=0.2))
    assert type(made.failure) is errors.AuthorityUnreachable


async def test_the_deadline_of_the_request_ends_the_waiting(pki: Pki, document: UnsignedDocument) -> None:
    async def late(_: bytes, right: bytes) -> web.Response:
        await asyncio.sleep(2)
        return answer(right)

    pki.faults[TSA] = late
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await raised(pki, document, SignatureLevel.B_T)


async def test_an_authority_that_keeps_failing_is_left_alone_and_tried_again_later(
    pki: Pki, document: UnsignedDocument
) -> None:
    async def down(_: bytes, right: bytes) -> web.Response:
        return web.Response(status=200, body=right, headers={"Content-Length": str(len(right) + 1)})

    signed = signed_by(pki, document)
    pki.faults[TSA] = down
    limits = AskingLimits(seconds=0.3, failures=2, pause_seconds=0.5)
    async with authorities(pki, limits=limits) as ours:
        reasons = [type((await raise_level(signed, SignatureLevel.B_T, ours)).failure) for _ in range(4)]
        assert reasons == [errors.AuthorityUnreachable] * 2 + [errors.AuthorityPaused] * 2
        assert pki.asked[TSA] == 2
        pki.faults.clear()
        await asyncio.sleep(0.6)
        assert (await raise_level(signed, SignatureLevel.B_T, ours)).failure is None
        assert (await raise_level(signed, SignatureLevel.B_T, ours)).failure is None


# OCSP and CRLs ------------------------------------------------------------------------------------------------------------


def _responder(pki: Pki, key: str, minutes: int = 0) -> SimpleOCSPResponder:
    right = pki.architecture.service_registry.summon_responder(ServiceLabel("interm"), pki.now)
    right.at_time += timedelta(minutes=minutes)
    right.responder_key = pki.architecture.key_set.get_private_key(KeyLabel(key))
    return right


def another_serial(pki: Pki, question: bytes, _: bytes) -> bytes:
    asked = ocsp.OCSPRequest.load(question)
    asked["tbs_request"]["request_list"][0]["req_cert"]["serial_number"] = 4711
    return bytes(_responder(pki, "ocsp").build_ocsp_response(asked).dump())


def wrong_key(pki: Pki, question: bytes, _: bytes) -> bytes:
    return bytes(_responder(pki, "stranger").build_ocsp_response(ocsp.OCSPRequest.load(question)).dump())


def stale(pki: Pki, question: bytes, _: bytes) -> bytes:
    return bytes(_responder(pki, "ocsp", -60).build_ocsp_response(ocsp.OCSPRequest.load(question)).dump())


def of_the_future(pki: Pki, question: bytes, _: bytes) -> bytes:
    return bytes(_responder(pki, "ocsp", 60).build_ocsp_response(ocsp.OCSPRequest.load(question)).dump())


def unauthorised(*_: object) -> bytes:
    return bytes(ocsp.OCSPResponse({"response_status": "unauthorized"}).dump())


@pytest.mark.parametrize(
    "make", [another_serial, wrong_key, stale, of_the_future, unauthorised, lambda *_: b"no such page"]
)
async def test_an_ocsp_responder_that_lies(make: Remade, pki: Pki, document: UnsignedDocument) -> None:
    pki.faults[OCSP] = remade(pki, make)
    made = await raised(pki, document, SignatureLevel.B_LTA)
    assert (made.level, type(made.failure)) == (SignatureLevel.B_T, errors.RevocationUnknown)
    assert (await told(pki, made.content)).problems == ()


async def test_a_crl_past_its_next_update(pki: Pki, document: UnsignedDocument) -> None:
    registry = pki.architecture.service_registry
    old = registry.get_crl(ServiceLabel("root"), pki.now - timedelta(days=200)).dump()
    assert crl.CertificateList.load(old)["tbs_cert_list"]["next_update"].native < pki.now
    pki.faults[CRL] = remade(pki, lambda *_: old)
    made = await raised(pki, document, SignatureLevel.B_LT)
    assert (made.level, type(made.failure)) == (SignatureLevel.B_T, errors.RevocationUnknown)


async def test_a_crl_of_another_authority(pki: Pki, document: UnsignedDocument) -> None:
    other = pki.architecture.service_registry.get_crl(ServiceLabel("tsa-root"), pki.now).dump()
    pki.faults[CRL] = remade(pki, lambda *_: other)
    assert type((await raised(pki, document, SignatureLevel.B_LT)).failure) is errors.RevocationUnknown


async def test_a_revoked_signer(pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, SignatureLevel.B_LTA, label="revoked")
    assert (made.level, type(made.failure)) == (SignatureLevel.B_T, errors.CertificateRevoked)


async def test_a_certificate_that_names_nobody_to_ask(pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, SignatureLevel.B_LT, label="silent")
    assert type(made.failure) is errors.RevocationUnknown


async def test_validation_data_is_asked_for_once_and_again_when_it_is_old(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    async with authorities(pki, keeping=KeepingLimits(age=timedelta(minutes=5))) as ours:
        for minutes, asked in ((0, 1), (4, 1), (6, 2), (15, 3)):
            pki.now = pki.now.replace(minute=minutes)
            assert (await raise_level(signed, SignatureLevel.B_LT, ours)).failure is None
            assert (pki.asked[OCSP], pki.asked[CRL]) == (asked, asked)


async def test_many_at_once_ask_an_authority_once(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    async with authorities(pki) as ours:
        made = await asyncio.gather(*(raise_level(signed, SignatureLevel.B_LT, ours) for _ in range(8)))
    assert [one.failure for one in made] == [None] * 8
    assert pki.asked == {TSA: 8, OCSP: 1, CRL: 1, TSA_OCSP: 1}


async def test_what_is_kept_is_never_used_past_its_next_update(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    async with authorities(pki, keeping=KeepingLimits(age=timedelta(days=1))) as ours:
        await raise_level(signed, SignatureLevel.B_LT, ours)
        pki.now += timedelta(minutes=11)
        pki.faults[OCSP] = remade(pki, unauthorised)
        assert type((await raise_level(signed, SignatureLevel.B_LT, ours)).failure) is errors.RevocationUnknown


async def test_no_more_chains_are_kept_than_allowed(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    async with authorities(pki, keeping=KeepingLimits(chains=1)) as ours:
        for _ in range(2):
            assert (await raise_level(signed, SignatureLevel.B_LT, ours)).failure is None
        assert len(ours.revocation._kept) == 1
        assert pki.asked[OCSP] == 2
