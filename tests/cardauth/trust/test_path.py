"""Who issued a certificate is decided by signature and key id, and by no name."""

import asyncio
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from cardauth import Reason
from cardauth.certificate import CertificateUnreadable, read_certificate
from cardauth.trust import AnchorsUnacceptable, CardTrust, CertificateRefused, RevocationChecker, RevocationSources
from cardauth.trust.anchors import TrustAnchors
from kiosk_server.demo.jpki import DemoJpki, Profile, issue_user_certificate, make_demo_jpki
from kiosk_server.demo.jpki.generations import CaGeneration, make_generation, read_generations
from kiosk_server.demo.jpki.issuing import CardPrivateKey
from kiosk_server.revocation_fetcher import HttpFetcher
from tests.cardauth.card.cards import KEY_ID, NOW, SERIAL, card_key, jpki
from tests.cardauth.trust.authority import PROFILE, X400_ADDRESS, Clock, anchors, certificate, real_looking, stranger


def trust(of: TrustAnchors | None = None, clock: Clock | None = None) -> CardTrust:
    """Trust that asks nobody: path and profile only."""
    clock = clock or Clock()
    return CardTrust(of or anchors(), RevocationChecker(RevocationSources(None, None), HttpFetcher(), clock), clock)


def refusal(der: bytes, of: CardTrust | None = None) -> Reason:
    with pytest.raises(CertificateRefused) as caught:
        (of or trust()).trusted(der)
    return caught.value.reason


@pytest.mark.parametrize("number", [0, 1])
def test_every_generation_is_found_though_all_have_one_name(number: int) -> None:
    ca = jpki().generations[number]
    names = {one.certificate.subject for one in jpki().generations}
    assert len(names) == 1
    assert trust().trusted(certificate(ca)).issuer.key_id == ca.key_id


@pytest.mark.parametrize("number", [0, 1])
def test_without_a_key_id_the_signature_alone_finds_the_generation(number: int) -> None:
    ca = jpki().generations[number]
    assert trust().trusted(certificate(ca, without_key_id=True)).issuer.key_id == ca.key_id


def test_the_same_serial_of_two_generations_is_two_credentials() -> None:
    keys = {trust().trusted(certificate(ca)).key for ca in jpki().generations}
    assert len(keys) == 2
    assert {key.serial for key in keys} == {str(PROFILE.serial)}


def test_a_stranger_with_the_same_name_and_key_id_is_not_believed() -> None:
    assert refusal(certificate(stranger())) is Reason.CERTIFICATE_FOR_TESTS
    assert stranger().certificate.subject == jpki().current.certificate.subject


def test_a_certificate_that_names_another_generation_than_its_signer_is_not_believed() -> None:
    first, second = jpki().generations
    der = certificate(second, key_id=bytes.fromhex(first.key_id))
    assert refusal(der) is Reason.CERTIFICATE_FOR_TESTS


def test_an_authority_nobody_knows_is_refused_as_unknown() -> None:
    assert refusal(certificate(real_looking())) is Reason.ISSUER_UNKNOWN


def test_an_expired_generation_is_refused_though_the_certificate_is_in_time() -> None:
    short = make_generation("77" * 20, 9, NOW - timedelta(days=800), life=timedelta(days=799))
    of = trust(TrustAnchors.from_pem(short.pem, is_demo=True))
    assert refusal(certificate(short), of) is Reason.ISSUER_EXPIRED


def test_a_renewed_generation_takes_over_and_the_old_one_still_counts_until_it_ends() -> None:
    clock = Clock()
    of = trust(clock=clock)
    old, new = (certificate(ca, life=timedelta(days=4000)) for ca in jpki().generations)
    assert of.trusted(old).issuer.key_id != of.trusted(new).issuer.key_id
    clock.advance(days=365 * 6 + 1)
    assert refusal(old, of) is Reason.ISSUER_EXPIRED
    assert of.trusted(new).issuer.key_id == KEY_ID


POLICY_OF_SIGNING = ObjectIdentifier("1.2.392.200149.8.5.1.1.20")
ANY_POLICY = ObjectIdentifier("2.5.29.32.0")
UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.392.200149.8.5.1.9.9"), b"\x05\0")
SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
CLIENT = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])

REFUSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "not yet valid": ({"not_before": NOW + timedelta(seconds=1)}, Reason.CERTIFICATE_NOT_YET_VALID),
    "expired": ({"life": timedelta(days=364)}, Reason.CERTIFICATE_EXPIRED),
    "a certificate for signatures": ({"policy": POLICY_OF_SIGNING}, Reason.CERTIFICATE_POLICY),
    "any policy": ({"policy": ANY_POLICY}, Reason.CERTIFICATE_POLICY),
    "no policy": ({"policy": None}, Reason.CERTIFICATE_POLICY),
    "no digital signature": ({"digital_signature": False}, Reason.CERTIFICATE_KEY_USAGE),
    "non-repudiation": ({"content_commitment": True}, Reason.CERTIFICATE_KEY_USAGE),
    "usage not critical": ({"usage_critical": False}, Reason.CERTIFICATE_KEY_USAGE),
    "for servers": ({"extra": ((SERVER, False),)}, Reason.CERTIFICATE_KEY_USAGE),
    "a CA": ({"is_ca": True}, Reason.CERTIFICATE_OF_A_CA),
    "unknown critical extension": ({"extra": ((UNKNOWN, True),)}, Reason.CERTIFICATE_EXTENSION),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_profile_is_refused_for_its_own_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert refusal(certificate(**changes)) is reason


def test_what_the_profile_leaves_open_is_accepted() -> None:
    for extra in (((UNKNOWN, False),), ((CLIENT, False),), ((CLIENT, True),)):
        assert trust().trusted(certificate(extra=extra)).key.issuer_key_id == KEY_ID
    assert trust().trusted(certificate(key="p384")).key.serial == str(PROFILE.serial)


@cache
def odd_key(kind: str) -> CardPrivateKey:
    if kind == "p256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=3072 if kind == "rsa3072" else 1024)


@pytest.mark.parametrize("kind", ["p256", "rsa1024", "rsa3072"])
def test_a_key_that_no_card_has_is_refused(kind: str) -> None:
    der = issue_user_certificate(jpki().current, odd_key(kind), PROFILE).der
    assert refusal(der) is Reason.CERTIFICATE_KEY


def test_a_certificate_is_good_to_the_second_it_ends() -> None:
    clock = Clock()
    of = trust(clock=clock)
    der = certificate(not_before=NOW, life=timedelta(days=1))
    assert of.trusted(der).key.issuer_key_id == KEY_ID
    clock.now = NOW + timedelta(days=1)
    assert of.trusted(der).key.issuer_key_id == KEY_ID
    clock.advance(seconds=1)
    assert refusal(der, of) is Reason.CERTIFICATE_EXPIRED


@given(st.integers(0, 4000), st.integers(1, 255))
def test_an_altered_certificate_is_never_another_persons(position: int, flip: int) -> None:
    der = bytearray(certificate())
    der[position % len(der)] ^= flip
    try:
        found = trust().trusted(bytes(der))
    except CertificateRefused:
        return
    assert found.key.serial == str(PROFILE.serial)


@given(
    serial=st.integers(1, 2**159 - 1),
    digital=st.booleans(),
    commits=st.booleans(),
    critical=st.booleans(),
    is_ca=st.booleans(),
    starts=st.integers(-800, 400),
)
def test_what_we_believe_an_other_validator_believes_too(
    *, serial: int, digital: bool, commits: bool, critical: bool, is_ca: bool, starts: int
) -> None:
    """The oracle is pyHanko's validator: laxer about the profile, by other people, strict about the path."""
    der = issue_user_certificate(
        jpki().current,
        card_key(),
        Profile(
            serial,
            NOW + timedelta(days=starts),
            life=timedelta(days=400),
            digital_signature=digital,
            content_commitment=commits,
            usage_critical=critical,
            is_ca=is_ca,
        ),
    ).der
    try:
        trust().trusted(der)
    except CertificateRefused:
        return
    assert _other_validator(der) == [jpki().current.certificate.public_bytes(Encoding.DER), der]


