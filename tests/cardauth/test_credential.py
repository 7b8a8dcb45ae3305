import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardauth import NotCanonical, UserCertificate, UserId
from cardauth.credential_key import parse_credential_key


@pytest.mark.parametrize("serial", ["", "007", "+7", "-7", "7 ", "7\n", "0x7", "７", "1_000", "7" * 50])
def test_a_serial_has_one_spelling(serial: str) -> None:
    with pytest.raises(NotCanonical, match=r"credential\.serial"):
        UserCertificate("0a", serial, "0000")


@pytest.mark.parametrize("issuer", ["", "0A", "0", "0a ", "0a\n", "0x0a", "0a:1b", "ａ" * 2, "0a" * 33])
def test_an_issuer_key_id_has_one_spelling(issuer: str) -> None:
    with pytest.raises(NotCanonical, match=r"credential\.issuer_key_id"):
        UserCertificate(issuer, "7", "0000")


@pytest.mark.parametrize("user_id", ["", "a/b", "a b", "a\n", "ａ", "a" * 65])
def test_a_user_id_has_one_spelling(user_id: str) -> None:
    with pytest.raises(NotCanonical, match=r"credential\.user_id"):
        UserId(user_id, "0000")


@given(
    st.binary(min_size=1, max_size=32), st.integers(0, 10**48), st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
)
def test_no_two_credentials_share_their_canonical_bytes(issuer: bytes, serial: int, user_id: str) -> None:
    certificate, by_id = UserCertificate(issuer.hex(), str(serial), "0000"), UserId(user_id, "0000")
    assert certificate.canonical != by_id.canonical
    assert parse_credential_key(by_id.canonical).canonical == by_id.canonical


@pytest.mark.parametrize("canonical", [b"", b"user_id", b"user_id/a/b", b"user_certificate/0a", b"card/0a/1"])
def test_bytes_of_no_credential_are_refused(canonical: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_credential_key(canonical)
