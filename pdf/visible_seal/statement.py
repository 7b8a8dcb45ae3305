"""What one code says of its page, and the signed token that carries it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from keys.cose import Signed, StatementMalformed, decoded, encoded, read_sign1, sign1
from keys.statement_key import PublicStatementKey, StatementKey
from pdf.visible_seal.base45 import from_base45, to_base45

PREFIX: Final = "KS1:"
"""Before the token in the code: whose kind of code it is, and the version of its form."""

DIGEST_BYTES: Final = 16
SECRET_BYTES: Final = 8
_EPOCH: Final = date(1970, 1, 1)
_LAST_DAY: Final = (date.max - _EPOCH).days
_CITY, _NUMBER, _KIND, _DAY, _PAGE, _DIGEST, _NAME, _BIRTH, _PERSONS, _STATUS = range(1, 11)
_TYPES: Final = {
    _CITY: str, _NUMBER: str, _KIND: str, _DAY: int, _PAGE: list, _DIGEST: bytes, _NAME: str, _BIRTH: str,
    _PERSONS: int, _STATUS: list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where the status list tells of this issuance: a random index, and the secret that unmasks what stands there."""

    index: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class SealStatement:
    """One page of one certificate. `page` counts from 1.

    `subject_name`, `subject_birth` and `persons` are for comparing by eye, as they are printed.
    """

    municipality_code: str
    issuance_number: str
    kind: str
    issue_date: date
    page: int
    pages: int
    page_digest: bytes
    subject_name: str
    subject_birth: str
    persons: int
    status: StatusPlace


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
        _DAY: (statement.issue_date - _EPOCH).days,
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


def token_in(text: str) -> bytes:
    """The token of a scanned code. Raises StatementMalformed for a code of another kind."""
    if not text.startswith(PREFIX):
        raise StatementMalformed
    return from_base45(text.removeprefix(PREFIX))


def _statement(claims: dict[int, Any]) -> SealStatement:
    page, pages = _pair(claims[_PAGE], int, int)
    index, secret = _pair(claims[_STATUS], int, bytes)
    counts_right = 1 <= page <= pages and claims[_PERSONS] >= 1 and index >= 0 and 0 <= claims[_DAY] <= _LAST_DAY
    if not counts_right or len(claims[_DIGEST]) != DIGEST_BYTES or len(secret) != SECRET_BYTES:
        raise StatementMalformed
    return SealStatement(
        claims[_CITY],
        claims[_NUMBER],
        claims[_KIND],
        _EPOCH + timedelta(days=claims[_DAY]),
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
