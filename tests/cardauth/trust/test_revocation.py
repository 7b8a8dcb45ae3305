"""OCSP, the list, and what happens when neither can be had. Real HTTP to a strict fake authority."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardauth.certificate import read_certificate
from cardauth.trust import RevocationPolicy
from cardauth.trust.anchors import CaGeneration as Anchor
from cardauth.trust.crl import read_list
from cardauth.trust.ocsp import RevocationAnswerUnusable, question, read_answer
from kiosk_server.demo.jpki.generations import CaGeneration
from tests.cardauth.card.cards import NOW, jpki
from tests.cardauth.trust.authority import PROFILE, X400_ADDRESS, Authority, anchors, certificate, stranger

DER = certificate()
KEY = (jpki().current.key_id, PROFILE.serial)
REVOKED = "certificate_revoked_by_issuer"
REASONS = [reason for reason in x509.ReasonFlags if reason is not x509.ReasonFlags.remove_from_crl]


def anchor() -> Anchor:
    return next(one for one in anchors().generations if one.key_id == KEY[0])


async def test_a_good_certificate_is_asked_about_once_in_five_minutes(authority: Authority) -> None:
    assert [await authority.verdict(DER) for _ in range(3)] == ["good"] * 3
    authority.clock.advance(minutes=5)
    assert await authority.verdict(DER) == "good"
    assert authority.books.asked == ["ocsp", "ocsp"]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.value)
@pytest.mark.parametrize("by", ["ocsp", "list"])
async def test_every_reason_of_revocation_refuses_and_a_hold_too(
    authority: Authority, reason: x509.ReasonFlags, by: str
) -> None:
    authority.books.revoked[KEY] = reason
    authority.books.ocsp_works = by == "ocsp"
    assert await authority.verdict(DER) == REVOKED


async def test_a_revocation_is_final_for_this_process_whatever_is_said_later(authority: Authority) -> None:
    authority.books.revoked[KEY] = x509.ReasonFlags.certificate_hold
    assert await authority.verdict(DER) == REVOKED
    authority.books.revoked.clear()
    authority.clock.advance(days=1)
    assert await authority.verdict(DER) == REVOKED


async def test_the_same_serial_of_the_other_generation_stands(authority: Authority) -> None:
    authority.books.revoked[KEY] = x509.ReasonFlags.superseded
    assert await authority.verdict(certificate(jpki().generations[0])) == "good"
    assert await authority.verdict(DER) == REVOKED


async def test_a_certificate_that_its_issuer_does_not_know_is_refused_and_no_list_is_asked(
    authority: Authority,
) -> None:
    authority.books.unknown.add(KEY)
    assert await authority.verdict(DER) == "certificate_unknown_to_issuer"
    assert authority.books.asked == ["ocsp"]


async def test_without_ocsp_the_list_decides_and_is_fetched_once_an_hour(authority: Authority) -> None:
    authority.books.ocsp_works = False
    for serial in (1, 2, 3):
        assert await authority.verdict(certificate(serial=serial)) == "good"
    assert authority.books.asked.count("crl") == 1
    authority.clock.advance(hours=1, seconds=1)
    authority.books.revoked[KEY] = x509.ReasonFlags.superseded
    assert await authority.verdict(certificate(serial=4)) == "good"
    await authority.fetched()
    assert await authority.verdict(DER) == REVOKED
    assert authority.books.asked.count("crl") == 2


async def test_each_generation_has_a_list_of_its_own(authority: Authority) -> None:
    authority.books.ocsp_works = False
    first = jpki().generations[0]
    authority.books.revoked[first.key_id, PROFILE.serial] = x509.ReasonFlags.key_compromise
    assert await authority.verdict(DER) == "good"
    assert await authority.verdict(certificate(first)) == REVOKED


async def test_when_neither_can_be_had_nobody_passes_and_nothing_is_decided(authority: Authority) -> None:
    authority.books.ocsp_works = authority.books.crl_works = False
    assert await authority.verdict(DER) == "not known"
    authority.books.crl_works = True
    assert await authority.verdict(DER) == "good"


async def test_a_list_of_yesterday_carries_over_a_day_without_the_authority_and_no_longer(
    authority: Authority,
) -> None:
    authority.books.crl_life = timedelta(days=7)
    authority.books.ocsp_works = False
    assert await authority.verdict(DER) == "good"
    authority.books.crl_works = False
    authority.clock.advance(hours=24)
    assert await authority.verdict(DER) == "good"
    authority.clock.advance(minutes=6)
    assert await authority.verdict(DER) == "not known"


async def test_a_list_past_its_own_next_update_is_none(authority: Authority) -> None:
    authority.books.crl_life = timedelta(hours=2)
    authority.books.ocsp_works = False
    assert await authority.verdict(DER) == "good"
    authority.books.crl_works = False
    authority.clock.advance(hours=2)
    assert await authority.verdict(DER) == "not known"


async def test_an_older_list_sent_again_does_not_replace_the_newer(authority: Authority) -> None:
    ca, books = jpki().current, authority.books
    old = books.crl(ca, NOW)
    books.ocsp_works = False
    authority.clock.advance(hours=2)
    books.revoked[KEY] = x509.ReasonFlags.superseded
    assert await authority.verdict(certificate(serial=1)) == "good"
    authority.clock.advance(hours=2)
    books.alter_crl = lambda _new: old
    await authority.fetched()
    assert await authority.verdict(DER) == REVOKED


async def test_a_good_answer_is_not_believed_longer_than_it_says(authority: Authority) -> None:
    authority.books.ocsp_life = timedelta(minutes=1)
    assert await authority.verdict(DER) == "good"
    authority.clock.advance(minutes=1)
    authority.books.revoked[KEY] = x509.ReasonFlags.superseded
    assert await authority.verdict(DER) == REVOKED


def signed_by_the_other_generation(ca: CaGeneration) -> CaGeneration:
    return next(one for one in jpki().generations if one is not ca)


FORGERIES: dict[str, Callable[[Authority], None]] = {
    "a stranger of the same name and key id": lambda of: setattr(of.books, "signs_ocsp", lambda _ca: stranger()),
    "another generation of the same name": lambda of: setattr(of.books, "signs_ocsp", signed_by_the_other_generation),
    "a flipped bit": lambda of: setattr(
        of.books, "alter_ocsp", lambda raw: raw[:-9] + bytes((raw[-9] ^ 1,)) + raw[-8:]
    ),
    "cut": lambda of: setattr(of.books, "alter_ocsp", lambda raw: raw[:-1]),
    "nothing": lambda of: setattr(of.books, "alter_ocsp", lambda _raw: b""),
    "a page of HTML": lambda of: setattr(of.books, "alter_ocsp", lambda _raw: b"<html>login</html>"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_a_forged_answer_is_no_answer_and_the_list_decides(
    authority: Authority, forge: Callable[[Authority], None]
) -> None:
    forge(authority)
    authority.books.revoked[KEY] = x509.ReasonFlags.superseded
    assert await authority.verdict(DER) == REVOKED
    assert authority.books.asked == ["ocsp", "crl"]
    assert await authority.anew(crl_url=None).verdict(DER) == "not known"


@pytest.mark.parametrize("forge", ["stranger", "other generation", "flipped", "cut", "html"])
async def test_a_forged_list_is_no_list(authority: Authority, forge: str) -> None:
    books, first = authority.books, jpki().generations[0]
    books.ocsp_works = False
    books.alter_crl = {
        "stranger": lambda _raw: books.crl(stranger(), NOW),
        "other generation": lambda _raw: books.crl(first, NOW),
        "flipped": lambda raw: raw[:-9] + bytes((raw[-9] ^ 1,)) + raw[-8:],
        "cut": lambda raw: raw[:-1],
        "html": lambda _raw: b"<html>login</html>",
    }[forge]
    assert await authority.verdict(DER) == "not known"


async def test_an_answer_to_somebody_elses_question_is_none(authority: Authority) -> None:
    kept: list[bytes] = []

    def always_the_first(raw: bytes) -> bytes:
        kept.append(raw)
        return kept[0]

    authority.books.alter_ocsp = always_the_first
    assert await authority.verdict(certificate(serial=1)) == "good"
    authority.books.crl_works = False
    assert await authority.verdict(DER) == "not known"
    assert await authority.anew().verdict(certificate(serial=1)) == "not known"


async def test_an_old_answer_or_one_from_the_future_is_none(authority: Authority) -> None:
    authority.books.crl_works = False
    authority.books.ocsp_life = timedelta(days=30)
    asked = question(authority.trust.trusted(DER).read, anchor(), b"n" * 16)
    raw = await authority.fetcher.post(authority.sources.ocsp_url or "", asked.der, "application/ocsp-request")
    policy = RevocationPolicy()
    assert read_answer(raw, asked, anchor(), policy, NOW + timedelta(minutes=60)).serial_number == PROFILE.serial
    for when in (NOW + timedelta(minutes=61), NOW - timedelta(minutes=6)):
        with pytest.raises(RevocationAnswerUnusable):
            read_answer(raw, asked, anchor(), policy, when)


@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(1),
        x509.IssuingDistributionPoint(None, None, True, False, None, False, False),
    ],
    ids=["delta", "only user certificates"],
)
def test_a_list_of_a_part_is_not_the_list(extension: x509.ExtensionType) -> None:
    ca = jpki().current
    builder = x509.CertificateRevocationListBuilder(ca.certificate.subject, NOW, NOW + timedelta(days=1))
    raw = builder.add_extension(extension, critical=True).sign(ca.private_key, hashes.SHA256())
    with pytest.raises(RevocationAnswerUnusable):
        read_list(raw.public_bytes(Encoding.DER), anchor())


def test_a_list_with_a_name_that_no_library_reads_is_unusable() -> None:
    ca = jpki().current
    builder = x509.CertificateRevocationListBuilder(ca.certificate.subject, NOW, NOW + timedelta(days=1))
    issuer = x509.UnrecognizedExtension(ExtensionOID.AUTHORITY_KEY_IDENTIFIER, b"\x30\x04\xa1\x02" + X400_ADDRESS)
    raw = builder.add_extension(issuer, critical=False).sign(ca.private_key, hashes.SHA256())
    with pytest.raises(RevocationAnswerUnusable):
        read_list(raw.public_bytes(Encoding.DER), anchor())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_unusable(raw: bytes) -> None:
    asked = question(read_certificate(DER), anchor(), b"n" * 16)
    with pytest.raises(RevocationAnswerUnusable):
        read_answer(raw, asked, anchor(), RevocationPolicy(), NOW)
    with pytest.raises(RevocationAnswerUnusable):
        read_list(raw, anchor())


async def test_a_slow_or_endless_authority_is_given_up(authority: Authority) -> None:
    authority.books.alter_ocsp = lambda _raw: bytes(70_000)
    authority.books.crl_works = False
    assert await authority.verdict(DER) == "not known"
