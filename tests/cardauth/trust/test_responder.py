"""Who may answer for a generation: itself, or a responder that it has charged with that (RFC 6960 4.2.2.2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from kiosk_server.demo.jpki import IssuedUserCertificate, Profile, issue_user_certificate
from kiosk_server.demo.jpki.generations import CaGeneration, make_generation
from tests.cardauth.card.cards import NOW, card_key, jpki
from tests.cardauth.trust.authority import X400_ADDRESS, Authority, certificate, stranger

DAY = timedelta(days=1)
NAME = "OCSP responder"
CHARGED = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
FOR_CLIENTS = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
NAMED_ODDLY = (x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x02" + X400_ADDRESS), False)
Extra = tuple[x509.ExtensionType, bool]


def responder(
    ca: CaGeneration, *extra: Extra, since: timedelta = DAY, life: timedelta = 30 * DAY, key: str = "p384"
) -> IssuedUserCertificate:
    profile = Profile(99, NOW - since, life=life, subject=NAME, policy=None, extra=extra)
    return issue_user_certificate(ca, card_key(key), profile)


def self_signed() -> IssuedUserCertificate:
    """A responder that nobody charged but itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    own = make_generation(jpki().current.key_id, 99, NOW - DAY, name=name)
    profile = Profile(99, NOW - DAY, subject=NAME, policy=None, extra=(CHARGED,))
    return issue_user_certificate(own, own.private_key, profile)


def answered_by(authority: Authority, of: Callable[[CaGeneration], IssuedUserCertificate | CaGeneration]) -> None:
    """An answer of this responder, with its certificate; no list helps."""
    authority.books.signs_ocsp, authority.books.embeds_signer = of, True
    authority.books.crl_works = False


@pytest.mark.parametrize("key", ["rsa", "p384"])
async def test_a_responder_that_the_generation_charged_is_believed(authority: Authority, key: str) -> None:
    answered_by(authority, lambda ca: responder(ca, CHARGED, key=key))
    assert await authority.verdict(certificate()) == "good"
    ca = jpki().current
    authority.books.revoked[ca.key_id, 5] = x509.ReasonFlags.key_compromise
    assert await authority.verdict(certificate(serial=5)) == "certificate_revoked_by_issuer"
    assert authority.books.asked == ["ocsp", "ocsp"]


async def test_a_generation_may_send_its_own_certificate_along(authority: Authority) -> None:
    answered_by(authority, lambda ca: ca)
    assert await authority.verdict(certificate()) == "good"


UNCHARGED: dict[str, Callable[[CaGeneration], IssuedUserCertificate]] = {
    "no extended usage": responder,
    "for clients": lambda ca: responder(ca, FOR_CLIENTS),
    "expired": lambda ca: responder(ca, CHARGED, since=30 * DAY, life=29 * DAY),
    "not yet valid": lambda ca: responder(ca, CHARGED, since=-DAY),
    "of the other generation": lambda ca: responder(next(one for one in jpki().generations if one is not ca), CHARGED),
    "of a stranger with the generation's name and key id": lambda _ca: responder(stranger(), CHARGED),
    "self-signed": lambda _ca: self_signed(),
    "with a name that no library reads": lambda ca: responder(ca, CHARGED, NAMED_ODDLY),
}


@pytest.mark.parametrize("of", UNCHARGED.values(), ids=UNCHARGED)
async def test_a_responder_that_the_generation_has_not_charged_is_not_believed(
    authority: Authority, of: Callable[[CaGeneration], IssuedUserCertificate]
) -> None:
    answered_by(authority, of)
    assert await authority.verdict(certificate()) == "not known"
    assert authority.books.asked == ["ocsp", "crl"]


async def test_a_responder_whose_certificate_does_not_come_along_is_nobody(authority: Authority) -> None:
    answered_by(authority, lambda ca: responder(ca, CHARGED))
    authority.books.embeds_signer = False
    assert await authority.verdict(certificate()) == "not known"
