"""住民票の写し: everything one certificate will say, read once. Values only; how they print is decided in `printed_values`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.visible_seal.to_compare import FactsToCompare

Form = Literal["household_list", "individual"]
"""世帯連記式 (up to four persons a page) or 個人票 (one person a page)."""

MY_NUMBER_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ResidentOptions:
    """What the resident asked to have printed; an option that is off prints 【省略】 (住民基本台帳法12条5項)."""

    relationship: bool
    """世帯主の氏名及び続柄: both belong to this one option."""
    domicile: bool
    """本籍・筆頭者 (Japanese nationals)."""
    my_number: bool
    nationality: bool
    """国籍・地域 (foreign residents)."""
    residence_status: bool
    """法30条の45規定区分, 在留資格, 在留期間等 and 満了の日 (foreign residents)."""
    residence_card_number: bool


@dataclass(frozen=True, slots=True)
class Article30_45:  # noqa: N801 - the number of the article is its name
    """What 住民基本台帳法30条の45 adds for foreign residents."""

    category: str
    residence_status: str | None
    residence_period: str | None
    expires_on: date | None
    card_number: str | None


@dataclass(frozen=True, slots=True)
class PrintedPerson:
    """One person on the paper. The resident code (住民票コード) has no place here: a kiosk never prints it.

    `person_number` (宛名番号) is never printed; it ties the person to the permit.
    """

    person_number: str
    name: str
    furigana: str | None
    former_surname: str | None
    former_surname_furigana: str | None
    alias: str | None
    birth: RecordedDate
    sex: Sex
    relationship: str | None
    domicile: str | None
    first_registrant: str | None
    resident_since: RecordedDate | None
    address_since: RecordedDate | None
    notified_on: date | None
    address_before_move_in: str | None
    """転入前住所."""
    address_before_move: str | None
    """異動前住所."""
    nationality: str | None
    foreign_resident_since: RecordedDate | None
    article_30_45: Article30_45 | None
    my_number: str | None
    is_foreign: bool

    def __post_init__(self) -> None:
        if self.is_foreign and self.former_surname is not None:
            raise SnapshotInvalid("旧氏は日本人住民の項目です / a former surname belongs to Japanese nationals")
        if not self.is_foreign and self.alias is not None:
            raise SnapshotInvalid("通称は外国人住民の項目です / an alias belongs to foreign residents")
        if self.my_number is not None and not _is_number(self.my_number):
            raise SnapshotInvalid("個人番号は12桁です / a My Number has 12 digits")

    @property
    def printed_birth(self) -> str:
        """生年月日 as printed: a foreign resident's in 西暦."""
        return self.birth.printed_seireki() if self.is_foreign else self.birth.printed_wareki()


@dataclass(frozen=True, slots=True)
class ResidentRecordSnapshot:
    """住民票の写し as one certificate. `issued_at` is an aware UTC instant; the paper shows its JST date.

    `persons` keeps the order of the household (表示順位). `salt` makes the digest unguessable.
    """

    document_title: ClassVar[str] = "住民票の写し"
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    form: Form
    whole_household: bool
    head_name: str
    address: str
    persons: tuple[PrintedPerson, ...]
    options: ResidentOptions
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


def _is_number(text: str) -> bool:
    return len(text) == MY_NUMBER_DIGITS and text.isascii() and text.isdigit()
