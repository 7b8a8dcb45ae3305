"""The households that must exist in every demo city, most wanted first: one for each rule that needs a person.

A handle (`case`) names the person in `DemoCity.cases`.
"""

from datetime import date
from typing import Any

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.demo.city.member import F, Foreign, M, Member, Plan

_IVS = {
    "ivs_name_katsu": ("葛󠄂西　花󠄃子", "カサイ　ハナコ", F),
    "ivs_name_nabe": ("渡邉󠄏　一郎", "ワタナベ　イチロウ", M),
    "ivs_name_tsuji": ("辻󠄃　晴󠄃美", "ツジ　ハルミ", F),
    "supplementary_name": ("𠮷田　進", "ヨシダ　ススム", M),
    "ladder_taka_name": ("髙橋　恵", "タカハシ　メグミ", F),
    "standing_saki_name": ("山﨑　誠", "ヤマザキ　マコト", M),
}


def _one(case: str, age: int = 45, relationship: str = "世帯主", **items: Any) -> Member:
    return Member(relationship, age, items.pop("sex", M), items.pop("foreign", None), case=case, items=items)


def _named(case: str, age: int) -> Plan:
    name, furigana, sex = _IVS[case]
    return (_one(case, age, sex=sex, name=name, furigana=furigana, first_registrant=name),)


def _foreign(case: str, age: int, foreign: Foreign, **items: Any) -> Plan:
    return (_one(case, age, foreign=foreign, **items),)


def _family(*cases: str, head_age: int = 42) -> Plan:
    """A couple with two children; the cases go to head, spouse and children in turn."""
    names = (*cases, None, None, None, None)
    return (
        Member("世帯主", head_age, M, case=names[0]),
        Member("妻", head_age - 2, F, case=names[1]),
        Member("子", head_age - 30, F, case=names[2]),
        Member("子", head_age - 33, M, case=names[3]),
    )


_LONG_NAME = "見本小路見本大路見本中路　長々之介長左衛門長右衛門長兵衛長五郎長太郎"
_LONG_ADDRESS = "栃木県足利市名草上町字見本原見本沢見本谷見本平見本坂見本台見本森３９９９番地３９甲乙丙丁"
_LONG_BUILDING = "見本の里サンプルガーデンレジデンス足利セントラルパークフロントタワーイースト館見本棟２３０５号室"

_BORN = RecordedDate(date(2026, 9, 10))
# 60 days without a residence status are allowed after a birth (出入国管理及び難民認定法22条の2).
_JUST_BORN = {
    "birth": _BORN,
    "address_since": _BORN,
    "foreign_resident_since": _BORN,
    "address_notified_on": date(2026, 9, 18),
    "address_before_move": None,
    "address_before_move_in": None,
}

SPECIAL_PLANS: tuple[Plan, ...] = (
    (
        Member("世帯主", 44, M, case="five_person_head"),
        Member("妻", 42, F, case="five_person_spouse"),
        Member("子", 16, F, case="fifteen_or_older_child"),
        Member("子", 12, M, case="under_fifteen"),
        Member("子", 8, F),
    ),
    (
        Member("世帯主", 46, M, case="nine_person_head"),
        Member("妻", 44, F),
        Member("子", 19, M),
        Member("子", 17, F),
        Member("子", 13, M),
        Member("子", 9, F),
        Member("父", 74, M),
        Member("母", 71, F),
        Member("父の母", 97, F, case="great_grandmother"),
    ),
    _family("protected", "protected_household_member"),
    _family("planned_mover", "planned_mover_household_member"),
    (_one("single", 34),),
    _foreign("mid_to_long_term_resident", 31, Foreign("ベトナム", status="技術・人文知識・国際業務", period="３年")),
    _foreign(
        "special_permanent_resident",
        58,
        Foreign("韓国", "特別永住者"),
        alias="金本　正雄",
        alias_furigana="カネモト　マサオ",
    ),
    _foreign("temporary_refuge", 29, Foreign("パキスタン", "一時庇護許可者")),
    _foreign("provisional_stay", 33, Foreign("ネパール", "仮滞在許可者")),
    (
        Member("世帯主", 36, M, Foreign("ブラジル", status="定住者", period="３年"), case="foreign_family_head"),
        Member("妻", 33, F, Foreign("ブラジル", status="定住者", period="３年")),
        Member("子", 0, F, Foreign("ブラジル", "出生による経過滞在者"), case="transitional_by_birth", items=_JUST_BORN),
    ),
    _foreign("transitional_by_loss_of_nationality", 40, Foreign("ブラジル", "国籍喪失による経過滞在者")),
    (
        Member("世帯主", 41, M, case="mixed_household_head"),
        Member(
            "妻", 38, F, Foreign("フィリピン", status="日本人の配偶者等", period="３年"), case="mixed_household_spouse"
        ),
        Member("子", 9, M, case="mixed_household_child"),
    ),
    _foreign(
        "alias",
        49,
        Foreign("中国", status="永住者", period="無期限"),
        alias="王見　健一",
        alias_furigana="オウミ　ケンイチ",
    ),
    (_one("former_surname", 39, sex=F, former_surname="見元", former_surname_furigana="ミモト"),),
    _named("ivs_name_katsu", 52),
    _named("ivs_name_nabe", 60),
    _named("ivs_name_tsuji", 37),
    _named("supplementary_name", 48),
    _named("ladder_taka_name", 28),
    _named("standing_saki_name", 66),
    (_one("unknown_birth_day", 91, birth=RecordedDate.uncertain("昭和10年月日不詳", date(1935, 7, 1))),),
    (_one("impossible_birth_day", 25, birth=RecordedDate.uncertain("平成13年2月29日", date(2001, 2, 28))),),
    (_one("long_name", 55, name=_LONG_NAME, furigana="ミホン　ナガナガ", first_registrant=_LONG_NAME),),
    (_one("long_address", 47, address=_LONG_ADDRESS, building=_LONG_BUILDING, postal_code="3260001"),),
    (
        _one(
            "building",
            30,
            address="栃木県足利市通二丁目２６１８番地",
            building="コーポみほん２０３号",
            postal_code="3260814",
        ),
    ),
    (
        _one(
            "lived_elsewhere_before",
            50,
            address_before_move_in="群馬県太田市見本町１番地２",
            resident_since=RecordedDate(date(2010, 4, 1)),
        ),
    ),
    (_one("sex_blank", 27, sex=Sex.UNKNOWN),),
    # What these become is in `later.py`.
    _family("mover_within_head", "mover_within_spouse"),
    _family("parent_of_newborn", head_age=36),
    (Member("世帯主", 82, M, case="dead"), Member("妻", 79, F, case="widow")),
    (
        Member("世帯主", 84, M, case="dead_head_of_three"),
        Member("妻", 80, F, case="household_without_head"),
        Member("子", 52, M),
    ),
    (_one("moved_out", 26),),
    (_one("cancelled_move_out", 33),),
    (Member("世帯主", 78, M, case="former_head"), Member("妻", 75, F), Member("子", 48, M, case="new_head")),
    (_one("corrected_text", 57),),
    (_one("no_longer_protected", 44),),
)
"""In the order they are wanted: a very small city has the first ones only."""
