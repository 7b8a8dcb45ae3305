"""What hangs in the gallery: whose certificate, of which kind, with what on it, and why it is there."""

from dataclasses import dataclass
from typing import Final, Literal

from kiosk_server.issuing.request import Kind, ResidentRecordOptions, ResidentStatementOptions

_NOTHING: Final = ResidentRecordOptions()
_EVERYTHING_JAPANESE: Final = ResidentRecordOptions(relationship=True, domicile=True)
_EVERYTHING_FOREIGN: Final = ResidentRecordOptions(
    relationship=True, nationality=True, residence_status=True, residence_card_number=True
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One certificate. `case` names the person in `DemoCity.cases`; `name` is that of the picture files."""

    name: str
    case: str
    ja: str
    en: str
    kind: Kind = Kind.RESIDENT_RECORD
    persons: Literal["household", "koseki", "self"] = "self"
    options: ResidentRecordOptions = _NOTHING
    form: Literal["household_list", "individual"] = "household_list"


EXHIBITS: Final = (
    Exhibit(
        "family-of-five",
        "five_person_head",
        "世帯全員、世帯連記式。5人なので2枚",
        "A whole household; five persons take two pages",
        persons="household",
        options=_EVERYTHING_JAPANESE,
    ),
    Exhibit(
        "nine-persons",
        "nine_person_head",
        "9人の世帯。認証文は最後のページだけ",
        "Nine persons; the certification stands on the last page alone",
        persons="household",
        options=_EVERYTHING_JAPANESE,
    ),
    Exhibit(
        "individual", "single", "個人票", "The form for one person", options=_EVERYTHING_JAPANESE, form="individual"
    ),
    Exhibit("nothing-chosen", "single", "選ばなかった項目は【省略】", "What was not chosen is said to be omitted"),
    Exhibit(
        "my-number",
        "single",
        "個人番号を記載したもの",
        "With My Number",
        options=ResidentRecordOptions(my_number=True),
        form="individual",
    ),
    Exhibit(
        "mixed-household",
        "mixed_household_head",
        "日本人と外国人の世帯",
        "A Japanese and foreign household",
        persons="household",
        options=_EVERYTHING_FOREIGN,
    ),
    *(
        Exhibit(case.replace("_", "-"), case, ja, en, options=_EVERYTHING_FOREIGN, form="individual")
        for case, ja, en in (
            ("mid_to_long_term_resident", "中長期在留者", "Mid- to long-term resident"),
            ("special_permanent_resident", "特別永住者、通称あり", "Special permanent resident, with an alias"),
            ("temporary_refuge", "一時庇護許可者", "With permission for temporary refuge"),
            ("provisional_stay", "仮滞在許可者", "With permission for provisional stay"),
            (
                "transitional_by_loss_of_nationality",
                "国籍喪失による経過滞在者",
                "In transition, by loss of nationality",
            ),
        )
    ),
    Exhibit(
        "transitional-by-birth",
        "foreign_family_head",
        "出生による経過滞在者のいる世帯",
        "A household with a child in transition by birth",
        persons="household",
        options=_EVERYTHING_FOREIGN,
    ),
    *(
        Exhibit(case.replace("_", "-"), case, ja, en)
        for case, ja, en in (
            ("ivs_name_katsu", "異体字セレクター: 葛󠄂・花󠄃", "Variation sequences: 葛󠄂 and 花󠄃"),
            ("ivs_name_nabe", "異体字セレクター: 邉󠄏", "A variation sequence: 邉󠄏"),
            ("ivs_name_tsuji", "異体字セレクター: 辻󠄃・晴󠄃", "Variation sequences: 辻󠄃 and 晴󠄃"),
            ("supplementary_name", "BMP 外の文字: 𠮷", "A character outside the BMP: 𠮷"),
            ("ladder_taka_name", "はしごだか: 髙", "髙 with a ladder"),
            ("standing_saki_name", "たつさき: 﨑", "﨑 with a standing 立"),
            ("long_name", "長い氏名は縮め、折り返す。切らない", "A long name is set smaller, then wrapped, never cut"),
            ("long_address", "長い住所", "A long address"),
            ("unknown_birth_day", "不詳の生年月日", "An unknown date of birth"),
            ("impossible_birth_day", "暦にない生年月日", "A date of birth that no calendar has"),
            ("former_surname", "旧氏", "A former surname"),
            ("lived_elsewhere_before", "転入前住所", "The address before moving in"),
        )
    ),
    Exhibit(
        "resident-statement",
        "five_person_head",
        "住民票記載事項証明書。選んだ項目だけ",
        "Items of the resident record: those that were chosen, of a household",
        kind=Kind.RESIDENT_STATEMENT,
        persons="household",
        options=ResidentStatementOptions(relationship=True, address_since=True),
    ),
    Exhibit(
        "resident-statement-foreign",
        "mixed_household_head",
        "住民票記載事項証明書、選べる項目を選んだもの。日本人と外国人の世帯",
        "Every item but My Number, of a Japanese and foreign household",
        kind=Kind.RESIDENT_STATEMENT,
        persons="household",
        options=ResidentStatementOptions(
            relationship=True,
            domicile=True,
            nationality=True,
            residence_status=True,
            residence_card_number=True,
            resident_since=True,
            address_since=True,
            previous_address=True,
        ),
    ),
    Exhibit("seal-registration", "single", "印鑑登録証明書", "Seal registration", kind=Kind.SEAL_REGISTRATION),
    Exhibit(
        "seal-of-an-alias",
        "alias",
        "通称で登録した印鑑",
        "A seal registered under an alias",
        kind=Kind.SEAL_REGISTRATION,
    ),
    Exhibit("koseki-full", "five_person_head", "戸籍全部事項証明書", "The whole koseki", kind=Kind.KOSEKI_FULL),
    Exhibit(
        "koseki-individual",
        "five_person_head",
        "戸籍個人事項証明書",
        "One person of a koseki",
        kind=Kind.KOSEKI_INDIVIDUAL,
    ),
    Exhibit(
        "koseki-supplement",
        "five_person_head",
        "戸籍の附票の写し、全員。本籍・筆頭者を記載したもの",
        "The addresses of a whole koseki, with the domicile",
        kind=Kind.KOSEKI_SUPPLEMENT,
        persons="koseki",
        options=ResidentRecordOptions(domicile=True),
    ),
    Exhibit(
        "koseki-supplement-self",
        "five_person_spouse",
        "戸籍の附票の写し、請求者本人だけ",
        "The holder's own addresses alone",
        kind=Kind.KOSEKI_SUPPLEMENT,
    ),
    Exhibit("tax-assessment", "five_person_head", "課税証明書", "Tax assessed", kind=Kind.TAX_ASSESSMENT),
    Exhibit("tax-income", "five_person_head", "所得証明書", "Income", kind=Kind.TAX_INCOME),
    Exhibit("tax-payment", "five_person_head", "納税証明書", "Tax paid", kind=Kind.TAX_PAYMENT),
    Exhibit("disaster-damage", "five_person_head", "罹災証明書", "Damage by a disaster", kind=Kind.DISASTER_DAMAGE),
)
