import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardauth import UserCertificate, hash_pin, hash_pins
from cardauth.pin_hash import HashedPin, pin_marks, pin_matches
from keys.keyed_hash import keyed_hash
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from tests.cardauth.world import CITY, ISSUER, OTHER_CITY, demo_keys

CARD = UserCertificate(ISSUER, "5", "0042")
DIGITS = st.from_regex(r"[0-9]{4}", fullmatch=True)


def matches(stored: HashedPin, credential: UserCertificate, city: str = CITY, key: SecretKey | None = None) -> bool:
    key = key or demo_keys().secret(Purpose.PIN, stored.key_version)
    return pin_matches(key, city, credential, stored.pin_hash)


@given(DIGITS, DIGITS)
@settings(max_examples=50)
def test_a_pin_matches_itself_and_no_other(registered: str, tried: str) -> None:
    stored = hash_pin(demo_keys(), CITY, UserCertificate(ISSUER, "5", registered))
    assert matches(stored, UserCertificate(ISSUER, "5", tried)) == (registered == tried)


def test_a_hash_is_bound_to_the_city_and_the_credential() -> None:
    stored = hash_pin(demo_keys(), CITY, CARD)
    assert matches(stored, CARD)
    assert not matches(stored, CARD, OTHER_CITY)
    assert not matches(stored, UserCertificate(ISSUER, "6", CARD.pin))
    assert not matches(stored, UserCertificate("ff", "5", CARD.pin))


def test_a_hash_is_worth_nothing_without_the_key() -> None:
    stored = hash_pin(demo_keys(), CITY, CARD)
    assert not matches(stored, CARD, key=SecretKey(Purpose.PIN, 1, b"\x00" * 32))


def test_nothing_matches_where_nothing_is_stored() -> None:
    key = demo_keys().secret(Purpose.PIN)
    assert not any(pin_matches(key, CITY, UserCertificate(ISSUER, "5", f"{pin:04}"), None) for pin in range(20))


def test_the_same_pin_is_never_stored_alike() -> None:
    hashes = [hashed.pin_hash for hashed in hash_pins(demo_keys(), CITY, [CARD] * 5)]
    assert len(set(hashes)) == 5
    assert all(text.startswith("$argon2id$v=19$m=1024,t=2,p=1$") for text in hashes)


def test_many_are_hashed_in_the_order_given() -> None:
    cards = [UserCertificate(ISSUER, str(serial), f"{serial:04}") for serial in range(40)]
    for card, stored in zip(cards, hash_pins(demo_keys(), CITY, cards), strict=True):
        assert matches(stored, card)


def test_a_mark_tells_one_pin_on_one_request_and_nothing_else() -> None:
    requests = [("a", "menus", "1"), ("a", "issuances", "1"), ("b", "menus", "1"), ("a", "menus", "2")]
    cards = [CARD, UserCertificate(ISSUER, "5", "0043"), UserCertificate(ISSUER, "6", CARD.pin)]
    marks = {pin_marks(demo_keys(), CITY, card, request) for card in cards for request in requests}
    assert len(marks) == len(requests) * len(cards)
    assert pin_marks(demo_keys(), CITY, CARD, requests[0]) == pin_marks(demo_keys(), CITY, CARD, requests[0])


@pytest.mark.parametrize("part", [b"mark", CARD.canonical])
def test_a_mark_is_not_the_hash_under_the_slow_hash(part: bytes) -> None:
    key = demo_keys().secret(Purpose.PIN)
    (mark,) = pin_marks(demo_keys(), CITY, CARD, ("a", "menus", "1"))
    assert mark != keyed_hash(key, CITY.encode(), part, CARD.pin.encode())
