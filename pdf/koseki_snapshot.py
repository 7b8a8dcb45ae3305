"""戸籍全部事項証明書 and 戸籍個人事項証明書: everything one certificate will say, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from civil.recorded_date import RecordedDate
from pdf.certified import Mayor, OfficialSeal, check_certified
from pdf.errors import SnapshotInvalid
from pdf.visible_seal.to_compare import FactsToCompare


@dataclass(frozen=True, slots=True)
class KosekiParagraph:
    """One line of an item: what stands in the brackets, and what is recorded."""

    label: str
    content: str


@dataclass(frozen=True, slots=True)
class KosekiItem:
    """One item (戸籍事項 or 身分事項), such as 戸籍編製, 出生 or 婚姻, with its paragraphs in order."""

    heading: str
    paragraphs: tuple[KosekiParagraph, ...]


@dataclass(frozen=True, slots=True)
class KosekiPerson:
    """One person of the koseki. `koseki_person_number` is never printed; it ties the person to the permit.

    `removed`: who left the koseki (除籍) and stays recorded in it.
    """

    koseki_person_number: str
    given_name: str
    given_name_furigana: str | None
    birth: RecordedDate
    spouse_kind: Literal["夫", "妻"] | None
    father: str | None
    mother: str | None
    adoptive_father: str | None
    adoptive_mother: str | None
    relationship: str
    removed: bool
    items: tuple[KosekiItem, ...]


@dataclass(frozen=True, slots=True)
class KosekiSnapshot:
    """What both say: of which koseki, its own items, the persons printed. `issued_at` is an aware UTC instant."""

    document_title: ClassVar[str]
    issuance_number: str
    issued_at: datetime
    municipality_code: str
    municipality_name: str
    koseki_number: str
    domicile: str
    first_registrant: str
    items: tuple[KosekiItem, ...]
    persons: tuple[KosekiPerson, ...]
    mayor: Mayor
    official_seal: OfficialSeal
    specimen: bool
    salt: bytes

    def __post_init__(self) -> None:
        if not self.persons:
            raise SnapshotInvalid("戸籍に記録されている者がいません / a koseki has at least one person")
        check_certified(self)

    @property
    def to_compare(self) -> FactsToCompare:
        """筆頭者, who comes first of all the koseki's persons, and how many are on the certificate."""
        return FactsToCompare(self.first_registrant, self.persons[0].birth.printed_wareki(), len(self.persons))


@dataclass(frozen=True, slots=True)
class KosekiFullSnapshot(KosekiSnapshot):
    """戸籍全部事項証明書 as one certificate, often of several pages: everyone recorded, in the order of the koseki."""

    document_title: ClassVar[str] = "戸籍全部事項証明書"


@dataclass(frozen=True, slots=True)
class KosekiIndividualSnapshot(KosekiSnapshot):
    """戸籍個人事項証明書 as one certificate: one person of the koseki, with everything recorded of them."""

    document_title: ClassVar[str] = "戸籍個人事項証明書"

    def __post_init__(self) -> None:
        KosekiSnapshot.__post_init__(self)
        if len(self.persons) != 1:
            raise SnapshotInvalid("個人事項証明書は1人分です / an individual certificate is of one person")

    @property
    def to_compare(self) -> FactsToCompare:
        """The person, by the given name that is printed: the surname stands with the 筆頭者."""
        return FactsToCompare(self.persons[0].given_name, self.persons[0].birth.printed_wareki(), 1)
