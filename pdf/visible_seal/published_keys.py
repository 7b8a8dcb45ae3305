"""The public keys of a city with their dates, as they are published: one signed file, no certificate.

It is signed by the key of the status lists, so that a damaged file shows. Whose it is follows from where it was found:
the city's own web site, or the file that a branch office was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from keys.cose import TYPE, StatementMalformed, decoded, encoded, read_sign1, sign1
from keys.document_certified import DocumentCertified
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.statement_key import COORDINATE_BYTES, PublicStatementKey, StatementKey

KEYS_TYPE: Final = "application/vnd.kiosk.seal-keys+cbor"
_CITY, _ISSUED, _KEYS, _DOCUMENTS = 1, 2, 3, 4
_ENTRY: Final = 6


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key and what it signs."""

    purpose: Purpose
    public: PublicStatementKey


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """The keys of one city. `issued_at` is aware."""

    municipality_code: str
    issued_at: datetime
    keys: tuple[PublishedKey, ...]
    documents: tuple[DocumentCertified, ...] = ()
    """The certificates of the keys that sign PDF files."""

    def document(self, certificate_der: bytes) -> DocumentCertified | None:
        """The published certificate, None if it is not one of them."""
        return next((one for one in self.documents if one.certificate_der == certificate_der), None)

    def find(self, purpose: Purpose, key_id: bytes) -> PublicStatementKey | None:
        """The key of this purpose by its id, None if there is none."""
        found = (key.public for key in self.keys if key.purpose is purpose and key.public.key_id == key_id)
        return next(found, None)


def sign_keys(
    municipality_code: str,
    keys: Sequence[PublishedKey],
    issued_at: datetime,
    signer: StatementKey,
    documents: Sequence[DocumentCertified] = (),
) -> bytes:
    """The file. `signer` is a key of purpose `seal_status` that is among `keys`."""
    claims = {
        _CITY: municipality_code,
        _ISSUED: int(issued_at.timestamp()),
        _KEYS: [_entry(key) for key in keys],
        _DOCUMENTS: [_document_entry(one) for one in documents],
    }
    return sign1(signer, encoded(claims), {TYPE: KEYS_TYPE})


def read_keys(content: bytes) -> PublishedKeys:
    """Raises StatementMalformed for anything else than what `sign_keys` makes, or if a byte of it was changed."""
    signed = read_sign1(content)
    claims = decoded(signed.payload)
    if signed.headers.get(TYPE) != KEYS_TYPE or not isinstance(claims, dict):
        raise StatementMalformed
    try:
        keys = tuple(_read_entry(entry) for entry in claims[_KEYS])
        documents = tuple(_read_document(entry) for entry in claims.get(_DOCUMENTS, []))
        found = PublishedKeys(str(claims[_CITY]), _instant(claims[_ISSUED]), keys, documents)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise StatementMalformed from None
    signer = found.find(Purpose.SEAL_STATUS, signed.key_id)
    if signer is None or not signed.is_of(signer):
        raise StatementMalformed
    return found


def _entry(key: PublishedKey) -> list[Any]:
    public = key.public
    until = None if public.not_after is None else int(public.not_after.timestamp())
    return [key.purpose.value, public.key_id, public.x, public.y, int(public.not_before.timestamp()), until]


def _read_entry(entry: Any) -> PublishedKey:
    if not isinstance(entry, list) or len(entry) != _ENTRY:
        raise StatementMalformed
    purpose, key_id, x, y, since, until = entry
    if {type(part) for part in (key_id, x, y)} != {bytes} or {len(x), len(y)} != {COORDINATE_BYTES}:
        raise StatementMalformed
    public = PublicStatementKey(x, y, _instant(since), None if until is None else _instant(until))
    if purpose not in STATEMENT_PURPOSES or public.key_id != key_id:
        raise StatementMalformed
    return PublishedKey(Purpose(purpose), public)


def _document_entry(one: DocumentCertified) -> list[Any]:
    dates = (int(one.not_before.timestamp()), int(one.not_after.timestamp()))
    return [one.certificate_der, list(one.chain_der), *dates]


def _read_document(entry: Any) -> DocumentCertified:
    certificate, chain, since, until = entry
    if not all(isinstance(der, bytes) for der in (certificate, *chain)):
        raise StatementMalformed
    return DocumentCertified(certificate, tuple(chain), _instant(since), _instant(until))


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
