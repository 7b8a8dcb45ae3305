"""What a file or photograph that somebody brought is: one of our issuances, byte for byte or by its codes; altered; or not ours.

Codes are judged with the city's own keys; whether an issuance still counts is asked of the books, which are newer than any published list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from keys.provider import KeyProvider
from kiosk_server.seal_publishing import published_keys
from pdf.visible_seal.judging import ReadSheets, judge
from pdf.visible_seal.published_keys import PublishedKeys
from pdf.visible_seal.statement import SealStatement
from pdf.visible_seal.status_list import StatusList
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

_OF_THE_LIST: Final = frozenset({Reason.NO_LIST, Reason.STATEMENT_ISSUED})
"""All that is left to doubt is the status, and that the books know."""


class Finding(StrEnum):
    """The answers; the words are in `sheet.html`."""

    SAME_FILE = "same_file"
    OURS_BY_CODE = "ours_by_code"
    VOID = "void"
    ALTERED = "altered"
    NOT_IN_THE_BOOKS = "not_in_the_books"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class _Published:
    keys_here: PublishedKeys

    def keys(self, municipality_code: str) -> PublishedKeys | None:
        return self.keys_here if municipality_code == self.keys_here.municipality_code else None

    def status_list(self, municipality_code: str, month: str) -> StatusList | None:
        del municipality_code, month
        return None


@dataclass(frozen=True, slots=True)
class Identified:
    """The answer, why if it is a bad one, and what the codes say to be compared with the sheet."""

    finding: Finding
    reason: Reason | None
    statements: Sequence[SealStatement]
    issuances: Sequence[Mapping[str, Any]]


def judge_codes(sheets: ReadSheets, municipality_code: str, keys: KeyProvider, now: datetime) -> SealCheck:
    """What the codes say, by the city's own keys."""
    return judge(sheets, _Published(PublishedKeys(municipality_code, now, published_keys(keys))), now)


def identify(content: bytes, check: SealCheck, issuances: Sequence[Mapping[str, Any]]) -> Identified:
    """Put what the codes say and what the books know (`issuance_db.history_search.sheets_of`) together."""
    finding = _finding(sha256(content).hexdigest(), check, issuances)
    is_bad = finding in {Finding.ALTERED, Finding.CANNOT_TELL}
    return Identified(finding, check.reason if is_bad else None, check.statements, issuances)


def _finding(digest: str, check: SealCheck, issuances: Sequence[Mapping[str, Any]]) -> Finding:
    if check.verdict is Verdict.FORGED_OR_ALTERED:
        return Finding.ALTERED
    if not check.statements or check.reason not in _OF_THE_LIST:
        return Finding.CANNOT_TELL
    known = {one["issuance_number"]: one for one in issuances}
    if {statement.issuance_number for statement in check.statements} - known.keys():
        return Finding.NOT_IN_THE_BOOKS
    if any(_is_void(one) for one in issuances):
        return Finding.VOID
    return Finding.SAME_FILE if [one["file_digest"] for one in issuances] == [digest] else Finding.OURS_BY_CODE


def _is_void(issuance: Mapping[str, Any]) -> bool:
    was_printed = issuance["outcome"] == "printed"
    stands = was_printed or (issuance["outcome"] is None and issuance["state"] == "answered")
    return issuance["withdrawn"] is not None or not stands
