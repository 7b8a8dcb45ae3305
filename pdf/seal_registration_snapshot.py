"""印鑑登録証明書: everything one certificate will say, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from civil.recorded_date import RecordedDate
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.registered_seal import RegisteredSeal
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class SealHolder:
    """Whose seal it is. `person_number` is never printed; it ties the person to the permit."""

    person_number: str
    name: str
    former_surname: str | None
    alias: str | None
    birth: RecordedDate
    address: str
    is_foreign: bool

    @property
    def printed_birth(self) -> str:
        """生年月日 as printed: a foreign resident's in 西暦."""
        return self.birth.printed_seireki() if self.is_foreign else self.birth.printed_wareki()


@dataclass(frozen=True, slots=True)
class SealRegistrationSnapshot:
    """印鑑登録証明書 as one certificate of one page. `issued_at` is an aware UTC instant; the paper shows its JST date."""

    document_title: ClassVar[str] = "印鑑登録証明書"
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    holder: SealHolder
    registered_seal: RegisteredSeal
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """The holder."""
        return FactsToCompare(self.holder.name, self.holder.printed_birth, 1)
