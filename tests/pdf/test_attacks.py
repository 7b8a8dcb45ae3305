"""Attack files given to the verifier: refused, and explained to a person at a counter."""

from datetime import UTC, datetime

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from keys.development_ca import IssuedCa, issue_document_certificate
from keys.document_key import DocumentKey
from pdf import FontChain, UnsignedDocument, verify
from pdf.tampering import GAP, HIDDEN, REPLACED
from pdf.verification import CHANGED, NOT_WHOLE, SEVERAL
from tests.pdf.attacks import (
    body_of,
    number_of,
    signed,
    signed_with_gap,
    text_of_page,
    updated,
    with_objects,
    wrapped,
)
from tests.pdf.every_kind import document_of
from tests.pdf.rewriting import rewritten, with_length
from tests.pdf.samples import SNAPSHOT

PAGE = b"<</Type/Page/"


@pytest.fixture(scope="module")
def key(root: IssuedCa) -> DocumentKey:
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = issue_document_certificate(root, private.public_key(), datetime.now(UTC))
    return DocumentKey(private, certificate.public_bytes(Encoding.DER), (root.certificate_der,))


@pytest.fixture(scope="module")
def document(fonts: FontChain) -> UnsignedDocument:
    return document_of(SNAPSHOT, fonts)


@pytest.fixture(scope="module")
def good(document: UnsignedDocument, key: DocumentKey) -> bytes:
    return signed(document, key)


def problems(content: bytes, root: IssuedCa) -> set[str]:
    told = verify(content, [root.certificate_der])
    assert told.intact is False
    return set(told.problems)


def _stream(text: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%b\nendstream" % (len(text), text)


def test_incremental_saving_shows_another_page(good: bytes, root: IssuedCa) -> None:
    page = number_of(good, PAGE)
    other = number_of(good, b"<</Length")
    attack = updated(good, {other: _stream(text_of_page(good).replace(b"Tj", b"Tj Tj", 1)), page: body_of(good, page)})
    assert problems(attack, root) == {REPLACED, CHANGED, NOT_WHOLE}


def _covered(document: UnsignedDocument) -> tuple[UnsignedDocument, int]:
    """The unsigned document with a white picture over its page, and the number of that picture."""
    white = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 24>>\nstream\n1 g 0 0 595 842 re f    \nendstream"
    prepared = with_objects(document, white)
    picture = number_of(prepared.content, b"<</Type/XObject/Subtype/Form")
    page, text = number_of(document.content, PAGE), number_of(document.content, b"<</Length")

    def change(number: int, body: bytes) -> bytes:
        if number == page:
            return body.replace(b"/XObject<<", b"/XObject<</Cover %d 0 R" % picture)
        return with_length(body.removesuffix(b"\nendstream") + b"/Cover Do\n\nendstream") if number == text else body

    content = rewritten(prepared.content, change)
    start = content.index(b"/Contents <") + len(b"/Contents ")
    end = content.index(b">", start) + 1
    return UnsignedDocument(content, (0, start, end, len(content) - end)), picture


def test_shadow_hide_takes_away_what_covered_the_page(
    document: UnsignedDocument, key: DocumentKey, root: IssuedCa
) -> None:
    """Before the signing a picture lies over the page; afterwards an update of its object takes it away."""
    prepared, picture = _covered(document)
    content = signed(prepared, key)
    assert verify(content, [root.certificate_der]).intact
    attack = updated(
        content, {picture: b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 0>>\nstream\n\nendstream"}
    )
    assert (_is_white(content), _is_white(attack)) == (True, False)
    assert problems(attack, root) == {REPLACED, CHANGED, NOT_WHOLE}


def _is_white(content: bytes) -> bool:
    """Whether PDFium paints nothing but white on the first page."""
    with pypdfium2.PdfDocument(content) as document:
        return set(bytes(document[0].render(grayscale=True).buffer)) == {255}


def test_shadow_replace_draws_over_the_page_by_a_form_field(good: bytes, root: IssuedCa) -> None:
    """An annotation with extent, as a form field filled in later would be: the pages' own content stays as it was."""
    page = number_of(good, PAGE)
    field = int(body_of(good, page).split(b"/Annots[")[1].split()[0])
    size = 900
    words = b"<</Type/Annot/Subtype/FreeText/Rect[100 700 300 740]/F 4/Contents(another name)>>"
    with_both = body_of(good, page).replace(b"/Annots[%d 0 R" % field, b"/Annots[%d 0 R %d 0 R" % (field, size))
    assert problems(updated(good, {page: with_both, size: words}), root) == {REPLACED, CHANGED, NOT_WHOLE}


def test_shadow_hide_and_replace_brings_forth_what_was_hidden_when_it_was_signed(
    document: UnsignedDocument, key: DocumentKey, root: IssuedCa
) -> None:
    """The signed file carries a second page that nothing names; an update names it, adding nothing that is drawn."""
    page = number_of(document.content, PAGE)
    prepared = with_objects(document, _stream(b"0 0 100 100 re f"))
    hidden = number_of(prepared.content, b"<</Length 16>>")
    content = signed(prepared, key)
    assert problems(content, root) == {HIDDEN, CHANGED}
    was = body_of(content, page)
    shown = was.replace(was[was.index(b"/Contents") : was.index(b"/StructParents")], b"/Contents %d 0 R" % hidden)
    assert problems(updated(content, {page: shown}), root) == {HIDDEN, REPLACED, CHANGED, NOT_WHOLE}


def test_an_object_that_stands_twice_in_the_signed_file_is_hidden_content(
    document: UnsignedDocument, key: DocumentKey, root: IssuedCa
) -> None:
    page = number_of(document.content, PAGE)
    twice = with_objects(document, body_of(document.content, page))
    assert HIDDEN in problems(signed(twice, key), root)


def test_a_byte_range_that_leaves_a_gap(document: UnsignedDocument, key: DocumentKey, root: IssuedCa) -> None:
    content = signed_with_gap(document, key)
    told = verify(content, [root.certificate_der])
    assert (told.intact, told.covers_whole_file) == (False, False)
    assert problems(content, root) == {GAP, CHANGED, NOT_WHOLE}
    later = content.replace(b"/M(D:2026", b"/M(D:2020")
    assert later != content
    assert problems(later, root) == {GAP, CHANGED, NOT_WHOLE}


def test_signature_wrapping_moves_the_signed_bytes_away(good: bytes, root: IssuedCa) -> None:
    assert verify(wrapped(good, b"% what is shown instead\n"), [root.certificate_der]).intact is False


@pytest.mark.parametrize("contents", [b"<>", b"<00>", b"<3000>", b"()"])
def test_a_signature_without_contents(contents: bytes, good: bytes, root: IssuedCa) -> None:
    start = good.index(b"/Contents <") + len(b"/Contents ")
    end = good.index(b">", start) + 1
    assert verify(good[:start] + contents.ljust(end - start) + good[end:], [root.certificate_der]).problems


def test_a_second_signature(good: bytes, root: IssuedCa) -> None:
    """Added as an update, with the first one's contents: its own range would be checked next, but two are one too many."""
    first = number_of(good, b"<</Type/Sig/")
    field = number_of(good, b"<</Type/Annot/Subtype/Widget")
    catalog = body_of(good, 1).replace(b"/Fields[%d 0 R]" % field, b"/Fields[%d 0 R 900 0 R]" % field)
    named = body_of(good, field).replace(b"/T(Signature)", b"/T(Second)").replace(b"/V %d " % first, b"/V 901 ")
    assert problems(updated(good, {1: catalog, 900: named, 901: body_of(good, first)}), root) == {SEVERAL}
