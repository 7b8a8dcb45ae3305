"""People, snapshots and files that do not exist."""

from dataclasses import replace
from datetime import UTC, date, datetime

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from pdf import (
    Article30_45,
    FontChain,
    Mayor,
    OfficialSeal,
    PrintedPerson,
    ResidentOptions,
    ResidentRecordSnapshot,
    UnsignedDocument,
    compose,
    draw_specimen_seal,
    plan,
)

NOON_IN_JAPAN = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)
ALL = ResidentOptions(
    relationship=True,
    domicile=True,
    my_number=True,
    nationality=True,
    residence_status=True,
    residence_card_number=True,
)
NONE = ResidentOptions(
    relationship=False,
    domicile=False,
    my_number=False,
    nationality=False,
    residence_status=False,
    residence_card_number=False,
)
SEAL = OfficialSeal(draw_specimen_seal("見本市長之印"), date(2020, 1, 1), None)

JAPANESE = PrintedPerson(
    person_number="000000000000017",
    name="見本　太郎",
    furigana="ミホン　タロウ",
    former_surname=None,
    former_surname_furigana=None,
    alias=None,
    birth=RecordedDate(date(1985, 4, 1)),
    sex=Sex.MALE,
    relationship="世帯主",
    domicile="栃木県見本市本城三丁目2145番地",
    first_registrant="見本　一郎",
    resident_since=RecordedDate(date(2010, 4, 1)),
    address_since=RecordedDate(date(2019, 5, 1)),
    notified_on=date(2019, 5, 7),
    address_before_move_in="群馬県手本市浜町2番35号",
    address_before_move="栃木県見本市緑町1番地",
    nationality=None,
    foreign_resident_since=None,
    article_30_45=None,
    my_number="123456789018",
    is_foreign=False,
)

FOREIGN = replace(
    JAPANESE,
    person_number="000000000000025",
    name="NGUYEN THI MINH ANH",
    furigana=None,
    alias="阮　明英",
    birth=RecordedDate(date(1990, 12, 31)),
    sex=Sex.FEMALE,
    relationship="妻",
    domicile=None,
    first_registrant=None,
    resident_since=None,
    nationality="ベトナム",
    foreign_resident_since=RecordedDate(date(2018, 10, 1)),
    article_30_45=Article30_45("中長期在留者", "技術・人文知識・国際業務", "３年", date(2027, 9, 30), "AB12345678CD"),
    is_foreign=True,
)

SNAPSHOT = ResidentRecordSnapshot(
    issuance_number="092029-20261123-0000012345",
    issued_at=NOON_IN_JAPAN,
    municipality_code="092029",
    municipality_name="見本市",
    form="household_list",
    whole_household=True,
    head_name="見本　太郎",
    address="栃木県見本市通二丁目1234番地5　見本マンション101号",
    persons=(JAPANESE,),
    options=ALL,
    mayor=Mayor("見本市長", "手本　花子"),
    official_seal=SEAL,
    specimen=False,
    salt=bytes(16),
)


def named(*names: str) -> tuple[PrintedPerson, ...]:
    """Persons who differ in number and name only."""
    return tuple(replace(JAPANESE, person_number=f"{n:015}", name=name) for n, name in enumerate(names, 1))


def composed(snapshot: ResidentRecordSnapshot, fonts: FontChain) -> UnsignedDocument:
    return compose(snapshot, plan(snapshot, fonts), fonts)


def texts(snapshot: ResidentRecordSnapshot, fonts: FontChain, page: int = 1) -> dict[str, str]:
    """Field id to its whole text on one page of the plan."""
    found: dict[str, str] = {}
    for placed in plan(snapshot, fonts)[page - 1].texts:
        found[placed.field] = found.get(placed.field, "") + placed.text
    return found
