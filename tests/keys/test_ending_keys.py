"""A key ends before its time, once another can take over; what it made before stays true."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from civil.clock import utc_now
from keys.document_certificate import certificate_request, install_document_certificate
from keys.ending_keys import end_key_version, end_statement_key
from keys.errors import KeyEnded, KeyInUse, KeyNotFound, KeyStillNeeded, WrongPassphrase
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.making_keys import add_document_key
from keys.purpose import Purpose
from tests.keys.certificates import for_documents

PASSPHRASE = b"a passphrase of a demo"
SEAL = Purpose.VISIBLE_SEAL


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys", PASSPHRASE, marker="demo", clock=lambda: utc_now() - timedelta(days=9))
    return tmp_path / "keys"


def test_the_old_key_ends_now_and_still_says_what_it_signed(directory: Path) -> None:
    before = FileKeyProvider(directory, PASSPHRASE)
    signature = before.statement_signer(SEAL, 1).sign(b"a statement")
    add_key_version(directory, PASSPHRASE, SEAL)
    ended = end_statement_key(directory, PASSPHRASE, SEAL, 1)
    keys = FileKeyProvider(directory, PASSPHRASE)
    old = keys.statement_signer(SEAL, 1).public
    assert old.not_after == ended
    assert old.key_id == before.statement_signer(SEAL, 1).public.key_id
    assert old.verifies(signature, b"a statement")
    assert keys.statement_signer(SEAL).public.key_id == keys.statement_signer(SEAL, 2).public.key_id
    assert (
        keys.statement_signer(Purpose.SEAL_STATUS).public.key_id
        == before.statement_signer(Purpose.SEAL_STATUS).public.key_id
    )


def test_the_only_key_in_force_does_not_end(directory: Path) -> None:
    before = FileKeyProvider(directory, PASSPHRASE).statement_signer(SEAL).public.not_after
    with pytest.raises(KeyStillNeeded):
        end_statement_key(directory, PASSPHRASE, SEAL, 1)
    add_key_version(directory, PASSPHRASE, SEAL, not_before=utc_now() + timedelta(days=1))
    with pytest.raises(KeyStillNeeded):
        end_statement_key(directory, PASSPHRASE, SEAL, 1)
    assert FileKeyProvider(directory, PASSPHRASE).statement_signer(SEAL).public.not_after == before


@pytest.mark.parametrize(("purpose", "version"), [(SEAL, 9), (Purpose.PIN, 1), (Purpose.DOCUMENT_SIGNATURE, 1)])
def test_what_is_no_statement_key_in_force_does_not_end(directory: Path, purpose: Purpose, version: int) -> None:
    with pytest.raises(KeyNotFound):
        end_statement_key(directory, PASSPHRASE, purpose, version)


def test_a_key_ends_once_and_with_the_right_passphrase(directory: Path) -> None:
    add_key_version(directory, PASSPHRASE, SEAL)
    with pytest.raises(WrongPassphrase):
        end_statement_key(directory, b"another passphrase", SEAL, 1)
    ended = end_statement_key(directory, PASSPHRASE, SEAL, 1)
    for end in (end_statement_key, end_key_version):
        with pytest.raises(KeyEnded):
            end(directory, PASSPHRASE, SEAL, 1)
    assert FileKeyProvider(directory, PASSPHRASE).statement_signer(SEAL, 1).public.not_after == ended


def test_a_document_key_does_not_end_while_the_next_one_waits_for_its_certificate(directory: Path) -> None:
    add_document_key(directory, PASSPHRASE)
    with pytest.raises(KeyInUse, match="install its certificate"):
        end_key_version(directory, PASSPHRASE, Purpose.DOCUMENT_SIGNATURE, 1)
    pem = certificate_request(directory, PASSPHRASE, organisation="足利市", common_name="足利市長")
    now = utc_now()
    der = for_documents(x509.load_pem_x509_csr(pem).public_key(), now, now + timedelta(days=365))
    assert install_document_certificate(directory, PASSPHRASE, der, ()) == 2
    end_key_version(directory, PASSPHRASE, Purpose.DOCUMENT_SIGNATURE, 1)
    assert FileKeyProvider(directory, PASSPHRASE).document_signer().certificate_der == der
