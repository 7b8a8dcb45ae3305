"""A file of any kind to a verdict: PDF, scan or photograph."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pdf.verification import CHANGED, Verification
from pdf.visible_seal.judging import Published, judge
from pdf.visible_seal.scanning import read_pdf, read_picture
from pdf.visible_seal.signer import signer_in
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

_PDF: Final = b"%PDF-"
_SEVERITY: Final = tuple(Verdict)
_MINUTE: Final = timedelta(minutes=1)
"""The code says the minute of issue, and a certificate may begin within it."""

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
    return _by_signer(check, content, published) if sheets.is_file_of_ours else check


def _by_signer(check: SealCheck, content: bytes, published: Published) -> SealCheck:
    """The verdict, unless whose signature the file bears makes it a worse one."""
    signer = signer_in(content)
    if signer is None or not check.statements:
        return check
    statement = check.statements[0]
    keys = published.keys(statement.municipality_code)
    certified = None if keys is None else keys.document(signer)
    if certified is None:
        found = replace(check, verdict=Verdict.CANNOT_TELL, reason=Reason.SIGNER_UNKNOWN)
    elif not certified.in_force(statement.issued_at + _MINUTE):
        found = replace(check, verdict=Verdict.FORGED_OR_ALTERED, reason=Reason.KEY_NOT_IN_FORCE)
    else:
        return check
    return min(check, found, key=lambda one: _SEVERITY.index(one.verdict))
