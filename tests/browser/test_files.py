"""PDF files as the city made them, and such as somebody changed: the page and `kiosk verify` say the same of each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from keys.development_ca import IssuedCa, issue_document_certificate, make_development_ca
from keys.document_certified import DocumentCertified
from keys.document_key import DocumentKey, DocumentPrivateKey
from pdf import FontChain, Snapshot, UnsignedDocument, compose, plan, seal_pages, verify, with_codes
from pdf.visible_seal.checking import check_pdf
from pdf.visible_seal.published_files import PublishedFiles
from pdf.visible_seal.verdict import SealCheck
from tests.browser.conftest import OpenPage
from tests.browser.sheets import CITY, DAY, FAMILY, NOW, ONE, PLACE, SEAL_KEY, keys_file, published
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
from tests.pdf.rewriting import rewritten, with_length

FORGED = "forged_or_altered"
CHANGED = (FORGED, "file_changed")
GENUINE = ("genuine_statement", "statement_issued")


@dataclass(frozen=True)
class Signers:
    """The city's document keys, of each kind, and one that it never published."""

    root: IssuedCa
    elliptic: DocumentKey
    rsa: DocumentKey
    stranger: DocumentKey


@pytest.fixture(scope="module")
def signers() -> Signers:
    root = make_development_ca("見本ルート認証局", datetime.now(UTC))
    return Signers(
        root,
        _key(root, ec.generate_private_key(ec.SECP256R1())),
        _key(root, rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        _key(root, ec.generate_private_key(ec.SECP256R1())),
    )


def _key(root: IssuedCa, private: DocumentPrivateKey) -> DocumentKey:
    certificate = issue_document_certificate(root, private.public_key(), datetime.now(UTC))
    return DocumentKey(private, certificate.public_bytes(Encoding.DER), (root.certificate_der,))


def document_of(snapshot: Snapshot, fonts: FontChain) -> UnsignedDocument:
    sealed = seal_pages(snapshot, "resident_record", PLACE, SEAL_KEY)
    return compose(snapshot, with_codes(plan(snapshot, fonts), sealed), fonts)


def altered(document: UnsignedDocument, change: Callable[[bytes], bytes]) -> UnsignedDocument:
    """The unsigned file with as many bytes, some of them others."""
    content = change(document.content)
    assert (len(content), content != document.content) == (len(document.content), True)
    return replace(document, content=content)


def other_text(content: bytes) -> bytes:
    """Two characters of a page have changed places."""
    shown = re.search(rb"<([0-9A-F]{4})([0-9A-F]{4})(?!\1)[0-9A-F]*> Tj", content[content.index(b" Tf <") + 2000 :])
    assert shown is not None
    first, second = shown[1], shown[2]
    return content.replace(shown[0], shown[0].replace(first + second, second + first, 1), 1)


def other_order(content: bytes) -> bytes:
    """The first two pages have changed places."""
    kids = re.search(rb"/Kids\[(\d+ 0 R) (\d+ 0 R)\]", content)
    assert kids is not None
    return content.replace(kids[0], b"/Kids[%b %b]" % (kids[2], kids[1]))


def saved_again(content: bytes, edit: Callable[[pikepdf.Pdf], None] = lambda _: None) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(content)) as file:
        edit(file)
        file.save(result)
    return result.getvalue()


def without_salt(file: pikepdf.Pdf) -> None:
    del file.trailer.Info["/SealSalt"]


