"""Two document keys at once: the newest that is in force and certified signs; none past its date ever does."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from keys.document_certificate import certificate_request, install_document_certificate
from keys.errors import (
    CertificateMismatch,
    CertificateOutOfDate,
    CertificateUnfit,
    CertificateWouldLapse,
    DocumentKeyOutOfDate,
    KeyNotFound,
    SealBroken,
)
from keys.file_provider import FileKeyProvider, create_keys
from keys.key_file import KEY_FILE
from keys.making_keys import DocumentAlgorithm, add_document_key
from keys.purpose import Purpose
from tests.keys.certificates import certified, for_documents, key_usage
from tests.keys.conftest import PASSPHRASE, MovableClock

Open = Callable[[Path], FileKeyProvider]
YEAR = timedelta(days=365)


@pytest.fixture
def city_keys(tmp_path: Path, clock: MovableClock) -> Path:
    """Keys of a city whose first document certificate is valid for a year."""
    directory = tmp_path / "city"
    create_keys(directory, PASSPHRASE, marker="production", clock=clock)
    install(directory, clock, 1)
    return directory


def install(directory: Path, clock: MovableClock, version: int, *, days: int = 365) -> None:
    der = for_documents(request_of(directory, version), clock(), clock() + timedelta(days=days))
    assert install_document_certificate(directory, PASSPHRASE, der, (), clock=clock) == version


def request_of(directory: Path, version: int | None = None) -> ec.EllipticCurvePublicKey:
    pem = certificate_request(directory, PASSPHRASE, organisation="足利市", common_name="足利市長", version=version)
    key = x509.load_pem_x509_csr(pem).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def signs(provider: FileKeyProvider, public_key: ec.EllipticCurvePublicKey) -> bool:
    return provider.document_signer().certificate.public_key() == public_key


def test_the_next_key_signs_once_its_day_and_its_certificate_have_come(
    city_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    first = request_of(city_keys)
    day = clock() + timedelta(days=30)
    assert add_document_key(city_keys, PASSPHRASE, not_before=day, clock=clock) == 2
    second = request_of(city_keys)
    assert second != first
    clock.move(timedelta(days=31))
    assert signs(open_keys(city_keys), first), "the second waits for its certificate"
    install(city_keys, clock, 2)
    assert signs(open_keys(city_keys), second)
    clock.move(-timedelta(days=2))
    assert signs(open_keys(city_keys), first), "its day has not come"


def test_of_two_valid_keys_the_newest_signs_and_the_first_may_end(
    city_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    clock.move(YEAR - timedelta(days=40))
    add_document_key(city_keys, PASSPHRASE, clock=clock)
    install(city_keys, clock, 2)
    provider, second = open_keys(city_keys), request_of(city_keys, 2)
    assert signs(provider, second)
    clock.move(timedelta(days=60))
    assert signs(provider, second), "the certificate of the first has ended"


def test_past_its_date_nothing_is_signed_and_the_reason_is_said(
    city_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    provider = open_keys(city_keys)
    assert signs(provider, request_of(city_keys))
    clock.move(YEAR + timedelta(seconds=1))
    with pytest.raises(CertificateOutOfDate, match="not valid now"):
        provider.document_signer()
    clock.move(-YEAR - timedelta(hours=1))
    with pytest.raises(DocumentKeyOutOfDate, match="not valid now"):
        provider.document_signer()


def test_a_certificate_without_the_right_usage_is_not_installed(city_keys: Path, clock: MovableClock) -> None:
    before = (city_keys / KEY_FILE).read_bytes()
    der = certified(request_of(city_keys), clock(), clock() + YEAR, key_usage("key_encipherment")).public_bytes(Encoding.DER)  # fmt: skip
    with pytest.raises(CertificateUnfit):
        install_document_certificate(city_keys, PASSPHRASE, der, ())
    assert (city_keys / KEY_FILE).read_bytes() == before


def test_one_that_got_into_the_file_all_the_same_signs_nothing(
    city_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    der = certified(request_of(city_keys), clock(), clock() + YEAR, key_usage("key_encipherment")).public_bytes(Encoding.DER)  # fmt: skip
    provider = open_keys(city_keys)
    content = provider.content.documents[0].model_copy(update={"certificate": der})
    file = city_keys / KEY_FILE
    file.write_text(provider.content.model_copy(update={"documents": (content,)}).model_dump_json())
    with pytest.raises(CertificateUnfit):
        open_keys(city_keys).document_signer()


def test_a_renewed_certificate_of_the_same_key_takes_the_place_of_the_old_one(
    city_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    clock.move(YEAR - timedelta(days=10))
    install(city_keys, clock, 1)
    clock.move(timedelta(days=20))
    provider = open_keys(city_keys)
    assert signs(provider, request_of(city_keys))
    assert len(provider.content.documents) == 1


@pytest.mark.parametrize("start", [timedelta(days=1), -2 * YEAR], ids=["not yet valid", "valid no more"])
def test_a_certificate_that_is_not_valid_now_does_not_push_out_the_one_that_is(
    city_keys: Path, open_keys: Open, clock: MovableClock, start: timedelta
) -> None:
    der = for_documents(request_of(city_keys), clock() + start, clock() + start + YEAR)
    with pytest.raises(CertificateWouldLapse, match="once it is valid"):
        install_document_certificate(city_keys, PASSPHRASE, der, (), clock=clock)
    assert signs(open_keys(city_keys), request_of(city_keys))
    clock.move(YEAR + timedelta(days=1))
    install_document_certificate(city_keys, PASSPHRASE, der, (), clock=clock)


def test_a_certificate_of_no_key_of_ours_is_refused(city_keys: Path, clock: MovableClock) -> None:
    der = for_documents(ec.generate_private_key(ec.SECP256R1()).public_key(), clock(), clock() + YEAR)
    with pytest.raises(CertificateMismatch):
        install_document_certificate(city_keys, PASSPHRASE, der, ())
    with pytest.raises(KeyNotFound):
        request_of(city_keys, 2)


@pytest.mark.parametrize("algorithm", get_args(DocumentAlgorithm))
def test_a_document_key_may_be_of_four_kinds(
    city_keys: Path, open_keys: Open, clock: MovableClock, algorithm: DocumentAlgorithm
) -> None:
    add_document_key(city_keys, PASSPHRASE, algorithm, clock=clock)
    pem = certificate_request(city_keys, PASSPHRASE, organisation="足利市", common_name="足利市長")
    request = x509.load_pem_x509_csr(pem)
    assert request.is_signature_valid
    der = for_documents(request.public_key(), clock(), clock() + YEAR)
    assert install_document_certificate(city_keys, PASSPHRASE, der, ()) == 2
    assert open_keys(city_keys).document_signer().algorithm.replace("ecdsa-", "").replace("-", "") == algorithm


def test_a_file_of_the_first_format_is_read_and_written_anew(demo_keys: Path, open_keys: Open) -> None:
    provider = open_keys(demo_keys)
    content = json.loads((demo_keys / KEY_FILE).read_text())
    (document,) = content.pop("documents")
    content |= {"format": 1, "document": {name: document[name] for name in ("certificate", "chain")}}
    (demo_keys / KEY_FILE).write_text(json.dumps(content))
    assert open_keys(demo_keys).document_signer().certificate_der == provider.document_signer().certificate_der
    add_document_key(demo_keys, PASSPHRASE)
    assert json.loads((demo_keys / KEY_FILE).read_text())["format"] == 2
    assert open_keys(demo_keys).versions(Purpose.DOCUMENT_SIGNATURE) == (2, 1)


def test_the_dates_of_a_document_key_cannot_be_changed(city_keys: Path, open_keys: Open) -> None:
    content = json.loads((city_keys / KEY_FILE).read_text())
    content["keys"][0]["not_before"] = "2020-01-01T00:00:00Z"
    (city_keys / KEY_FILE).write_text(json.dumps(content))
    with pytest.raises(SealBroken):
        open_keys(city_keys)
