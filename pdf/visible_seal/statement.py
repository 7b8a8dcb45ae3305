"""What one code says of its page, and the signed token that carries it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from civil.calendar import jst_date
from keys.cose import Signed, StatementMalformed, decoded, encoded, read_sign1, sign1
from keys.statement_key import PublicStatementKey, StatementKey
from pdf.visible_seal.base45 import from_base45, to_base45

PREFIX: Final = "KS1:"
"""Before the token in the code: whose kind of code it is, and the version of its form."""

DIGEST_BYTES: Final = 16
SECRET_BYTES: Final = 8
_MINUTE: Final = 60
_LAST: Final = 253_402_214_400
"""Seconds; whoever reads a later time than that of the year 9999 in Japan has no date for it."""

_OURS: Final = re.compile(r"KS[0-9]+:")
_CITY, _NUMBER, _KIND, _ISSUED, _PAGE, _DIGEST, _NAME, _BIRTH, _PERSONS, _STATUS = range(1, 11)
_TYPES: Final = {
    _CITY: str, _NUMBER: str, _KIND: str, _ISSUED: int, _PAGE: list, _DIGEST: bytes, _NAME: str, _BIRTH: str,
    _PERSONS: int, _STATUS: list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where the status list tells of this issuance: a random index, and the secret that unmasks what stands there."""

    index: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class SealStatement:
    """One page of one certificate. `page` counts from 1; `issued_at` (UTC) is cut to the whole minute.

    `subject_name`, `subject_birth` and `persons` are for comparing by eye, as they are printed.
    """

    municipality_code: str
    issuance_number: str
    kind: str
    issued_at: datetime
    page: int
    pages: int
    page_digest: bytes
    subject_name: str
    subject_birth: str
    persons: int
    status: StatusPlace

    @property
    def issue_date(self) -> date:
        """The date of issue in Japan, as printed."""
        return jst_date(self.issued_at)


@dataclass(frozen=True, slots=True)
class SealToken:
    """A statement as read, with the signature that is yet to be verified."""

    statement: SealStatement
    signed: Signed

    @property
    def key_id(self) -> bytes:
        """Which key is said to have signed."""
        return self.signed.key_id

    def is_of(self, key: PublicStatementKey) -> bool:
        """Whether this key signed it."""
        return self.signed.is_of(key)


def sign_statement(statement: SealStatement, key: StatementKey) -> bytes:
    """The token: a COSE_Sign1 with the statement as its payload; the same bytes every time."""
    claims = {
        _CITY: statement.municipality_code,
        _NUMBER: statement.issuance_number,
        _KIND: statement.kind,
        _ISSUED: int(statement.issued_at.timestamp()) // _MINUTE * _MINUTE,
        _PAGE: [statement.page, statement.pages],
        _DIGEST: statement.page_digest,
        _NAME: statement.subject_name,
        _BIRTH: statement.subject_birth,
        _PERSONS: statement.persons,
        _STATUS: [statement.status.index, statement.status.secret],
    }
    return sign1(key, encoded(claims))


def read_token(token: bytes) -> SealToken:
    """Raises StatementMalformed for anything else than what `sign_statement` makes; verifies nothing."""
    signed = read_sign1(token)
    claims = decoded(signed.payload)
    if not isinstance(claims, dict) or set(claims) != set(_TYPES):
        raise StatementMalformed
    if not all(type(claims[name]) is kind for name, kind in _TYPES.items()):
        raise StatementMalformed
    return SealToken(_statement(claims), signed)


def code_text(token: bytes) -> str:
    """What the code says when it is scanned."""
    return PREFIX + to_base45(token)


def is_of_a_seal(text: str) -> bool:
    """Whether a scanned code is a visible seal, of this form or of another."""
    return _OURS.match(text) is not None


def token_in(text: str) -> bytes:
    """The token of a scanned code. Raises StatementMalformed for a code of another kind."""
    if not text.startswith(PREFIX):
        raise StatementMalformed
    return from_base45(text.removeprefix(PREFIX))


def _statement(claims: dict[int, Any]) -> SealStatement:
    page, pages = _pair(claims[_PAGE], int, int)
    index, secret = _pair(claims[_STATUS], int, bytes)
    is_whole_minute = claims[_ISSUED] % _MINUTE == 0 and 0 <= claims[_ISSUED] <= _LAST
    counts_right = 1 <= page <= pages and claims[_PERSONS] >= 1 and index >= 0
    if not (is_whole_minute and counts_right) or len(claims[_DIGEST]) != DIGEST_BYTES or len(secret) != SECRET_BYTES:
        raise StatementMalformed
    return SealStatement(
        claims[_CITY],
        claims[_NUMBER],
        claims[_KIND],
        datetime.fromtimestamp(claims[_ISSUED], UTC),
        page,
        pages,
        claims[_DIGEST],
        claims[_NAME],
        claims[_BIRTH],
        claims[_PERSONS],
        StatusPlace(index, secret),
    )


def _pair(value: list[Any], first: type, second: type) -> tuple[Any, Any]:
    if [type(part) for part in value] != [first, second]:
        raise StatementMalformed
    return value[0], value[1]
