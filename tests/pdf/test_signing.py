"""The permit, the signature, and the comparison afterwards."""

import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import cms

from keys.development_ca import IssuedCa
from keys.document_key import DocumentKey
from pdf import (
    FontChain,
    Inspected,
    PermitMismatch,
    PermitSpent,
    SignatureMismatch,
    SignatureTooLarge,
    SignPermit,
    UnsignedDocument,
    compare,
    sign,
)
from tests.pdf.samples import SNAPSHOT, composed, named


@pytest.fixture(scope="module")
def document(fonts: FontChain) -> UnsignedDocument:
    return composed(SNAPSHOT, fonts)


@pytest.fixture(scope="module")
def inspected(document: UnsignedDocument) -> Inspected:
    return Inspected(document.digest, SNAPSHOT.issuance_number, 1, document.byte_range)


@pytest.fixture(scope="module")
def signed(document: UnsignedDocument, key: DocumentKey) -> bytes:
    return sign(document, permit(document), key)


def permit(document: UnsignedDocument) -> SignPermit:
    return SignPermit(SNAPSHOT.issuance_number, document.digest)


def _attributes(signed: bytes, document: UnsignedDocument) -> dict[str, object]:
    _, start, end, _ = document.byte_range
    content = cms.ContentInfo.load(bytes.fromhex(signed[start + 1 : end - 1].decode()))["content"]
    return {item["type"].native: item["values"][0].native for item in content["signer_infos"][0]["signed_attrs"]}


def test_l3_a_permit_is_redeemed_once(document: UnsignedDocument, key: DocumentKey) -> None:
    once = permit(document)
    sign(document, once, key)
    with pytest.raises(PermitSpent):
        sign(document, once, key)


def test_l3_a_permit_is_redeemed_once_by_many_at_the_same_time(document: UnsignedDocument) -> None:
    once = permit(document)

    def redeemed(_: int) -> bool:
        try:
            once.redeem(document.digest)
        except PermitSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeemed, range(64))) == 1


def test_l3_a_permit_is_for_one_document_and_is_spent_on_another(
    document: UnsignedDocument, fonts: FontChain, key: DocumentKey
) -> None:
    once = permit(document)
    with pytest.raises(PermitMismatch):
        sign(composed(replace(SNAPSHOT, persons=named("他人")), fonts), once, key)
    with pytest.raises(PermitSpent):
        sign(document, once, key)


def test_a_document_that_claims_anothers_byte_range_is_not_signed(
    document: UnsignedDocument, fonts: FontChain, key: DocumentKey
) -> None:
    other = composed(replace(SNAPSHOT, persons=named("他人")), fonts)
    with pytest.raises(PermitMismatch):
        sign(replace(other, byte_range=document.byte_range), permit(document), key)


def test_l4_signing_changes_nothing_but_the_contents(document: UnsignedDocument, signed: bytes) -> None:
    _, start, end, _ = document.byte_range
    assert len(signed) == len(document.content)
    assert (signed[:start], signed[end:]) == (document.content[:start], document.content[end:])


def test_the_signature_is_pades_baseline_b(signed: bytes, document: UnsignedDocument) -> None:
    attributes = _attributes(signed, document)
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes["message_digest"] == document.digest


@pytest.mark.usefixtures("poppler")
def test_poppler_finds_the_signature_valid_over_the_whole_file(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed)
    run = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, check=True)  # noqa: S607 - on the path, wherever the system has it
    assert b"Signature is Valid" in run.stdout
    assert b"Total document signed" in run.stdout


def test_openssl_finds_the_signature_valid(
    signed: bytes, document: UnsignedDocument, root: IssuedCa, tmp_path: Path
) -> None:
    _, start, end, _ = document.byte_range
    names = {"data": signed[:start] + signed[end:], "cms": bytes.fromhex(signed[start + 1 : end - 1].decode())}
    for name, data in (names | {"root": root.certificate_pem}).items():
        (tmp_path / name).write_bytes(data)
    command = "openssl cms -verify -cades -binary -inform DER -in cms -content data -CAfile root -purpose any -out out"
    run = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


def test_a_chain_too_long_for_the_room_is_refused(document: UnsignedDocument, key: DocumentKey) -> None:
    long = DocumentKey(key.private_key, key.certificate_der, (key.certificate_der,) * 20)
    with pytest.raises(SignatureTooLarge):
        sign(document, permit(document), long)


def test_l4_the_signed_file_is_the_inspected_one(signed: bytes, inspected: Inspected) -> None:
    compare(signed, inspected)


def test_l4_another_inspected_document_is_another_file(
    signed: bytes, inspected: Inspected, fonts: FontChain
) -> None:  # fmt: skip
    other = composed(replace(SNAPSHOT, persons=named("他人")), fonts)
    with pytest.raises(SignatureMismatch):
        compare(signed, Inspected(other.digest, SNAPSHOT.issuance_number, 1, other.byte_range))
    with pytest.raises(SignatureMismatch):
        compare(signed, replace(inspected, digest=other.digest))


def test_l4_a_signature_by_another_key_is_found(
    document: UnsignedDocument, inspected: Inspected, key: DocumentKey, root: IssuedCa
) -> None:
    stolen = DocumentKey(root.private_key, key.certificate_der, key.chain_der)
    with pytest.raises(SignatureMismatch):
        compare(sign(document, permit(document), stolen), inspected)


def test_l4_an_unsigned_or_longer_file_is_found(
    document: UnsignedDocument, signed: bytes, inspected: Inspected
) -> None:  # fmt: skip
    for content in (document.content, signed + b"\n", signed[:-1], b""):
        with pytest.raises(SignatureMismatch):
            compare(content, inspected)


def _flipped(content: bytes, position: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[position] ^= 1 << bit
    return bytes(changed)


def test_l4_one_flipped_bit_anywhere_is_found(signed: bytes, inspected: Inspected) -> None:
    chance = random.Random(4)
    for position in chance.sample(range(len(signed)), 300):
        with pytest.raises(SignatureMismatch):
            compare(_flipped(signed, position, chance.randrange(8)), inspected)


def test_l4_one_flipped_bit_in_any_byte_of_the_signature_is_found(signed: bytes, inspected: Inspected) -> None:
    # Bit 5 turns a into A: the same number, another spelling.
    _, start, end, _ = inspected.byte_range
    used = len(signed[start:end].rstrip(b"0>"))
    chance = random.Random(5)
    for position in [*range(start, start + used, 3), end - 1, end - 2, start + used + 100]:
        for bit in (5, chance.randrange(8)):
            with pytest.raises(SignatureMismatch):
                compare(_flipped(signed, position, bit), inspected)
