"""From what was read off a sheet to a verdict. No verdict is better than a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from keys.cose import StatementMalformed
from keys.purpose import Purpose
from pdf.visible_seal.page_digest import page_digest
from pdf.visible_seal.published_keys import PublishedKeys
from pdf.visible_seal.statement import PREFIX, SealStatement, SealToken, is_of_a_seal, read_token, token_in
from pdf.visible_seal.status_list import StatusList
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

_SETTLING: Final = timedelta(minutes=2)
"""How long after its minute of issue a certificate may not yet be in a list."""

_CLOCK_SKEW: Final = timedelta(minutes=5)
_SEVERITY: Final = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What was read off one page or picture: the codes, and the drawn text where there is one (a file of ours)."""

    codes: tuple[str, ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReadSheets:
    """All pages of a file, or one picture. `salt` is that of the page digests, in a file of ours."""

    pages: tuple[ReadPage, ...]
    salt: bytes | None = None

    @property
    def is_file_of_ours(self) -> bool:
        """Whether it is the file that was issued, or made of it: then each page has its code and its text."""
        return self.salt is not None and all(page.text is not None for page in self.pages)


class Published(Protocol):
    """What cities publish (`published_files`)."""

    def keys(self, municipality_code: str) -> PublishedKeys | None:
        """The keys of a city."""

    def status_list(self, municipality_code: str, month: str) -> StatusList | None:
        """The list of a month, not yet verified."""


def judge(sheets: ReadSheets, published: Published, now: datetime) -> SealCheck:
    """The verdict about a file or picture at an instant (aware)."""
    texts = [code for page in sheets.pages for code in page.codes if is_of_a_seal(code)]
    if not texts:
        return SealCheck(Verdict.CANNOT_TELL, Reason.NO_CODE)
    checks = [_signed(text, published) for text in dict.fromkeys(texts)]
    signed = tuple(statement for check in checks for statement in check.statements)
    checks += [_together(sheets, signed)] if all(check.statements for check in checks) else []
    checks += [_status(statement, published, now) for statement in _one_of_each(signed)]
    worst = min(checks, key=lambda check: _SEVERITY.index(check.verdict))
    times = [check.status_as_of for check in checks if check.status_as_of is not None]
    in_order = tuple(sorted(signed, key=lambda statement: (statement.issuance_number, statement.page)))
    return replace(worst, statements=in_order, status_as_of=min(times, default=None))


def _signed(text: str, published: Published) -> SealCheck:
    """Whether a city has signed this code: then its statement is in the answer."""
    if not text.startswith(PREFIX):
        return SealCheck(Verdict.CANNOT_TELL, Reason.NEWER_FORM)
    try:
        token = read_token(token_in(text))
    except StatementMalformed:
        return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.CODE_MALFORMED)
    keys = published.keys(token.statement.municipality_code)
    return SealCheck(Verdict.CANNOT_TELL, Reason.NO_KEYS) if keys is None else _signed_with(token, keys)


def _signed_with(token: SealToken, keys: PublishedKeys) -> SealCheck:
    statement = token.statement
    key = keys.find(Purpose.VISIBLE_SEAL, token.key_id)
    if key is None and statement.issued_at > keys.issued_at:
        return SealCheck(Verdict.CANNOT_TELL, Reason.KEYS_OLD)
    if key is None or not token.is_of(key):
        return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.SIGNATURE_WRONG)
    # The code says the minute, a key may begin within it.
    if not (key.in_force(statement.issued_at) or key.in_force(statement.issued_at + timedelta(minutes=1))):
        return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.KEY_NOT_IN_FORCE)
    return SealCheck(Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED, (statement,))


def _together(sheets: ReadSheets, statements: Sequence[SealStatement]) -> SealCheck:
    """Whether the codes are those of one certificate, and in a file of ours those of its pages and their text."""
    is_one = len(_one_of_each(statements)) == 1
    if sheets.is_file_of_ours:
        return _of_file(sheets, statements, is_one=is_one)
    if not is_one:
        return SealCheck(Verdict.CANNOT_TELL, Reason.SEVERAL_SHEETS)
    if any(not any(map(is_of_a_seal, page.codes)) for page in sheets.pages):
        return SealCheck(Verdict.CANNOT_TELL, Reason.CODE_MISSING)
    return SealCheck(Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED)


def _of_file(sheets: ReadSheets, statements: Sequence[SealStatement], *, is_one: bool) -> SealCheck:
    by_page = [[code for code in page.codes if is_of_a_seal(code)] for page in sheets.pages]
    places = [(statement.page, statement.pages) for statement in statements]
    expected = [(number, len(sheets.pages)) for number in range(1, len(sheets.pages) + 1)]
    if not is_one or any(len(codes) != 1 for codes in by_page) or places != expected:
        return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.PAGES_DISAGREE)
    for page, statement in zip(sheets.pages, statements, strict=True):
        digest = page_digest(sheets.salt or b"", statement.page, statement.pages, (page.text or "",))
        if digest != statement.page_digest:
            return SealCheck(Verdict.FORGED_OR_ALTERED, Reason.TEXT_CHANGED)
    return SealCheck(Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED)


def _one_of_each(statements: Iterable[SealStatement]) -> Sequence[SealStatement]:
    """One statement for each certificate that they are about."""
    certificates = {
        (one.municipality_code, one.issuance_number, one.kind, one.issued_at, one.pages, one.status): one
        for one in statements
    }
    return tuple(certificates.values())


def _status(statement: SealStatement, published: Published, now: datetime) -> SealCheck:
    found = _list_of(statement, published)
    if found is None:
        return SealCheck(Verdict.CANNOT_TELL, Reason.NO_LIST)
    if not found.issued_at - _CLOCK_SKEW <= now < found.expires_at:
        return SealCheck(Verdict.CANNOT_TELL, Reason.LIST_STALE, status_as_of=found.issued_at)
    list_from = statement.issued_at + _SETTLING
    if found.issued_at < list_from:
        return SealCheck(Verdict.CANNOT_TELL, Reason.LIST_OLDER, status_as_of=found.issued_at, list_from=list_from)
    state = found.state(statement.status)
    if state == "issued":
        return SealCheck(Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED, status_as_of=found.issued_at)
    reason = Reason.REPLACED if state == "replaced" else Reason.VOID
    return SealCheck(Verdict.VOID_OR_REPLACED, reason, status_as_of=found.issued_at)


def _list_of(statement: SealStatement, published: Published) -> StatusList | None:
    """The list of the month of issue, if a key of the city that was in force has signed it."""
    keys = published.keys(statement.municipality_code)
    found = published.status_list(statement.municipality_code, f"{statement.issue_date:%Y-%m}")
    if keys is None or found is None:
        return None
    key = keys.find(Purpose.SEAL_STATUS, found.signed.key_id)
    return found if key is not None and key.in_force(found.issued_at) and found.signed.is_of(key) else None