def _other_validator(der: bytes) -> list[bytes]:
    """The path that pyHanko's validator finds, from the anchor down."""
    roots = [asn1_x509.Certificate.load(one.certificate.public_bytes(Encoding.DER)) for one in jpki().generations]
    context = ValidationContext(trust_roots=roots, moment=NOW, allow_fetching=False, revocation_mode="soft-fail")
    validator = CertificateValidator(asn1_x509.Certificate.load(der), validation_context=context)
    path = asyncio.run(validator.async_validate_usage({"digital_signature"}))  # type: ignore[no-untyped-call]
    return [path.trust_anchor.certificate.dump(), *(one.dump() for one in path.iter_certs(include_root=False))]


def test_the_refusal_says_nothing_of_its_reason() -> None:
    with pytest.raises(CertificateRefused) as caught:
        trust().trusted(certificate(policy=None))
    assert Reason.CERTIFICATE_POLICY.value not in str(caught.value) + repr(caught.value)
    assert str(PROFILE.serial) not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("is_demo", [False, True])
def test_production_believes_no_test_authority_and_a_demo_no_real_one(*, is_demo: bool) -> None:
    wrong = real_looking().pem if is_demo else jpki().anchors_pem
    with pytest.raises(AnchorsUnacceptable):
        TrustAnchors.from_pem(wrong, is_demo=is_demo)
    right = jpki().anchors_pem if is_demo else real_looking().pem
    assert TrustAnchors.from_pem(right, is_demo=is_demo).generations


def test_a_card_of_a_test_authority_has_a_reason_of_its_own_in_production() -> None:
    of = trust(TrustAnchors.from_pem(real_looking().pem, is_demo=False))
    assert refusal(certificate(), of) is Reason.CERTIFICATE_FOR_TESTS


@pytest.mark.parametrize(
    "pem",
    [b"", b"nothing", stranger().pem + jpki().current.pem],
    ids=["empty", "no PEM", "two with one key id"],
)
def test_anchors_that_cannot_be_told_apart_are_refused(pem: bytes) -> None:
    with pytest.raises(AnchorsUnacceptable):
        TrustAnchors.from_pem(pem, is_demo=True)


def test_a_user_certificate_is_no_anchor() -> None:
    pem = x509.load_der_x509_certificate(certificate()).public_bytes(Encoding.PEM)
    with pytest.raises(AnchorsUnacceptable):
        TrustAnchors.from_pem(pem, is_demo=True)


def test_a_demo_authority_is_read_back_from_its_files() -> None:
    made: DemoJpki = make_demo_jpki(KEY_ID, NOW)
    again = read_generations([(one.pem, one.private_pem) for one in made.generations])
    assert [one.key_id for one in again.generations] == [one.key_id for one in made.generations]
    known: CaGeneration = again.current
    assert read_certificate(certificate(known)).authority_key_id == KEY_ID


def test_a_certificate_with_a_name_that_no_library_reads_is_unreadable() -> None:
    names = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x02" + X400_ADDRESS)
    assert refusal(certificate(extra=((names, False),))) is Reason.CERTIFICATE_UNREADABLE


@pytest.mark.parametrize("key_id", ["", "ab" * 33], ids=["empty", "too long"])
def test_a_generation_that_no_credential_could_name_is_no_anchor(key_id: str) -> None:
    with pytest.raises(AnchorsUnacceptable):
        TrustAnchors.from_pem(make_generation(key_id, 7, NOW - timedelta(days=1)).pem, is_demo=True)


def test_one_certificate_has_one_spelling_even_outside_the_signed_part() -> None:
    spoiled = next(der for der in map(_numbered, range(64)) if der[-1] & 1 == 0)
    read_certificate(bytes(spoiled))
    signature = x509.load_der_x509_certificate(bytes(spoiled)).signature
    spoiled[-len(signature) - 1] = 1  # one unused bit at the end, which may be said where that bit is zero
    with pytest.raises(CertificateUnreadable):
        read_certificate(bytes(spoiled))


def _numbered(order: int) -> bytearray:
    profile = Profile(SERIAL + order, NOW - timedelta(days=1))
    return bytearray(issue_user_certificate(jpki().current, card_key(), profile).der)
