"""PDF/A-2b (ISO 19005-2) for every kind, before and after signing.

No validator at hand judges forms, signatures and patterns, so three look at what each can judge: pikepdf's at the same bytes
without the signature field, and at a copy in which the ground is drawn without a pattern; PDFBox's preflight, which knows
PDF/A-1b, at the signed file, where what it says must be what PDF/A-2 allows and PDF/A-1 did not; and these tests at the
clauses about signatures.
"""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import pdfa

from keys.development_ca import IssuedCa, issue_document_certificate
from keys.document_key import DocumentKey
from pdf import FontChain, SignPermit, Snapshot, sign
from pdf.ground import NAME as GROUND
from pdf.snapshots import SNAPSHOTS
from tests.pdf.every_kind import EVERY_KIND, document_of
from tests.pdf.preflight import preflight

ONLY_PATTERNS = {"pikepdf:colour-space", "pikepdf:pattern", "pikepdf:schema-Resources"}
"""What pikepdf's validator says about a tiling pattern: that it does not judge it."""

ALLOWED_SINCE_PART_2 = {
    (
        "2.2.2",
        "Invalid graphics transparency, Soft Mask must be null or None",
    ),  # ISO 19005-1, 6.4; allowed by -2, 6.2.10
    (
        "3.1.11",
        "IPAmjMincho: The CIDSet entry is missing for the Composite Subset",
    ),  # -1, 6.3.5; optional by -2, 6.2.11.4.2
    ("3.1.11", "IPAexMincho: The CIDSet entry is missing for the Composite Subset"),
    ("5.3.1", "Invalid field value in an annotation definition, widget annotation lacks an appearance dictionary"),
    # -1, 6.5.3; -2, 6.3.3 asks for none where the rectangle has no extent
    ("7.11.2", "Error on MetaData, part must be 1"),
}

kinds = pytest.mark.parametrize("snapshot", EVERY_KIND, ids=lambda one: type(one).__name__)


@pytest.fixture(scope="module")
def signer(root: IssuedCa) -> DocumentKey:
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = issue_document_certificate(root, private.public_key(), datetime.now(UTC))
    return DocumentKey(private, certificate.public_bytes(Encoding.DER), (root.certificate_der,))


def test_every_kind_is_looked_at() -> None:
    assert {type(snapshot) for snapshot in EVERY_KIND} == set(SNAPSHOTS)


def _without_the_signature(content: bytes) -> bytes:
    """The same bytes, but for spaces where the form, its permissions and its field are named."""
    for named in (rb"/AcroForm<<.*?>>(?=/Perms)", rb"/Perms<<.*?>>", rb"/Annots\[\d+ 0 R\]"):
        content, found = re.subn(named, lambda match: b" " * len(match.group()), content)
        assert found == 1
    return content


def _without_the_pattern(content: bytes) -> bytes:
    """The ground drawn once, as a form, so that what it draws is judged."""
    with pikepdf.open(BytesIO(content)) as file:
        for page in file.pages:
            pattern = page.Resources.Pattern[f"/{GROUND}"]
            drawn = file.make_stream(pattern.read_bytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
            drawn.BBox, drawn.Resources = pattern.BBox, pattern.Resources
            del page.obj.Resources["/Pattern"]
            page.add_resource(drawn, pikepdf.Name.XObject, pikepdf.Name(f"/{GROUND}"))
            filled = re.compile(rb"/Pattern cs /Ground scn\n.*?f\*", re.DOTALL)
            shown, found = filled.subn(b"/Ground Do", page.Contents.read_bytes())
            assert found == 1
            page.Contents = file.make_stream(shown)
        saved = BytesIO()
        file.save(saved)
    return saved.getvalue()


@kinds
def test_the_file_but_for_its_signature_is_pdf_a_2b(snapshot: Snapshot, fonts: FontChain) -> None:
    twin = _without_the_signature(document_of(snapshot, fonts).content)
    assert {finding.rule for finding in pdfa.validate_written(BytesIO(twin), "2b").findings} == ONLY_PATTERNS
    plain = pdfa.validate_written(BytesIO(_without_the_pattern(twin)), "2b")
    assert (plain.passed, plain.findings) == (True, [])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b"/FontFile2", b"/FontFile9"), (b"<pdfaid:part>2<", b"<pdfaid:part>9<"), (b"/S/GTS_PDFA1", b"/S/GTS_PDFX1")],
)
def test_the_judge_notices_what_is_wrong(right: bytes, wrong: bytes, fonts: FontChain) -> None:
    twin = _without_the_signature(document_of(EVERY_KIND[0], fonts).content)
    found = {finding.rule for finding in pdfa.validate_written(BytesIO(twin.replace(right, wrong)), "2b").findings}
    assert found - ONLY_PATTERNS


def test_preflight_says_nothing_that_pdf_a_2_does_not_allow(
    fonts: FontChain, signer: DocumentKey, tmp_path: Path
) -> None:
    files = {f"{number}.pdf": _signed(one, fonts, signer) for number, one in enumerate(EVERY_KIND)}
    found = preflight(files, tmp_path)
    assert found.keys() == files.keys()
    for complaints in found.values():
        assert complaints - ALLOWED_SINCE_PART_2 == set()
        assert complaints  # it has read the file: there is always the number of the part


def _signed(snapshot: Snapshot, fonts: FontChain, signer: DocumentKey) -> bytes:
    document = document_of(snapshot, fonts)
    return sign(document, SignPermit(snapshot.issuance_number, document.digest), signer)


@kinds
def test_the_signature_is_as_iso_19005_2_asks(snapshot: Snapshot, fonts: FontChain, signer: DocumentKey) -> None:
    content = _signed(snapshot, fonts, signer)
    with pikepdf.open(BytesIO(content)) as file:
        form, (field,) = file.Root.AcroForm, file.Root.AcroForm.Fields
        # 6.4.1 and 6.4.2: nothing to be drawn anew by a reader, no action, no XFA.
        assert set(form.keys()) == {"/SigFlags", "/Fields"}
        assert not {"/A", "/AA"} & set(field.keys())
        # 6.3.2 and 6.3.3: printed, not hidden (and locked); without extent, so without appearance.
        assert (int(field.F), [int(side) for side in field.Rect]) == (128 + 4, [0, 0, 0, 0])
        # 6.1.12: DocMDP alone, whose reference brings no digest of its own.
        assert set(file.Root.Perms.keys()) == {"/DocMDP"}
        (reference,) = field.V.Reference
        assert not {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.keys())
        # 6.4.3 and annex B: the digest is over the whole file but for the contents of the signature …
        first, length, second, rest = (int(part) for part in field.V.ByteRange)
        assert (first, second + rest) == (0, len(content))
        assert content[length:second] == b"<%b>" % bytes(field.V.Contents).hex().encode()
        # … which are one signature in CMS with the signer's certificate in it.
        signed = cms.ContentInfo.load(bytes(field.V.Contents))["content"]
    (info,) = signed["signer_infos"]
    serials = {choice.chosen.serial_number for choice in signed["certificates"]}
    assert info["sid"].chosen["serial_number"].native in serials
    # 6.1.3: nothing follows the last end of file but one end of line.
    assert content.endswith(b"%%EOF\n")
    assert b"/Encrypt" not in content
