"""Certificates of today with their codes, what a city publishes about them, and pictures of them as people take them.

The page looks at the clock of the browser: everything here is dated from now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from civil.calendar import jst_date
from keys.document_certified import DocumentCertified
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from kiosk_server.verification_page import Published
from pdf import FontChain, Snapshot, StatusPlace, compose, plan, seal_pages, with_codes
from pdf.visible_seal.published_keys import PublishedKey, sign_keys
from pdf.visible_seal.statement import read_token
from pdf.visible_seal.status_list import Entry, State, sign_status_list
from tests.pdf.samples import FOREIGN, SNAPSHOT, named

CITY = SNAPSHOT.municipality_code
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
ISSUED = NOW - 2 * DAY
PLACE = StatusPlace(12345, b"8 bytes!")
ONE = replace(SNAPSHOT, issued_at=ISSUED)
FAMILY = replace(ONE, persons=(*named("葛󠄂西　花子", "𠮷田　一", "見本　三", "見本　四"), FOREIGN))


def key(purpose: Purpose, secret: int = 1) -> StatementKey:
    """A key that signs nothing real, in force since a year ago."""
    return StatementKey.of(SecretKey(purpose, 1, bytes([secret] * 32)), NOW - 365 * DAY, NOW + 365 * DAY)


SEAL_KEY = key(Purpose.VISIBLE_SEAL)
LIST_KEY = key(Purpose.SEAL_STATUS)


@dataclass(frozen=True, slots=True)
class Sheets:
    """A certificate: its tokens, and its file."""

    tokens: tuple[bytes, ...]
    file: bytes


def made(snapshot: Snapshot, fonts: FontChain, signer: StatementKey = SEAL_KEY, place: StatusPlace = PLACE) -> Sheets:
    """The certificate of a snapshot, sealed by `signer`."""
    return with_sealed(snapshot, fonts, seal_pages(snapshot, "resident_record", place, signer).tokens)


def with_sealed(snapshot: Snapshot, fonts: FontChain, tokens: tuple[bytes, ...]) -> Sheets:
    """The certificate of a snapshot with any tokens."""
    sealed = replace(seal_pages(snapshot, "resident_record", PLACE, SEAL_KEY), tokens=tokens)
    pages = with_codes(plan(snapshot, fonts), sealed)
    return Sheets(tokens, compose(snapshot, pages, fonts).content)


def altered(token: bytes) -> bytes:
    """The token with another name, still well-formed: only its signature can tell."""
    before, after = "見本　太郎".encode(), "見本　次郎".encode()
    assert token.count(before) == 1
    return token.replace(before, after)


def month_of(token: bytes) -> str:
    """The month of issue, as lists are named."""
    return f"{read_token(token).statement.issue_date:%Y-%m}"


def published(
    states: Mapping[StatusPlace, State] | None = None, at: datetime = NOW, valid: timedelta = 2 * DAY
) -> Published:
    """What the city publishes: its keys, and the lists of the months that these tests issue in."""
    entries = [Entry(place, state) for place, state in (states or {PLACE: "issued"}).items()]
    months = {f"{jst_date(instant):%Y-%m}" for instant in (NOW, ISSUED)}
    lists = {month: sign_status_list(CITY, month, entries, at, at + valid, LIST_KEY) for month in months}
    return Published(keys_file(), lists)


def keys_file(
    signers: Sequence[StatementKey] = (SEAL_KEY, LIST_KEY),
    city: str = CITY,
    at: datetime = NOW,
    documents: Sequence[DocumentCertified] = (),
) -> bytes:
    """The file of keys."""
    return sign_keys(city, [PublishedKey(one.purpose, one.public) for one in signers], at, LIST_KEY, documents)
