"""What the snapshot of every kind has: who certifies, when, under which number. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from civil.calendar import jst_date
from pdf.errors import SnapshotInvalid
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class Mayor:
    """Who certifies: `title` as printed before the name, such as 見本市長 or 見本市長職務代理者　副市長."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class OfficialSeal:
    """電子公印: a PNG image, printed 21 mm wide, and the JST dates (both inclusive) on which it may be used."""

    png: bytes
    valid_from: date
    valid_to: date | None

    def may_be_used(self, on: date) -> bool:
        """Whether `on` (a JST date) is one of its days and there is an image at all."""
        return bool(self.png) and self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Certified(Protocol):
    """A snapshot of any kind. `issued_at` is an aware UTC instant; `salt` makes the digest unguessable."""

    @property
    def document_title(self) -> str:
        """The name of the kind, in the file's title."""

    @property
    def issuance_number(self) -> str:
        """発行番号, on every page."""

    @property
    def issued_at(self) -> datetime:
        """The instant of acceptance; the paper shows its JST date."""

    @property
    def municipality_code(self) -> str:
        """全国地方公共団体コード, six digits; in the visible seal."""

    @property
    def municipality_name(self) -> str:
        """The city, at the head of every page."""

    @property
    def to_compare(self) -> FactsToCompare:
        """What the visible seal carries for comparing by eye."""

    @property
    def mayor(self) -> Mayor:
        """Who certifies."""

    @property
    def official_seal(self) -> OfficialSeal:
        """公印, on the last page."""

    @property
    def specimen(self) -> bool:
        """Whether 見本 goes across every page."""

    @property
    def salt(self) -> bytes:
        """Random, at least 16 bytes in service."""


def check_certified(snapshot: Certified) -> None:
    """Raises `SnapshotInvalid` for an instant without an offset or a seal that may not be used on that day."""
    if snapshot.issued_at.utcoffset() is None:
        raise SnapshotInvalid("発行日時に時差がありません / the instant needs a UTC offset")
    if not snapshot.official_seal.may_be_used(jst_date(snapshot.issued_at)):
        raise SnapshotInvalid("公印の使用期間外です / the official seal may not be used on that day")
