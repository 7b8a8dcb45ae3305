"""Tells whoever received a certificate's file whether it is ours and as it was signed (read with pyHanko)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pdf.contents import signature_parts
from pdf.errors import SignatureMismatch
from pdf.levels.errors import LevelUnreached
from pdf.levels.judging import INCOMPLETE, STAMP_WRONG, ToldStamp, judge
from pdf.levels.level import SignatureLevel
from pdf.levels.reading import FoundFile, read_updates
from pdf.levels.trust import Trust
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
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)
"""What pyHanko and asn1crypto raise over damaged files."""

_PURPOSE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True)
class Verification:
    """What can be said about a file. It is good if `problems` is empty.

    `signed_at` is what the file claims (aware); `time_stamps` prove that it existed by then, oldest first. `level` is what
    the file is made to be, good or not. `validation_data_complete` is None for a level without such data.
    `issuance_number` and `pages` are None if the file cannot be read.
    """

    intact: bool = False
    trusted: bool = False
    signer: str | None = None
    signed_at: datetime | None = None
    issuance_number: str | None = None
    pages: int | None = None
    covers_whole_file: bool = False
    problems: tuple[str, ...] = ()
    level: SignatureLevel | None = None
    time_stamps: tuple[ToldStamp, ...] = ()
    validation_data_complete: bool | None = None


def verify(
    content: bytes, trust_roots: Sequence[bytes], at: datetime | None = None, stamp_roots: Sequence[bytes] | None = None
) -> Verification:
    """Check `content` against the CA certificates `trust_roots` (DER), at an instant or now, without asking anybody.

    `stamp_roots` are trusted for time-stamps; `trust_roots` unless told. Never raises for a bad file. Blocks, and starts
    an event loop of its own: call it from a thread, not from a coroutine.
    """
    try:
        reader = PdfFileReader(BytesIO(content))
        known = Verification(pages=_pages(reader), issuance_number=_issuance_number(reader))
    except _BROKEN:
        return Verification(problems=(NOT_A_PDF,))
    now = at or datetime.now(UTC)
    try:
        signatures = reader.embedded_regular_signatures
        if len(signatures) != 1:
            return replace(known, problems=(SEVERAL if signatures else UNSIGNED,))
        found = _updates(content, signatures[0])
        if found is None or not found.updates:
            return _checked(known, content, signatures[0], _context(trust_roots, now))
        return _with_updates(known, found, Trust(tuple(trust_roots)), Trust(tuple(stamp_roots or trust_roots)), now)
    except _BROKEN:
        return replace(known, problems=(UNREADABLE,))


def _updates(content: bytes, signature: EmbeddedPdfSignature) -> FoundFile | None:
    """What was added after the signing as levels are made, or None for anything else."""
    _, _, second, rest = map(int, signature.byte_range)
    try:
        return read_updates(content, second + rest)
    except LevelUnreached:
        return None


def _with_updates(known: Verification, found: FoundFile, signers: Trust, stampers: Trust, at: datetime) -> Verification:
    """The signature as it was made, judged as of the time that the updates prove."""
    (signature,) = PdfFileReader(BytesIO(found.signed)).embedded_signatures
    start, end = int(signature.byte_range[1]), int(signature.byte_range[2])
    try:
        parts = signature_parts(found.signed[start:end])
        judged = asyncio.run(judge(found, parts, signers, stampers, at))
    except SignatureMismatch:
        return _checked(known, found.signed, signature, _context(signers.roots, at))
    except LevelUnreached:
        return replace(known, level=found.level, problems=(STAMP_WRONG,))
    checked = _checked(known, found.signed, signature, _context(signers.roots, judged.proven_at))
    damaged = {STAMP_WRONG, INCOMPLETE} & set(judged.problems)
    return replace(
        checked,
        intact=checked.intact and not damaged,
        trusted=checked.trusted and not judged.problems,
        covers_whole_file=checked.covers_whole_file and not damaged,
        problems=(*checked.problems, *judged.problems),
        level=found.level,
        time_stamps=judged.stamps,
        validation_data_complete=judged.complete,
    )


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
        level=SignatureLevel.B_B,
        problems=(*done, *_problems(status, whole=whole, intact=intact)),
    )


def _problems(status: PdfSignatureStatus, *, whole: bool, intact: bool) -> list[str]:
    # Whose signature it is means nothing once the content has changed, and pyHanko does not look.
    found = {CHANGED: not intact, NOT_WHOLE: not whole, UNTRUSTED: intact and not status.trusted}
    return [problem for problem, applies in found.items() if applies]


def _context(trust_roots: Sequence[bytes], at: datetime) -> ValidationContext:
    roots = [x509.Certificate.load(root) for root in trust_roots]
    return ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)


def _pages(reader: PdfFileReader) -> int:
    return int(reader.root["/Pages"]["/Count"])


def _issuance_number(reader: PdfFileReader) -> str | None:
    trailer: Any = reader.trailer_view
    if "/Info" not in trailer or "/Title" not in trailer["/Info"]:  # only indexing follows the reference
        return None
    return issuance_number_in(str(trailer["/Info"]["/Title"]))
