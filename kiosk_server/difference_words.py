"""How what we hold differs from the register or from another system, and what to do, in words; the command line and the console say the same.

Every text is Japanese, ` / `, English. None says what an item holds.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from reconcile import Cause
from registry.residents import EVENT_KINDS

CAUSES: Final[Mapping[str, str]] = {
    Cause.SET_ASIDE: "台帳の行を取り込めず、保留中です。台帳を直してください / the register's row was refused; correct it in the register",
    Cause.ARRIVAL_LOST: "台帳にあり、発行用にありません / in the register, and not in the issuance records",
    Cause.REMOVAL_LOST: "消除済みなのに、発行用に残っています / removed from the register, and still in the issuance records",
    Cause.NOT_OF_SOURCE: "台帳にない人です / the register has never had this person",
    Cause.CHANGE_LOST: "台帳の変更が届いていません / changes of the register did not arrive",
    Cause.CHANGED_HERE: "発行用だけが書き換わっています / changed in the issuance records alone",
    Cause.AHEAD_OF_SOURCE: "台帳が前の状態に戻っています(復元直後など) / the register was set back, as after a restore",
}
"""Of the issuance records beside our own register."""
FOUND: Final[Mapping[str, str]] = {
    "extra": "当方に残っている(削除の連携漏れか) / here, and not at the source",
    "missing": "当方にない / at the source, and not here",
    "different": "内容が違う / different",
}
"""Of what other systems send, by how it differs."""
WAYS_OUT: Final[Mapping[str, str]] = {
    "list": "連携元に、その人の変更か全件ファイルを送り直してもらい適用、もう一度一覧と照合。一覧の誤りなら停止を解く / "
    "have the change or a full file sent again, apply it, compare with a list again; if the list is wrong, release them",
    "said": "連携のほかに当方を書き換えたものを調べ、同じ番号の全件ファイルを適用 / "
    "find what wrote here besides the feed; apply the full file of the same number",
}
"""By what found it: the source's own list, or our comparison with what its files said."""
_ITEMS: Final[Mapping[str, str]] = {
    "name": "氏名", "furigana": "氏名のフリガナ", "former_surname": "旧氏", "former_surname_furigana": "旧氏のフリガナ", "alias": "通称",
    "alias_furigana": "通称のフリガナ", "birth": "生年月日", "sex": "性別", "head_name": "世帯主の氏名", "relationship": "続柄",
    "domicile": "本籍", "first_registrant": "筆頭者", "resident_since": "住民となった年月日", "address": "住所",
    "address_since": "住所を定めた年月日", "address_notified": "住所の届出の年月日", "previous_address": "転入前の住所",
    "address_before_move": "転居前の住所", "nationality": "国籍・地域", "foreign_resident_since": "外国人住民となった年月日",
    "article_30_45_category": "法30条の45の区分", "article_30_45_status": "在留資格", "article_30_45_period": "在留期間",
    "article_30_45_expires": "在留期間の満了の日", "article_30_45_card_number": "在留カード等の番号", "my_number_index": "個人番号",
    "my_number_key_version": "個人番号の鍵の版", "household_number": "世帯番号", "member_order": "世帯の中の順", "is_head": "世帯主かどうか",
    "planned_move_out": "転出予定年月日", "person_sequence": "個人の異動の通番", "household_sequence": "世帯の異動の通番",
    "suppressed": "支援措置", "registration_number": "登録番号", "registered": "登録年月日", "image": "印影",
    "address_on_january_1": "1月1日の住所", "declared": "申告の有無", "amounts": "金額", "person_number": "宛名番号", "disaster": "災害の名称",
    "struck": "罹災年月日", "cause": "罹災原因", "dwelling_address": "被災住家の所在地", "degree": "被害の程度",
    "reassessing_since": "再調査の受付", "pending_since": "記載していない届出の受付", "members": "在籍者", "items": "戸籍事項・身分事項",
    "persons": "附票の人と住所", "stopped": "発行の停止",
}  # fmt: skip
"""A date and its text (不詳日) are one item to whoever reads."""


def items_told(items: Iterable[str]) -> str:
    """What the items that differ are called, each once; a dash where none is named."""
    names = list(dict.fromkeys(item.removesuffix("_on").removesuffix("_text") for item in items))
    japanese = "、".join(_ITEMS.get(name, name) for name in names)
    return f"{japanese} / {', '.join(name.replace('_', ' ') for name in names)}" if names else "-"


def event_told(kind: str | None) -> str:
    """What the register calls an event; a dash where none is missing."""
    if kind is None:
        return "-"
    return f"{EVENT_KINDS[kind].name} / {EVENT_KINDS[kind].english}" if kind in EVENT_KINDS else kind


def file_told(number: int | None) -> str:
    """Which file told of a record last."""
    if number is None:
        return "伝えたファイルなし / no file told of it"
    return f"{number}番のファイルから / since file {number}"
