"""住民票記載事項証明書: everything one certificate will say, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.snapshot import PrintedPerson, ResidentOptions
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class StatementItems(ResidentOptions):
    """Which items of the record the resident wants stated, beside name, address, birth and sex. The others are not on the form."""

    resident_since: bool
    """住民となった日, of foreign residents 外国人住民となった日."""
    address_since: bool
    """住所を定めた日 and 届出日."""
    previous_address: bool
    """転入前住所 and 異動前住所."""


@dataclass(frozen=True, slots=True)
class ResidentStatementSnapshot:
    """住民票記載事項証明書 as one certificate. `issued_at` is an aware UTC instant; the paper shows its JST date.

    `persons` keeps the order of the household (表示順位). The resident code (住民票コード) has no place here either.
    """

    document_title: ClassVar[str] = "住民票記載事項証明書"
    certification: ClassVar[str] = "上記の事項は、住民票に記載があることを証明する。"
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    head_name: str
    address: str
    persons: tuple[PrintedPerson, ...]
    options: StatementItems
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        if not self.persons:
            raise SnapshotInvalid("対象者がいません / a certificate needs at least one person")
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """The first person, and how many there are."""
        return FactsToCompare(self.persons[0].name, self.persons[0].printed_birth, len(self.persons))
