"""A 印鑑登録証明書 and koseki certificates of people who do not exist."""

from dataclasses import fields
from datetime import date
from hashlib import sha256

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from pdf import (
    KosekiFullSnapshot,
    KosekiIndividualSnapshot,
    KosekiItem,
    KosekiParagraph,
    KosekiPerson,
    KosekiSupplementSnapshot,
    RegisteredSeal,
    SealHolder,
    SealRegistrationSnapshot,
    SupplementAddress,
    SupplementPerson,
    draw_registered_seal,
)
from tests.pdf.samples import NOON_IN_JAPAN, SNAPSHOT

HOLDER = SealHolder(
    person_number="000000000000017",
    name="見本　花子",
    former_surname=None,
    alias=None,
    birth=RecordedDate(date(1985, 4, 1)),
    address="栃木県見本市通二丁目1234番地5　見本マンション101号",
    is_foreign=False,
)


def registered(text: str) -> RegisteredSeal:
    png = draw_registered_seal(text)
    return RegisteredSeal(png, sha256(png).digest())


SEAL_CERTIFICATE = SealRegistrationSnapshot(
    issuance_number="20261123-01-00012345-6",
    issued_at=NOON_IN_JAPAN,
    municipality_code="092029",
    municipality_name="見本市",
    holder=HOLDER,
    registered_seal=registered("見本花子"),
    mayor=SNAPSHOT.mayor,
    official_seal=SNAPSHOT.official_seal,
    specimen=False,
    salt=bytes(16),
)


def item(heading: str, *paragraphs: tuple[str, str]) -> KosekiItem:
    return KosekiItem(heading, tuple(KosekiParagraph(*one) for one in paragraphs))


BIRTH = item(
    "出生",
    ("出生日", "昭和60年4月1日"),
    ("出生地", "栃木県見本市"),
    ("届出日", "昭和60年4月8日"),
    ("届出人", "父"),
    ("入籍日", "昭和60年4月12日"),
)
MARRIAGE = item(
    "婚姻",
    ("婚姻日", "平成22年11月22日"),
    ("配偶者氏名", "手本　花子"),
    ("従前戸籍", "群馬県手本市浜町二丁目35番地　手本　次郎、転籍前の本籍は東京都千代田区永田町一丁目1番地"),
)


def koseki_person(name: str, **changes: object) -> KosekiPerson:
    facts: dict[str, object] = {
        "koseki_person_number": name,
        "given_name": name,
        "given_name_furigana": "ミホン",
        "birth": RecordedDate(date(1985, 4, 1)),
        "spouse_kind": None,
        "father": "見本　一郎",
        "mother": "見本　葉子",
        "adoptive_father": None,
        "adoptive_mother": None,
        "relationship": "長男",
        "removed": False,
        "items": (BIRTH, MARRIAGE),
    }
    return KosekiPerson(**(facts | changes))  # type: ignore[arg-type]  # tests name the fields they change


KOSEKI = KosekiFullSnapshot(
    issuance_number="20261123-01-00012347-2",
    issued_at=NOON_IN_JAPAN,
    municipality_code="092029",
    municipality_name="見本市",
    koseki_number="K1",
    domicile="栃木県見本市本城三丁目2145番地",
    first_registrant="見本　太郎",
    items=(item("戸籍編製", ("編製日", "平成22年11月22日")),),
    persons=(
        koseki_person("太郎", spouse_kind="夫"),
        koseki_person("花子", spouse_kind="妻", relationship="二女"),
        koseki_person("一", removed=True),
        koseki_person("葵", relationship="長女", items=(BIRTH,)),
    ),
    mayor=SNAPSHOT.mayor,
    official_seal=SNAPSHOT.official_seal,
    specimen=False,
    salt=bytes(16),
)
_OF_KOSEKI = {field.name: getattr(KOSEKI, field.name) for field in fields(KOSEKI)}
KOSEKI_INDIVIDUAL = KosekiIndividualSnapshot(
    **(_OF_KOSEKI | {"issuance_number": "20261123-01-00012349-9", "persons": (KOSEKI.persons[1],)})
)


def supplement_person(name: str, *addresses: str, **changes: object) -> SupplementPerson:
    facts: dict[str, object] = {
        "koseki_person_number": name,
        "name": f"見本　{name}",
        "birth": RecordedDate(date(1985, 4, 1)),
        "sex": Sex.FEMALE,
        "removed": False,
        "addresses": tuple(
            SupplementAddress(address, RecordedDate(date(2010 + order, 11, 22)))
            for order, address in enumerate(addresses or ("栃木県見本市通二丁目1234番地5　見本マンション101号",))
        ),
    }
    return SupplementPerson(**(facts | changes))  # type: ignore[arg-type]  # tests name the fields they change


SUPPLEMENT = KosekiSupplementSnapshot(
    issuance_number="20261123-01-00012350-2",
    issued_at=NOON_IN_JAPAN,
    municipality_code="092029",
    municipality_name="見本市",
    koseki_number="K1",
    whole=True,
    domicile=KOSEKI.domicile,
    first_registrant=KOSEKI.first_registrant,
    persons=(
        supplement_person(
            "太郎",
            "栃木県見本市通二丁目1234番地5",
            "群馬県手本市浜町二丁目35番地　手本ハイツみなみ一番館1205号室",
            "東京都千代田区永田町一丁目1番地",
            sex=Sex.MALE,
        ),
        supplement_person("花子", "栃木県見本市通二丁目1234番地5", "北海道札幌市中央区北一条西二丁目"),
        supplement_person("一", birth=None, sex=None, removed=True),
        supplement_person("葵", *(f"栃木県見本市本城{turn}丁目{turn}番地" for turn in range(1, 8))),
    ),
    mayor=SNAPSHOT.mayor,
    official_seal=SNAPSHOT.official_seal,
    specimen=False,
    salt=bytes(16),
)
