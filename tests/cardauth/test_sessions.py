import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardauth import (
    NotIdentified,
    PersonRef,
    PersonRefRefused,
    Reason,
    RefOwner,
    SealedSession,
    SessionRefused,
    UserCertificate,
    UserCertificateKey,
    UserIdKey,
    credential_index,
    credential_key,
    open_person_ref,
    open_session,
    seal_person_ref,
    seal_session,
)
from cardauth.credential_key import CredentialKey, parse_credential_key
from cardauth.sessions import LIFETIME
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.provider import KeyProvider
from keys.purpose import Purpose
from tests.cardauth.world import CITY, ISSUER, NOW, OTHER_CITY, PASSPHRASE, demo_keys

URL_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
KEY = UserCertificateKey(ISSUER, "12345")
OWNER = RefOwner(CITY, "centre", b"\x01" * 32)
PERSON = PersonRef("1000000001", "2000000001", 7)


@dataclass(frozen=True, slots=True)
class Machine:
    operator: str = "shop"
    store: str = "0001"
    terminal: str = "m-1"


def sealed(key: CredentialKey = KEY, keys: KeyProvider | None = None) -> SealedSession:
    return seal_session(
        keys or demo_keys(),
        key,
        municipality_code=CITY,
        caller_id="centre",
        terminal=Machine(),
        issuances=3,
        now=NOW,
    )


def refused(token: str, **changed: object) -> Reason:
    here = {"municipality_code": CITY, "caller_id": "centre", "terminal": Machine(), "now": NOW, **changed}
    with pytest.raises(SessionRefused) as caught:
        open_session(demo_keys(), token, **here)  # type: ignore[arg-type]
    assert isinstance(caught.value, NotIdentified)
    assert str(caught.value) == str(NotIdentified(Reason.WRONG_PIN))
    return caught.value.reason


@pytest.mark.parametrize("key", [KEY, UserIdKey("somebody")])
def test_a_session_stands_for_the_credential(key: CredentialKey) -> None:
    session = open_session(
        demo_keys(), sealed(key).token, municipality_code=CITY, caller_id="centre", terminal=Machine(), now=NOW
    )
    assert (session.key, session.issuances, session.expires_at) == (key, 3, NOW + LIFETIME)
    assert session.index == credential_index(demo_keys(), CITY, key)


def test_a_session_is_good_for_ten_minutes_and_not_a_moment_more() -> None:
    token = sealed().token
    last = NOW + timedelta(minutes=10)
    open_session(
        demo_keys(),
        token,
        municipality_code=CITY,
        caller_id="centre",
        terminal=Machine(),
        now=last - timedelta(milliseconds=1),
    )
    assert refused(token, now=last) is Reason.SESSION_EXPIRED


@pytest.mark.parametrize(
    "changed",
    [
        {"municipality_code": OTHER_CITY},
        {"caller_id": "another centre"},
        {"terminal": Machine(operator="another shop")},
        {"terminal": Machine(store="0002")},
        {"terminal": Machine(terminal="m-2")},
    ],
    ids=repr,
)
def test_a_session_is_good_for_its_city_caller_and_terminal_only(changed: dict[str, object]) -> None:
    assert refused(sealed().token, **changed) is Reason.SESSION_ELSEWHERE


@given(st.data())
def test_an_altered_session_is_refused(data: st.DataObject) -> None:
    token = sealed().token
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(sorted(URL_SAFE - {token[position]})))
    altered = token[:position] + other + token[position + 1 :]
    assert refused(altered) is Reason.SESSION_ALTERED


@given(st.text(max_size=200))
def test_what_never_was_a_session_is_refused(text: str) -> None:
    assert refused(text) is Reason.SESSION_ALTERED


def test_one_session_has_one_spelling() -> None:
    token = sealed().token
    assert all(
        refused(spelling) is Reason.SESSION_ALTERED
        for spelling in (token + "=", token + "==", token + "\n", " " + token)
    )


def test_a_session_shows_nothing_and_is_another_one_each_time() -> None:
    one, other = sealed().token, sealed().token
    assert one != other
    assert set(one) <= URL_SAFE
    content = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
    assert KEY.serial.encode() not in content
    assert ISSUER.encode() not in content


def test_sessions_of_an_older_key_are_still_opened(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys", PASSPHRASE, marker="demo", clock=lambda: NOW)
    token = sealed(keys=FileKeyProvider(tmp_path / "keys", PASSPHRASE, clock=lambda: NOW)).token
    add_key_version(tmp_path / "keys", PASSPHRASE, Purpose.SESSION, clock=lambda: NOW)
    after = FileKeyProvider(tmp_path / "keys", PASSPHRASE, clock=lambda: NOW)
    session = open_session(after, token, municipality_code=CITY, caller_id="centre", terminal=Machine(), now=NOW)
    assert session.key == KEY


def test_a_person_ref_names_the_person_to_its_owner() -> None:
    text = seal_person_ref(demo_keys(), OWNER, PERSON, NOW)
    assert open_person_ref(demo_keys(), OWNER, text, NOW) == PERSON


def test_a_person_ref_is_opaque_url_safe_and_another_one_each_time() -> None:
    refs = {seal_person_ref(demo_keys(), OWNER, PERSON, NOW) for _ in range(20)}
    assert len(refs) == 20
    assert all(set(ref) <= URL_SAFE and PERSON.person_number not in ref for ref in refs)
    assert len({len(ref) for ref in refs}) == 1


@pytest.mark.parametrize(
    ("owner", "later", "reason"),
    [
        (replace(OWNER, caller_id="another centre"), timedelta(), Reason.REF_ELSEWHERE),
        (replace(OWNER, municipality_code=OTHER_CITY), timedelta(), Reason.REF_ELSEWHERE),
        (replace(OWNER, credential_hash=b"\x02" * 32), timedelta(), Reason.REF_ELSEWHERE),
        (OWNER, timedelta(minutes=10), Reason.REF_EXPIRED),
    ],
)
def test_a_person_ref_is_good_for_its_owner_and_ten_minutes_only(
    owner: RefOwner, later: timedelta, reason: Reason
) -> None:
    text = seal_person_ref(demo_keys(), OWNER, PERSON, NOW)
    with pytest.raises(PersonRefRefused) as caught:
        open_person_ref(demo_keys(), owner, text, NOW + later)
    assert caught.value.reason is reason


def test_a_session_is_no_person_ref_nor_the_other_way_round() -> None:
    with pytest.raises(PersonRefRefused):
        open_person_ref(demo_keys(), OWNER, sealed().token, NOW)
    assert refused(seal_person_ref(demo_keys(), OWNER, PERSON, NOW)) is Reason.SESSION_ALTERED


@given(st.integers(0, 10**48), st.binary(min_size=1, max_size=32))
def test_a_credential_key_is_read_back_from_its_canonical_bytes(serial: int, issuer: bytes) -> None:
    key = UserCertificateKey(issuer.hex(), str(serial))
    assert parse_credential_key(key.canonical) == key
    assert credential_key(UserCertificate(issuer.hex(), str(serial), "0000")) == key
    assert UserCertificate(issuer.hex(), str(serial), "0000").canonical == key.canonical
