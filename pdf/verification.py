"""Tells whoever received a certificate's file whether it is ours and as it was signed (read with pyHanko)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pdf.metadata import issuance_number_in
from pdf.tampering import GAP, tampering

NOT_A_PDF = "PDFファイルではありません。 / The file is not a PDF."
UNSIGNED = "電子署名がありません。 / The file carries no signature."
SEVERAL = "電子署名が複数あります。 / The file carries more than one signature."
CHANGED = "署名後に内容が変更されています。 / The file was changed after it was signed."
NOT_WHOLE = "署名がファイル全体を対象としていません。 / The signature does not cover the whole file."
UNREADABLE = "電子署名を読み取れません。 / The signature cannot be read."
UNTRUSTED = "署名者の証明書を信頼できません。 / The signer's certificate is not trusted."

_BROKEN = (
    PdfError,
    SigningError,
    SignatureValidationError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What pyHanko and asn1crypto raise over damaged files."""

_PURPOSE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True)
class Verification:
    """What can be said about a file. It is good if `problems` is empty.

    `signed_at` is what the file claims (aware); it is not time-stamped. `issuance_number` and `pages` are None if the
    file cannot be read.
    """

    intact: bool = False
    trusted: bool = False
    signer: str | None = None
    signed_at: datetime | None = None
    issuance_number: str | None = None
    pages: int | None = None
    covers_whole_file: bool = False
    problems: tuple[str, ...] = ()


def verify(content: bytes, trust_roots: Sequence[bytes], at: datetime | None = None) -> Verification:
    """Check the signature of `content` against the CA certificates `trust_roots` (DER), at an instant or now.

    Never raises for a bad file. Revocation is not asked for. Blocks, and starts an event loop of its own: call it from
    a thread, not from a coroutine.
    """
    try:
        reader = PdfFileReader(BytesIO(content))
        known = Verification(pages=_pages(reader), issuance_number=_issuance_number(reader))
    except _BROKEN:
        return Verification(problems=(NOT_A_PDF,))
    try:
        signatures = reader.embedded_signatures
        if len(signatures) != 1:
            return replace(known, problems=(SEVERAL if signatures else UNSIGNED,))
        return _checked(known, content, signatures[0], _context(trust_roots, at))
    except _BROKEN:
        return replace(known, problems=(UNREADABLE,))


def _checked(
    known: Verification, content: bytes, signature: EmbeddedPdfSignature, context: ValidationContext
) -> Verification:
    status = validate_pdf_signature(
        signature, signer_validation_context=context, key_usage_settings=_PURPOSE
    )  # fmt: skip
    first, length, second, rest = map(int, signature.byte_range)
    done = tampering(content, (first, length, second, rest))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and second + rest == len(content) and GAP not in done
    unchanged = status.modification_level == ModificationLevel.NONE and whole and not done
    intact = bool(status.intact and status.valid and unchanged)
    return replace(
        known,
        intact=intact,
        trusted=bool(status.trusted),
        signer=status.signing_cert.subject.native.get("common_name"),
        signed_at=signature.self_reported_timestamp,
        covers_whole_file=whole,
        problems=(*done, *_problems(status, whole=whole, intact=intact)),
    )


def _problems(status: PdfSignatureStatus, *, whole: bool, intact: bool) -> list[str]:
    # Whose signature it is means nothing once the content has changed, and pyHanko does not look.
    found = {CHANGED: not intact, NOT_WHOLE: not whole, UNTRUSTED: intact and not status.trusted}
    return [problem for problem, applies in found.items() if applies]


def _context(trust_roots: Sequence[bytes], at: datetime | None) -> ValidationContext:
    roots = [x509.Certificate.load(root) for root in trust_roots]
    return ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)


def _pages(reader: PdfFileReader) -> int:
    return int(reader.root["/Pages"]["/Count"])


def _issuance_number(reader: PdfFileReader) -> str | None:
    trailer: Any = reader.trailer_view
    if "/Info" not in trailer or "/Title" not in trailer["/Info"]:  # only indexing follows the reference
        return None
    return issuance_number_in(str(trailer["/Info"]["/Title"]))
