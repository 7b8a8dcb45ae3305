"""Why something is not issued, in the words of a counter. Who need not know of a protective measure reads a neutral word."""

from collections.abc import Mapping
from typing import Final

from kiosk_server.staff.identity_reasons import IDENTITY_REASONS
from kiosk_server.staff.service_reasons import SERVICE_REASONS
from kiosk_server.staff.stop_words import BY_NAME
from kiosk_server.staff.terms import RESULTS, Term

SUPPRESSED: Final = "suppressed"
_LEVEL: Final = "signature_level_"
NEUTRAL: Final[Term] = ("発行を止めています", "issuing is stopped")
_WORDS: Final[Mapping[str, Term]] = {
    SUPPRESSED: ("支援措置・発行抑止", "protective measure"),
    "held_back": ("確認が済むまで保留中", "held back until checked"),
    "person_stopped": ("本人か世帯の発行を停止中", "the person or the household is stopped"),
    "under_age": ("年齢が足りない", "under age"),
    "planned_move_out": ("世帯に転出予定者がいる", "somebody of the household is moving out"),
    "not_in_issuance_record": ("発行用住民票にいない", "not in the issuance record"),
    "record_behind_registry": ("住民基本台帳の変更を反映中", "the record is behind the registry"),
    "record_contradicts_itself": ("記録に食い違いがある", "the record contradicts itself"),
    "household_incomplete": ("世帯全員がそろっていない", "the household is incomplete"),
    "household_without_head": ("世帯主がいない", "the household has no head"),
    "source_past_age_limit": ("元のデータが古い", "the source is too old"),
    "no_seal_registered": ("印鑑登録がない", "no seal registered"),
    "no_koseki_here": ("本籍が市内にない", "no koseki in this city"),
    "koseki_pending": ("戸籍の届出を処理中", "a koseki notification is being entered"),
    "registration_not_accepted": ("利用登録が終わっている", "the koseki access registration has ended"),
    "registration_ended": ("利用登録が終わった", "the koseki access registration ended"),
    "koseki_not_as_accepted": ("戸籍が利用登録の時と違う", "the koseki is not what was registered"),
    "no_supplement_here": ("附票が市内にない", "no koseki supplement in this city"),
    "supplement_behind_record": ("附票が住民票より古い", "the supplement is behind the record"),
    "no_tax_record_of_year": ("この年度の課税資料がない", "no tax record of the year"),
    "tax_not_declared": ("申告がない", "not declared"),
    "tax_year_not_offered": ("扱う年度がない", "no tax year on offer"),
    "no_disaster_damage": ("罹災証明の記録がない", "no record of disaster damage"),
    "damage_being_reassessed": ("罹災の再調査中", "the damage is being reassessed"),
    "kind_not_offered": ("この市では扱わない", "not offered by this city"),
    "kind_retired": ("取扱いを終えた", "no longer offered"),
    "kind_stopped": ("種別ごと停止中", "the kind is stopped"),
    "city_setting_missing_mayor_name": ("市長名が未設定", "no mayor is set"),
    "city_setting_missing_seal_image": ("公印が未設定", "no official seal is set"),
    "city_setting_missing_fee_yen": ("手数料が未設定", "no fee is set"),
    "city_setting_cannot_be_printed": ("市長名など市の設定が印字できない", "a setting of the city cannot be drawn"),
    "cannot_be_printed": ("印字できない項目がある", "an item cannot be drawn"),
    "my_number_not_printed_by_city": ("この市では個人番号を載せない", "this city prints no My Number"),
    "not_of_household": ("世帯にいない人が選ばれた", "somebody chosen is not of the household"),
    "household_changed_since_menu": ("選んだあとに世帯が変わった", "the household changed after the choice"),
    "person_refs_of_different_menus": ("別々の一覧から選ばれた", "persons were chosen from different lists"),
    "record_keeps_moving": ("記録の変更が続いている", "the record keeps changing"),
    "resident_needs_no_registration": ("住民なので利用登録は要らない", "a resident needs no registration"),
    "too_many_applications": ("利用登録の申請が多すぎる", "too many applications"),
    "application_waits": ("利用登録の審査中", "the application waits"),
    "outside_service_hours": ("受付時間外", "outside the service hours"),
    "not_of_koseki": ("戸籍にいない人が選ばれた", "somebody chosen is not of the koseki"),
    **RESULTS,
    **IDENTITY_REASONS,
    **SERVICE_REASONS,
    **BY_NAME["mismatch"],
}


def reason_words(reason: str, *, sees_protection: bool) -> Term:
    """Both texts of a reason of ours, or of a step's code; the word itself where there is none."""
    if reason == SUPPRESSED and not sees_protection:
        return NEUTRAL
    if reason.startswith(_LEVEL):
        why = reason.removeprefix(_LEVEL)
        return f"求める署名レベルに届かない({why})", f"the wanted signature level was not reached ({why})"
    return _WORDS.get(reason, (reason, reason))
