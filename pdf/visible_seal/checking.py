"""A file of any kind to a verdict: PDF, scan or photograph."""

from datetime import datetime
from typing import Final

from pdf.verification import CHANGED, Verification
from pdf.visible_seal.judging import Published, judge
from pdf.visible_seal.scanning import read_pdf, read_picture
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

_PDF: Final = b"%PDF-"
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def is_picture(content: bytes) -> bool:
    """Whether it begins as a PNG or JPEG does."""
    return content.startswith(_PICTURES)


def check_picture(content: bytes, published: Published, now: datetime) -> SealCheck:
    """The verdict about a scan or photograph at an instant (aware). Never raises for a bad file; takes up to seconds."""
    sheets = read_picture(content)
    return SealCheck(Verdict.CANNOT_TELL, Reason.UNREADABLE) if sheets is None else judge(sheets, published, now)


def check_pdf(content: bytes, signature: Verification, published: Published, now: datetime) -> SealCheck:
    """The verdict about a PDF whose `signature` was looked at (`pdf.verify`). Never raises for a bad file."""
    sheets = read_pdf(content) if _PDF in content[:1024] else None
    if sheets is None:
        return SealCheck(Verdict.CANNOT_TELL, Reason.UNREADABLE)
    check = judge(sheets, published, now)
    if CHANGED in signature.problems:
        return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.FILE_CHANGED, check.statements, check.status_as_of)
    return check
