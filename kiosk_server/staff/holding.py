"""Holds in words: what was found, where, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from kiosk_server.staff.terms import KINDS, Term

_CAUSES: Final[Mapping[str, Term]] = {
    "projection": ("取り込めない行", "a row that cannot be taken over"),
    "character": ("印字できない文字", "a character that cannot be drawn"),
    "overflow": ("欄に収まらない", "does not fit its box"),
    "data": ("記録の食い違い", "the record contradicts itself"),
    "doubt": ("確認待ち", "in doubt"),
}
_WAYS_OUT: Final[Mapping[str, Term]] = {
    "projection": (
        "住民記録の該当項目を直します。次の取込みで自動的に解けます。",
        "Correct the item in the registry; the next take-over ends the hold.",
    ),
    "character": (
        "文字を確かめ、住民記録を直すか、窓口の端末で発行します。直すと自動的に解けます。",
        "Check the character: correct the registry, or issue at the counter. A correction ends the hold.",
    ),
    "overflow": (
        "窓口の端末で発行します。住民記録が変わると自動的に解けます。",
        "Issue at the counter. The hold ends when the record changes.",
    ),
    "data": (
        "元の記録どうしを突き合わせて直します。直すと自動的に解けます。",
        "Compare the sources and correct them; a correction ends the hold.",
    ),
    "doubt": ("記録を確かめてから解除します。", "Check the record, then lift the hold."),
}
_RECONCILIATION: Final = "reconciliation"
_RESIDENT_LIST: Final = "resident_list"
_LISTED: Final[Term] = (
    "連携元の住民記録と違います。どう違い、何をするかは「記録の差異」にあります。",
    "Differs from what the source of residents says: see “Differences” for how, and what to do.",
)
_COMPARED: Final[Term] = (
    "台帳と違います。「記録の差異」で作り直しを承認します。",
    "Differs from the register: approve its repair under “Differences”.",
)
_FIELDS: Final[Mapping[str, Term]] = {
    "staff": ("職員による保留", "held by staff"),
    _RECONCILIATION: ("住民基本台帳との比較", "comparison with the register"),
    _RESIDENT_LIST: ("住民記録の一覧との比較", "comparison with the list of residents"),
    "household_member": ("世帯員の読めない記録", "a member whose record cannot be read"),
    "record": ("記録全体", "the whole record"),
    "name": ("氏名", "name"),
    "birth": ("生年月日", "birth date"),
    "address": ("住所", "address"),
    "head_name": ("世帯主", "head of household"),
    "domicile": ("本籍", "registered domicile"),
    "first_registrant": ("筆頭者", "first registrant"),
    "previous_address": ("前住所", "previous address"),
    "alias": ("通称", "alias"),
    "holder": ("本人の記録", "what is said of the holder"),
    "addresses": ("住所の記録", "addresses"),
    "koseki": ("戸籍", "koseki"),
    "image": ("印影", "seal image"),
    "degree": ("被害の程度", "degree of damage"),
    "amounts": ("金額", "amounts"),
}
_TAX: Final[Term] = ("税の証明書", "tax certificates")
_FAMILIES: Final[Mapping[str, Term]] = {**KINDS, "tax": _TAX}
SOURCE_STOPS: Final[Mapping[str, Term]] = {
    "seal": KINDS["seal_registration"],
    "tax": _TAX,
    "disaster": KINDS["disaster_damage"],
    "koseki": ("戸籍の証明書と附票の写し", "koseki certificates and supplements"),
    "koseki_supplement": KINDS["koseki_supplement"],
    "resident": ("すべての種別", "every kind"),
}
"""Which kinds a source of files stops for somebody."""
SOURCE_CAUSES: Final[Mapping[str, Term]] = {
    "doubt": ("連携元と違う", "differs from its source"),
    "aside": ("連携元の読めない行", "a row of its source that cannot be read"),
}
SOURCE_WAYS_OUT: Final[Mapping[str, Term]] = {
    "doubt": (
        "どう違い、何をするかは「記録の差異」にあります。同じになると自動的に解けます。",
        "See “Differences” for how, and what to do. Being equal again ends it.",
    ),
    "aside": (
        "連携元に直した行を送ってもらいます。読めると自動的に解けます。",
        "Have the row corrected and sent again. A sound row ends it.",
    ),
}


def cause_words(cause: str) -> Term:
    """What was found."""
    return _CAUSES.get(cause, (cause, cause))


def way_out(cause: str, item: str) -> Term:
    """What somebody at a counter does about it."""
    compared = {_RECONCILIATION: _COMPARED, _RESIDENT_LIST: _LISTED}
    return compared.get(item) or _WAYS_OUT.get(cause, ("-", "-"))


def item_words(item: str) -> Term:
    """Where it was found: `kind/field` sets somebody aside for that kind alone, `person1.name` names a place on the paper."""
    family, slash, field = item.rpartition("/")
    name = field.rpartition(".")[2]
    ja, en = _FIELDS.get(name, (name, name))
    if not slash:
        return ja, en
    of_ja, of_en = _FAMILIES.get(family, (family, family))
    return f"{of_ja}: {ja}", f"{of_en}: {en}"


def can_be_lifted(cause: str, item: str) -> bool:
    """Whether staff may lift it; the rest ends by itself, or by approving a repair."""
    return cause != "projection" and item not in {_RECONCILIATION, _RESIDENT_LIST}
