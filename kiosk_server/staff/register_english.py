"""Words of the resident registry in English, for pages alone: what is recorded, printed and taken out as a file is Japanese."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jinja2 import pass_context
from jinja2.runtime import Context

from kiosk_server.staff.identity import DOCUMENTS
from kiosk_server.staff.register import PLACE, PURPOSES
from kiosk_server.staff.register_ledger_form import BASES
from kiosk_server.staff.register_papers import APPLICANTS, CHECKS
from registry.residents import EVENT_KINDS, ITEM_NAMES, InspectionBasis

_OPERATIONS: Final = {
    "日時": "when", "職員": "staff", "操作": "operation", "内容": "what", "目的・理由": "purpose, reason", "端末": "terminal",
    "対象者数": "persons", "個人番号": "My Number", "時間外・休日": "out of hours", "断り": "refused", "見た": "seen", PLACE: "console",
    "検索": "search", "個人照会": "a person", "世帯照会": "a household", "個人番号照会": "by My Number", "異動入力": "event entered",
    "提供・台帳": "provided, listed", "閲覧の記録": "inspection recorded", "証明書・通知": "certificate, notice",
    "支援措置の一時解除": "temporary release", "一時解除の終了": "end of a release", "外国人": "foreign",
}  # fmt: skip
_PURPOSES: Final = {
    "仮登録の審査・決裁": "review and decision of a draft", "異動の入力": "entering an event", "支援措置の点検": "looking at protective measures",
}  # fmt: skip
_DEPARTMENTS: Final = {
    "選挙管理委員会": "election commission", "教育委員会(学齢簿)": "board of education, school register",
    "国民健康保険の担当": "national health insurance", "後期高齢者医療の担当": "health care of the late elderly",
    "介護保険の担当": "care insurance", "国民年金の担当": "national pension", "児童手当の担当": "child allowance",
    "法15条2項": "art. 15-2", "学校教育法施行令1条2項": "School Education Act, order, art. 1-2", "法7条10号・28条": "art. 7 (10), 28",
    "法7条10号の2・28条の2": "art. 7 (10-2), 28-2", "法7条10号の3・28条の3": "art. 7 (10-3), 28-3", "法7条11号・29条": "art. 7 (11), 29",
    "法7条11号の2・29条の2": "art. 7 (11-2), 29-2",
}  # fmt: skip
_PAPERS: Final = {
    "住民票の写し": "resident record", "除票の写し": "removed record", "住民票記載事項証明書": "statement of the record",
    "除票記載事項証明書": "statement of the removed record",
    "転出証明書": "certificate of moving out", "転出証明書に準ずる証明書": "certificate like one of moving out",
    "住民異動届受理通知(異動前の住所へ)": "receipt of a notification, to the former address", "住民異動届受理通知": "receipt of a notification",
    "職権記載等通知書": "notice of an ex officio entry", "住民票コード通知票": "notice of the resident code",
    "住民票コード変更通知票": "notice of a new resident code", "世帯主変更通知書": "notice of a new head",
    "世帯主変更依頼通知書": "request to name a new head",
}  # fmt: skip
_EVENTS: Final = {
    "はい": "yes", "いいえ": "no",
    "届出日": "notified on", "通知日": "notice of", "請求日": "requested on", "申出日": "asked on",
    "転入通知(転出元の市町村へ)": "notice of moving in, to the former municipality",
    "転入通知(未届地・最終住民登録地へ)": "notice of moving in, to the unfiled or last registered place",
    "戸籍の附票記載事項通知(本籍地へ)": "notice for the koseki supplement, to the registered domicile",
    "住民票コードの指定": "a resident code is given", "個人番号の生成要求(機構へ)": "a My Number is asked for, of J-LIS",
    "個人番号の変更要求(機構へ)": "a new My Number is asked for, of J-LIS", "転出証明書情報の送信(特例転出)": "data of moving out are sent",
}  # fmt: skip
_FIGURES: Final = {
    "人口": "population", "世帯": "households", "年齢": "age", "町字": "town", "国籍": "nationality", "町字別国籍": "nationality by town",
    "町字別人口・世帯": "population and households by town", "年報": "yearly report", "異動": "movements", "都道府県": "prefecture",
    "市区町村": "municipality", "基準日": "day", "区分": "of whom", "日本人": "Japanese", "男": "male", "女": "female", "空欄": "blank", "計": "all",
    "日本人のみ": "all Japanese", "外国人のみ": "all foreign", "複数国籍": "mixed", "国籍・地域": "nationality", "うち外国人": "of these foreign",
    "事由": "cause", "転入": "in", "転出": "out", "転入超過": "net", "記載": "entered", "消除": "removed", "不詳": "unknown", "日本": "Japan",
    "100以上": "100 and over", "項目": "figure", "転入(国内)": "from Japan", "転入(国外)": "from abroad", "出生": "born", "帰化等": "naturalised",
    "その他": "other", "転出(国内)": "to Japan", "転出(国外)": "abroad", "死亡": "died", "国籍喪失等": "nationality lost", "増減": "change",
    "自然増減": "natural change", "社会増減(その他を含む)": "social change, with other", "増減率(%)": "change in %",
    "うち複数国籍世帯": "of these mixed households", "国内転入・転出": "within Japan", "国外転入・転出": "abroad",
    "移動前住所地不詳": "origin unknown", "出生・死亡": "births, deaths", "職権記載・消除": "ex officio", "帰化・国籍喪失等": "nationality",
    "失踪": "missing", "異動の取消し": "cancelled", "初期移行": "initial load", "修正": "corrected",
}  # fmt: skip
WORDS: Final[Mapping[str, str]] = MappingProxyType({
    **{name: item.replace("_", " ") for item, name in ITEM_NAMES.items()},
    **{kind.name: kind.english for kind in EVENT_KINDS.values()},
    **{ja: en for terms in (DOCUMENTS, PURPOSES, APPLICANTS, CHECKS) for ja, en in terms.values()},
    **{basis.value: BASES[basis.name][1] for basis in InspectionBasis},
    **_OPERATIONS, **_PURPOSES, **_DEPARTMENTS, **_PAPERS, **_EVENTS, **_FIGURES,
})  # fmt: skip
_BETWEEN: Final = re.compile(r"(、| )")
_TEXT: Final = re.compile(r"(?<=>)[^<>]+(?=<)")


@pass_context
def registered(page: Context, text: str) -> str:
    """The filter of templates: a text of the register in the language of the page, if all of it is ours and nobody's own words."""
    return WORDS.get(text, text) if page["lang"] == "en" else text


@pass_context
def registered_words(page: Context, text: str) -> str:
    """The same, word by word: of lists and figures, in which nobody writes."""
    return in_english(text) if page["lang"] == "en" else text


FILTERS: Final = MappingProxyType({"registered": registered, "registered_words": registered_words})


def in_english(text: str) -> str:
    """A text of the register word by word; names stay as they are."""
    if text in WORDS:
        return WORDS[text]
    words = (", " if word == "、" else WORDS.get(word, word) for word in _BETWEEN.split(text))
    return "".join(words)


def picture_in_english(svg: str) -> str:
    """A picture with its texts in English: of those in both languages the second half."""
    return _TEXT.sub(lambda found: in_english(found[0].rpartition(" / ")[2]), svg)
