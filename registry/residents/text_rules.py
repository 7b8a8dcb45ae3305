"""What the text of an item may be. The limits count characters as a reader does (graphemes)."""

import re
from collections.abc import Mapping

from civil.text import UnacceptableText, require_printable
from registry.residents.errors import ItemMalformed
from registry.residents.further_items import require_further
from registry.residents.person_record import ITEM_NAMES, PersonRecord
from registry.residents.relationship import is_relationship

_MOST_CHARACTERS: Mapping[str, int] = {
    "name": 100,
    "furigana": 100,
    "former_surname": 100,
    "former_surname_furigana": 100,
    "alias": 100,
    "alias_furigana": 100,
    "relationship": 20,
    "domicile": 200,
    "first_registrant": 100,
    "address": 200,
    "building": 300,
    "address_before_move_in": 500,
    "address_before_move": 500,
    "nationality": 50,
    "article_30_45_category": 20,
    "residence_status": 50,
    "residence_period": 20,
    "move_out_address": 500,
    "removal_reason": 50,
    "suppression_reason": 50,
}

# Characters that are printable, in NFC and one grapheme each, so that the longer look is not needed.
_ORDINARY = re.compile(r"[ -~　-〇ぁ-ゖァ-ー一-鿿（）０-９Ａ-Ｚａ-ｚ－]*")
_KANA = re.compile(r"[ァ-ヴー・　]+")
_POSTAL_CODE = re.compile(r"[0-9]{7}")
_CARD_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
CATEGORIES = (
    "中長期在留者", "特別永住者", "一時庇護許可者", "仮滞在許可者", "出生による経過滞在者", "国籍喪失による経過滞在者",
)  # fmt: skip
"""住民基本台帳法30条の45の表の上欄."""


def require_texts(record: PersonRecord) -> None:
    """Raise ItemMalformed, naming the item and not its content, for a text that cannot be stored and printed."""
    for item, most in _MOST_CHARACTERS.items():
        value = getattr(record, item)
        if value is not None and (len(value) > most or not _ORDINARY.fullmatch(value)):
            _look_longer(item, value, most)
    for item in ("furigana", "former_surname_furigana", "alias_furigana"):
        _require(item, _KANA, getattr(record, item), "全角カタカナで入力してください。 / Use full-width katakana.")
    _require("postal_code", _POSTAL_CODE, record.postal_code, "数字7桁で入力してください。 / Seven digits, please.")
    _require(
        "residence_card_number",
        _CARD_NUMBER,
        record.residence_card_number,
        "英字2・数字8・英字2です。 / AA12345678AA, please.",
    )
    if record.further:
        require_further(record.further)
    if record.relationship is not None and not is_relationship(record.relationship):
        raise _malformed(
            "relationship",
            "続柄の一覧の語を「の」で4語までつないで入力してください。5語以上なら「縁故者」とします。 / "
            "Use the listed words, at most four joined by の; what would take more is 縁故者.",
        )
    if record.article_30_45_category is not None and record.article_30_45_category not in CATEGORIES:
        raise _malformed("article_30_45_category", "六つの区分のいずれかです。 / It is one of the six categories.")


def _look_longer(item: str, value: str, most: int) -> None:
    try:
        require_printable(ITEM_NAMES[item], value, most)
    except UnacceptableText as fault:
        raise _malformed(item, fault.fault.value) from None


def _require(item: str, pattern: re.Pattern[str], value: str | None, why: str) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise _malformed(item, why)


def _malformed(item: str, why: str) -> ItemMalformed:
    return ItemMalformed(item, ITEM_NAMES[item], why)
