"""Makes the tokens of a certificate and puts them on its planned pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from keys.statement_key import StatementKey
from pdf.page_plan import PagePlan
from pdf.planning import placed
from pdf.snapshots import Snapshot
from pdf.visible_seal.code_check import digest_of
from pdf.visible_seal.page_digest import seal_salt
from pdf.visible_seal.seal_code import SealCode
from pdf.visible_seal.statement import SealStatement, StatusPlace, sign_statement
from pdf.visible_seal.texts_only import TEXTS_ONLY


@dataclass(frozen=True, slots=True)
class Sealed:
    """A snapshot with the token of each of its pages: all that its paper is made from."""

    snapshot: Snapshot
    tokens: tuple[bytes, ...]


def seal_pages(snapshot: Snapshot, kind: str, status: StatusPlace, key: StatementKey) -> Sealed:
    """Sign a token for each page. `kind` is the name in the centre protocol; the number must be stored as proposed.

    Raises `GlyphMissing` for a field with nothing to print.
    """
    salt = seal_salt(snapshot.salt)
    pages = placed(snapshot, TEXTS_ONLY)
    return Sealed(
        snapshot, tuple(sign_statement(_statement(snapshot, kind, status, salt, page), key) for page in pages)
    )


def with_codes(pages: Sequence[PagePlan], sealed: Sealed) -> tuple[PagePlan, ...]:
    """The pages with their codes. Raises ValueError unless there is a token for each."""
    salt = seal_salt(sealed.snapshot.salt)
    return tuple(
        replace(page, seal_code=SealCode(token, salt)) for page, token in zip(pages, sealed.tokens, strict=True)
    )


def _statement(snapshot: Snapshot, kind: str, status: StatusPlace, salt: bytes, page: PagePlan) -> SealStatement:
    facts = snapshot.to_compare
    return SealStatement(
        snapshot.municipality_code,
        snapshot.issuance_number,
        kind,
        snapshot.issued_at.astimezone(UTC).replace(second=0, microsecond=0),
        page.number,
        page.total,
        digest_of(salt, page),
        facts.short_name,
        facts.birth,
        facts.persons,
        status,
    )
