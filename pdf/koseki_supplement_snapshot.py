"""戸籍の附票の写し: everything one certificate will say, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.printed_values import BLANK
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class SupplementAddress:
    """One address, and the day it was settled at (住所を定めた年月日) where that is recorded."""

    address: str
    since: RecordedDate | None


@dataclass(frozen=True, slots=True)
class SupplementPerson:
    """One person of the 附票 with every address, the oldest first. `koseki_person_number` is never printed.

    `birth` and `sex` are not recorded of who left the koseki before 11 January 2022 (令和元年法律16号). `removed`: who left the
    koseki and stays recorded. The resident code has no place here: a kiosk never prints it.
    """

    koseki_person_number: str
    name: str
    birth: RecordedDate | None
    sex: Sex | None
    removed: bool
    addresses: tuple[SupplementAddress, ...]

    def __post_init__(self) -> None:
        if not self.addresses:
            raise SnapshotInvalid("住所の記録がない人がいます / a person of a 附票 has at least one address")


@dataclass(frozen=True, slots=True)
class KosekiSupplementSnapshot:
    """戸籍の附票の写し as one certificate. `issued_at` is an aware UTC instant.

    `domicile` and `first_registrant` (戸籍の表示) are None where the resident did not ask for them. `whole`: of everyone recorded.
    """

    document_title: ClassVar[str] = "戸籍の附票の写し"
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    koseki_number: str
    whole: bool
    domicile: str | None
    first_registrant: str | None
    persons: tuple[SupplementPerson, ...]
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        if not self.persons or (not self.whole and len(self.persons) != 1):
            raise SnapshotInvalid("全員か1人です / of everyone recorded, or of one person")
        if (self.domicile is None) != (self.first_registrant is None):
            raise SnapshotInvalid("本籍と筆頭者は一組です / domicile and first registrant go together")
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """The first person printed, and how many are on the certificate."""
        first = self.persons[0]
        return FactsToCompare(first.name, first.birth.printed_wareki() if first.birth else BLANK, len(self.persons))
