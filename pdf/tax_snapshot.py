"""課税証明書, 所得証明書 and 納税証明書: everything one certificate will say, read once. The three share one record of a person and tax year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from civil import tax_items
from civil.recorded_date import RecordedDate
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.visible_seal.to_compare import FactsToCompare

_LEVIES = (
    "city_income_levy",
    "city_per_capita_levy",
    "prefecture_income_levy",
    "prefecture_per_capita_levy",
    "forest_environment_tax",
)


@dataclass(frozen=True, slots=True)
class TaxHolder:
    """Who is taxed. `person_number` is never printed; it ties the person to the permit.

    `address_on_january_1`: 賦課期日 (地方税法318条) の住所.
    """

    person_number: str
    name: str
    birth: RecordedDate
    address: str
    address_on_january_1: str
    is_foreign: bool

    @property
    def printed_birth(self) -> str:
        """生年月日 as printed: a foreign resident's in 西暦."""
        return self.birth.printed_seireki() if self.is_foreign else self.birth.printed_wareki()


@dataclass(frozen=True, slots=True)
class TaxSnapshot:
    """What the three have in common. `issued_at` and `as_of` are aware UTC instants; the paper shows their JST dates.

    `tax_year` 2026 is 令和8年度, of the income of 2025. `amounts` are pairs of an item of `civil.tax_items` and yen (or heads), in
    the order of the items; what is not named is zero. `as_of`: up to when the tax register is known.
    """

    document_title: ClassVar[str]
    needed: ClassVar[frozenset[str]]
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    holder: TaxHolder
    tax_year: int
    amounts: tuple[tuple[str, int], ...]
    as_of: datetime
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        amounts = dict(self.amounts)
        if amounts.keys() - tax_items.ITEMS or self.needed - amounts.keys():
            raise SnapshotInvalid("税の項目に過不足があります / an item of the tax record is unknown or missing")
        _check_sums(amounts)
        if self.as_of.utcoffset() is None:
            raise SnapshotInvalid("基準日時に時差がありません / the instant needs a UTC offset")
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """Who is taxed."""
        return FactsToCompare(self.holder.name, self.holder.printed_birth, 1)

    def amount(self, item: str) -> int:
        """Yen, or heads; zero where the register names nothing."""
        return dict(self.amounts).get(item, 0)


@dataclass(frozen=True, slots=True)
class TaxAssessmentSnapshot(TaxSnapshot):
    """課税証明書 (a 非課税証明書 where the year's tax is zero)."""

    document_title: ClassVar[str] = "課税証明書"
    needed: ClassVar[frozenset[str]] = frozenset({"total_income", "total_deductions", "taxable_income", "annual_tax"})


@dataclass(frozen=True, slots=True)
class TaxIncomeSnapshot(TaxSnapshot):
    """所得証明書."""

    document_title: ClassVar[str] = "所得証明書"
    needed: ClassVar[frozenset[str]] = frozenset({"total_income"})


@dataclass(frozen=True, slots=True)
class TaxPaymentSnapshot(TaxSnapshot):
    """納税証明書."""

    document_title: ClassVar[str] = "納税証明書"
    needed: ClassVar[frozenset[str]] = frozenset(tax_items.PAYMENT)


def _check_sums(amounts: Mapping[str, int]) -> None:
    """A register whose sums do not agree is not certified."""
    year, levies = amounts.get("annual_tax"), sum(amounts.get(levy, 0) for levy in _LEVIES)
    if year is not None and year != levies - amounts.get("reduction", 0):
        raise SnapshotInvalid("年税額と内訳が合いません / the year's tax is not the sum of its parts")
    due = amounts.get("due")
    if due is not None and due != sum(amounts.get(part, 0) for part in ("paid", "unpaid", "not_yet_due")):
        raise SnapshotInvalid("納付すべき額と内訳が合いません / what is due is not the sum of its parts")