def stream(text: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%b\nendstream" % (len(text), text)


def _cases(fonts: FontChain, by: Signers) -> Iterator[tuple[str, bytes, tuple[str, str]]]:
    """Name, file, verdict and reason."""
    one, family = document_of(ONE, fonts), document_of(FAMILY, fonts)
    good, page = signed(one, by.elliptic), number_of(one.content, b"<</Type/Page/")
    content = number_of(one.content, b"<</Length")
    yield "as it was made", good, GENUINE
    yield "two pages", signed(family, by.elliptic), GENUINE
    yield "signed with RSA", signed(one, by.rsa), GENUINE
    yield "not signed", one.content, GENUINE
    yield "edited text", other_text(good), CHANGED
    yield "edited text, not signed", altered(one, other_text).content, (FORGED, "text_changed")
    yield "edited text, signed by a stranger", signed(altered(one, other_text), by.stranger), (FORGED, "text_changed")
    yield "signed by a stranger", signed(one, by.stranger), ("cannot_tell", "signer_unknown")
    yield "swapped pages", other_order(signed(family, by.elliptic)), CHANGED
    yield "swapped pages, not signed", altered(family, other_order).content, (FORGED, "pages_disagree")
    yield "bytes behind the end", good + b"\n% more\n", CHANGED
    text = text_of_page(good).replace(b"Tj", b"Tj Tj", 1)
    yield "incremental saving", updated(good, {content: stream(text), page: body_of(good, page)}), CHANGED
    yield "shadow: hide", updated(good, {content: stream(b""), page: body_of(good, page)}), CHANGED
    prepared = signed(with_objects(one, stream(b"0 0 100 100 re f")), by.elliptic)
    hidden = number_of(prepared, b"<</Length 16>>")
    was = body_of(prepared, page)
    shown = was.replace(was[was.index(b"/Contents") : was.index(b"/StructParents")], b"/Contents %d 0 R" % hidden)
    yield "shadow: hide and replace", updated(prepared, {page: shown}), CHANGED
    yield "a gap in the range", signed_with_gap(one, by.elliptic), CHANGED
    yield "signature wrapping", wrapped(good, b"% what is shown instead\n"), CHANGED
    found = re.search(rb"/Contents <([0-9a-f]+)>", good)
    assert found is not None
    yield "another spelling", good.replace(found[1], found[1].upper()), CHANGED
    yield "something behind the signature", good.replace(found[1], found[1][:-2] + b"01"), CHANGED
    yield "saved again", saved_again(good), CHANGED
    yield "saved again without its salt", saved_again(good, without_salt), CHANGED


def _published(by: Signers, directory: Path) -> PublishedFiles:
    """The files of the city, for the program in Python; the page has the same."""
    files = replace(published(), keys=keys_file(documents=_certified(by)))
    (directory / CITY / "status").mkdir(parents=True)
    (directory / CITY / "keys.cose").write_bytes(files.keys)
    for month, content in files.lists.items():
        (directory / CITY / "status" / f"{month}.cose").write_bytes(content)
    return PublishedFiles(directory)


def _certified(by: Signers, since: datetime = NOW - 300 * DAY) -> list[DocumentCertified]:
    return [
        DocumentCertified(key.certificate_der, key.chain_der, since, NOW + 300 * DAY) for key in (by.elliptic, by.rsa)
    ]


def said_by_python(content: bytes, by: Signers, files: PublishedFiles) -> SealCheck:
    return check_pdf(content, verify(content, [by.root.certificate_der]), files, NOW)


@pytest.mark.timeout(300)
def test_of_every_file_page_and_program_say_the_same(
    open_file: OpenPage, fonts: FontChain, signers: Signers, tmp_path: Path
) -> None:
    files = _published(signers, tmp_path / "public")
    page = open_file(replace(published(), keys=keys_file(documents=_certified(signers))))
    said = {}
    for name, content, expected in _cases(fonts, signers):
        page.start_anew()
        check = said_by_python(content, signers, files)
        said[name] = (page.choose(content), (check.verdict.value, check.reason.value), expected)
    assert {name: verdicts for name, verdicts in said.items() if len(set(verdicts)) != 1} == {}
    assert page.complaints() == []


def test_a_certificate_that_was_published_for_other_days_is_no_signer(
    open_file: OpenPage, fonts: FontChain, signers: Signers
) -> None:
    later = _certified(signers, since=NOW - DAY)
    page = open_file(replace(published(), keys=keys_file(documents=later)))
    good = signed(document_of(ONE, fonts), signers.elliptic)
    assert page.choose(good) == (FORGED, "key_not_in_force")


def test_a_file_of_a_city_that_published_no_certificates_is_not_called_genuine(
    open_file: OpenPage, fonts: FontChain, signers: Signers
) -> None:
    page = open_file(published())
    assert page.choose(signed(document_of(ONE, fonts), signers.elliptic)) == ("cannot_tell", "signer_unknown")
    assert "市の公開した証明書によるものではありません" in page.text()


def test_what_was_added_after_the_signing_is_left_to_the_program(
    open_file: OpenPage, fonts: FontChain, signers: Signers
) -> None:
    page = open_file(replace(published(), keys=keys_file(documents=_certified(signers))))
    good = signed(document_of(ONE, fonts), signers.elliptic)
    size = int(re.findall(rb"/Size (\d+)", good)[-1])
    added = updated(good, {size: b"<</Type/DSS/Certs[]>>"})
    assert page.choose(added) == ("cannot_tell", "file_added")


def _shown_once_more(document: UnsignedDocument, words: bytes) -> bytes:
    """The unsigned file with more at the end of its page, which says `words` in the page's own font or by a picture."""
    number = number_of(document.content, b"<</Length")
    return rewritten(
        document.content,
        lambda one, body: (
            with_length(body.removesuffix(b"\nendstream") + words + b"\nendstream") if one == number else body
        ),
    )


@pytest.mark.parametrize(
    "words",
    [
        b"BT /F0 9 Tf [<00010002>] TJ ET\n",
        b"BT /F0 9 Tf <00010002> ' ET\n",
        b'BT /F0 9 Tf 0 0 <00010002> " ET\n',
        b"BT /F0 9 Tf (\\000\\001) Tj ET\n",
        b"BT /F0 9 Tf\n<00010002> Tj ET\n",
        b"BT 3 Tr ET\n",
        b"BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI\n",
        b"/Words sh\n",
    ],
)
def test_a_page_that_shows_something_otherwise_than_we_write_is_not_read(
    open_file: OpenPage, fonts: FontChain, words: bytes
) -> None:
    page = open_file(published())
    one = document_of(ONE, fonts)
    assert page.choose(_shown_once_more(one, b"q Q\n")) != ("cannot_tell", "file_otherwise")
    page.start_anew()
    assert page.choose(_shown_once_more(one, words)) == ("cannot_tell", "file_otherwise")


@pytest.mark.parametrize("begin", [b"<</Type/XObject/Subtype/Image/", b"<< /BBox"])
def test_a_picture_or_a_ground_that_can_show_words_is_not_read(
    open_file: OpenPage, fonts: FontChain, begin: bytes
) -> None:
    """A form in the place of a picture, and a text in the ground."""
    words = b"BT /F0 9 Tf <00010002> Tj ET"
    dictionary = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length %d>>" % len(words)
    one = document_of(ONE, fonts).content
    changed = rewritten(
        one,
        lambda _, body: b"%b\nstream\n%b\nendstream" % (dictionary, words) if body.startswith(begin) else body,
    )
    assert changed != one
    assert open_file(published()).choose(changed) == ("cannot_tell", "file_otherwise")
