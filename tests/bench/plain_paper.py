"""The same page as a plain script would make it: reportlab with a TTFont, pyHanko with a SimpleSigner. Nothing is inspected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from keys.development_ca import IssuedCa
from keys.document_key import DocumentKey
from keys.tokens.token_key import TokenKey
from pdf import PagePlan
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH

_METADATA = PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES)


@dataclass(frozen=True, slots=True)
class PlainScript:
    """Font and key loaded once; the texts and their places are given."""

    font: str
    signer: SimpleSigner

    def draw(self, pages: Sequence[PagePlan]) -> bytes:
        """The unsigned file."""
        file = BytesIO()
        canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT))
        for page in pages:
            self._page(canvas, page)
            canvas.showPage()
        canvas.save()
        return file.getvalue()

    def sign(self, content: bytes) -> bytes:
        """The file with a PAdES signature (B-B) added."""
        signed = sign_pdf(IncrementalPdfFileWriter(BytesIO(content)), _METADATA, self.signer)
        result: bytes = signed.getvalue()
        return result

    def _page(self, canvas: Canvas, page: PagePlan) -> None:
        for table in page.tables:
            for _, label, field in table.placed():
                canvas.rect(label.x, label.y, label.width, label.height)
                canvas.rect(field.x, field.y, field.width, field.height)
        for text in page.texts:
            canvas.setFont(self.font, text.size)
            canvas.drawString(text.x, text.y, text.text)
        if page.seal is not None:
            place = page.seal.box
            image = ImageReader(BytesIO(page.seal.png))
            canvas.drawImage(image, place.x, place.y, place.width, place.height, mask="auto")


def plain_script(font: Path, key: DocumentKey, root: IssuedCa, write: Callable[[str, bytes], Path]) -> PlainScript:
    """Load the font, and the key from the PEM files that `write` keeps."""
    certificate, private = pem(key)
    files = write("key.pem", private), write("certificate.pem", certificate), write("ca.pem", root.certificate_pem)
    return load_plain_script(font, *files)


def load_plain_script(font: Path, key: Path, certificate: Path, authority: Path) -> PlainScript:
    """Load the font, and the key from PEM files."""
    name = font.stem
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(font)))
    signer = SimpleSigner.load(  # type: ignore[no-untyped-call]  # pyHanko leaves its arguments open
        str(key), str(certificate), ca_chain_files=(str(authority),)
    )
    assert signer is not None
    return PlainScript(name, signer)


def is_intact(signed: bytes, root: IssuedCa) -> bool:
    """Whether the one signature of a file holds, covers it whole and comes from this root."""
    trusted = Certificate.load(root.certificate_der)
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted], allow_fetching=False))
    return bool(status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)


def pem(key: DocumentKey) -> tuple[bytes, bytes]:
    """Certificate and private key as PEM."""
    certificate = key.certificate.public_bytes(Encoding.PEM)
    assert not isinstance(key.private_key, TokenKey), "the script signs with a key in memory"
    return certificate, key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
