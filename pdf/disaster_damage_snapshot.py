"""罹災証明書: everything one certificate will say, read once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from civil.disaster import DEGREES
from civil.recorded_date import RecordedDate
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class DamageHolder:
    """Who applied. `person_number` is never printed; it ties the person to the permit."""

    person_number: str
    name: str
    birth: RecordedDate
    address: str
    is_foreign: bool

    @property
    def printed_birth(self) -> str:
        """生年月日 as printed: a foreign resident's in 西暦."""
        return self.birth.printed_seireki() if self.is_foreign else self.birth.printed_wareki()


@dataclass(frozen=True, slots=True)
class Damage:
    """What one disaster did to one dwelling. `degree` is one of `civil.disaster.DEGREES`; `struck_on` a JST date."""

    damage_number: str
    disaster: str
    struck_on: date
    cause: str
    dwelling_address: str
    degree: str

    def __post_init__(self) -> None:
        if self.degree not in DEGREES:
            raise SnapshotInvalid("被害の程度が区分にありません / the degree of damage is not one of those there are")


@dataclass(frozen=True, slots=True)
class DisasterDamageSnapshot:
    """罹災証明書 as one certificate of one page. `issued_at` is an aware UTC instant; the paper shows its JST date."""

    document_title: ClassVar[str] = "罹災証明書"
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    holder: DamageHolder
    damage: Damage
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """Who applied."""
        return FactsToCompare(self.holder.name, self.holder.printed_birth, 1)
