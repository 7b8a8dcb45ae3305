"""What whoever receives the file is told."""

import random
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from keys.development_ca import IssuedCa, issue_document_certificate, make_development_ca
from keys.document_key import DocumentKey
from pdf import FontChain, SignPermit, sign, verify
from pdf.verification import CHANGED, NOT_A_PDF, NOT_WHOLE, UNREADABLE, UNSIGNED, UNTRUSTED
from tests.pdf.samples import NOON_IN_JAPAN, SNAPSHOT, composed


@pytest.fixture(scope="module")
def signed(fonts: FontChain, key: DocumentKey) -> bytes:
    document = composed(SNAPSHOT, fonts)
    return sign(document, SignPermit(SNAPSHOT.issuance_number, document.digest), key)


@pytest.fixture(scope="module")
def roots(root: IssuedCa) -> list[bytes]:
    return [root.certificate_der]


def test_a_good_file_tells_who_signed_what_and_when(signed: bytes, roots: list[bytes]) -> None:
    told = verify(signed, roots)
    assert told.problems == ()
    assert (told.intact, told.trusted, told.covers_whole_file) == (True, True, True)
    assert (told.signer, told.issuance_number, told.pages) == ("見本市長 DEMO Mayor", SNAPSHOT.issuance_number, 1)
    assert told.signed_at == NOON_IN_JAPAN


def test_a_signer_of_another_authority_is_not_trusted(signed: bytes) -> None:
    stranger = make_development_ca("他人のルート認証局", datetime.now(UTC))
    told = verify(signed, [stranger.certificate_der])
    assert (told.intact, told.trusted, told.problems) == (True, False, (UNTRUSTED,))


def test_a_certificate_counts_at_the_instant_that_is_asked_about(signed: bytes, roots: list[bytes]) -> None:
    assert verify(signed, roots, at=datetime.now(UTC) + timedelta(days=365 * 11)).problems == (UNTRUSTED,)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n%%EOF\n", b"\x89PNG\r\n\x1a\n"])
def test_something_else_is_no_pdf(content: bytes, roots: list[bytes]) -> None:
    assert verify(content, roots).problems == (NOT_A_PDF,)


def test_a_file_that_was_never_signed_says_so(fonts: FontChain, roots: list[bytes]) -> None:
    content = composed(SNAPSHOT, fonts).content
    assert verify(content, roots).problems == (UNREADABLE,)
    assert verify(content.replace(b"/AcroForm", b"/AcroFort"), roots).problems == (UNSIGNED,)


def test_an_edited_file_is_found(signed: bytes, roots: list[bytes]) -> None:
    edited = signed.replace(b"1 0 0 1 ", b"1 0 0 2 ", 1)
    told = verify(edited, roots)
    assert (told.intact, told.problems) == (False, (CHANGED,))


def _updated(signed: bytes) -> bytes:
    writer: Any = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root[pdf_name("/Note")] = pdf_string("added later")
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_later_incremental_update_is_found(signed: bytes, roots: list[bytes]) -> None:
    told = verify(_updated(signed), roots)
    assert (told.intact, told.covers_whole_file) == (False, False)
    assert set(told.problems) == {CHANGED, NOT_WHOLE}


def test_bytes_after_the_end_are_found(signed: bytes, roots: list[bytes]) -> None:
    assert verify(signed + b"%", roots).intact is False


def test_a_certificate_replaced_in_the_signature_is_found(
    fonts: FontChain, root: IssuedCa, roots: list[bytes]
) -> None:  # fmt: skip
    mine, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    certificate = issue_document_certificate(root, other.public_key(), datetime.now(UTC))
    wrong = DocumentKey(mine, certificate.public_bytes(Encoding.DER), ())
    document = composed(SNAPSHOT, fonts)
    told = verify(sign(document, SignPermit("n", document.digest), wrong), roots)
    assert told.intact is False


def test_one_flipped_bit_anywhere_is_found(signed: bytes, roots: list[bytes]) -> None:
    chance = random.Random(6)
    start = signed.index(b"/Contents <") + len(b"/Contents ")
    signature = range(start, start + 2000)
    for position in [*chance.sample(range(len(signed)), 25), *chance.sample(signature, 25)]:
        flipped = bytearray(signed)
        flipped[position] ^= 1 << chance.randrange(8)
        assert verify(bytes(flipped), roots).intact is False
