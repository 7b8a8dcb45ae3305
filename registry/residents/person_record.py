"""One person's full row in the register: every item, as of one event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, cast

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents.f1_items import FURTHER
from registry.residents.further_items import FurtherItems
from registry.residents.relationship import member_order


class State(StrEnum):
    """Where a person stands. A planned mover is a resident until the day comes (転出予定者)."""

    RESIDENT = "resident"
    PLANNED_MOVER = "planned_mover"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SealedMyNumber:
    """個人番号 as it is kept: the ciphertext, the version of its key, and the blind index that stands for it."""

    sealed: bytes = field(repr=False)
    key_version: int
    index: bytes = field(repr=False)
    earlier_indexes: tuple[bytes, ...] = field(default=(), repr=False, compare=False)
    """What it would be found by had it been entered under an earlier key: for looking up, and never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """The items of 住民票 (住民基本台帳法7条, 30条の45) with the keys that tie them together.

    `address` ends with the lot; `building` is 方書. Both are printed together. Texts are NFC with IVS kept. `further` has the
    items of F1 that few people have, by their names in `f1_items`; what is not there is not a key.
    """

    person_number: str
    household_number: str
    resident_code: str
    name: str
    birth: RecordedDate
    sex: Sex
    address: str
    state: State = State.RESIDENT
    my_number: SealedMyNumber | None = None
    furigana: str | None = None
    former_surname: str | None = None
    former_surname_furigana: str | None = None
    alias: str | None = None
    alias_furigana: str | None = None
    relationship: str | None = None
    domicile: str | None = None
    first_registrant: str | None = None
    resident_since: RecordedDate | None = None
    address_since: RecordedDate | None = None
    address_notified_on: date | None = None
    postal_code: str | None = None
    building: str | None = None
    address_before_move_in: str | None = None
    address_before_move: str | None = None
    nationality: str | None = None
    foreign_resident_since: RecordedDate | None = None
    article_30_45_category: str | None = None
    residence_status: str | None = None
    residence_period: str | None = None
    residence_expires_on: date | None = None
    residence_card_number: str | None = None
    planned_move_out_on: date | None = None
    move_out_address: str | None = None
    removed: RecordedDate | None = None
    removal_reason: str | None = None
    suppressed: bool = False
    suppression_reason: str | None = None
    suppressed_from: date | None = None
    suppressed_until: date | None = None
    further: FurtherItems = field(default_factory=dict, hash=False)

    @property
    def member_order(self) -> int:
        """The person's place in the household: smaller comes first, ties by person number."""
        return member_order(self.relationship, self.birth.on)

    @property
    def full_address(self) -> str:
        """Address and building as they are printed."""
        return self.address if self.building is None else f"{self.address}　{self.building}"

    @property
    def in_register(self) -> bool:
        """Whether the person is a resident today, planned movers included."""
        return self.state is not State.REMOVED


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A row of the history: `history_number` is the person's sequence, and the highest one is the current row.

    `removed_in` is the JST year in which a row of a removed person was written, which is its partition; 0 for all others.
    """

    history_number: int
    event_id: int
    record: PersonRecord
    removed_in: int = 0


ITEM_NAMES = {
    "person_number": "宛名番号",
    "household_number": "世帯番号",
    "resident_code": "住民票コード",
    "name": "氏名",
    "birth": "生年月日",
    "sex": "性別",
    "address": "住所",
    "state": "住民の状態",
    "my_number": "個人番号",
    "furigana": "氏名のフリガナ",
    "former_surname": "旧氏",
    "former_surname_furigana": "旧氏のフリガナ",
    "alias": "通称",
    "alias_furigana": "通称のフリガナ",
    "relationship": "続柄",
    "domicile": "本籍",
    "first_registrant": "筆頭者",
    "resident_since": "住民となった日",
    "address_since": "住定日",
    "address_notified_on": "住所届出日",
    "postal_code": "郵便番号",
    "building": "方書",
    "address_before_move_in": "転入前住所",
    "address_before_move": "異動前住所",
    "nationality": "国籍・地域",
    "foreign_resident_since": "外国人住民となった日",
    "article_30_45_category": "法30条の45に規定する区分",
    "residence_status": "在留資格",
    "residence_period": "在留期間等",
    "residence_expires_on": "在留期間の満了の日",
    "residence_card_number": "在留カード等の番号",
    "planned_move_out_on": "転出予定日",
    "move_out_address": "転出先",
    "removed": "消除日",
    "removal_reason": "消除事由",
    "suppressed": "支援措置",
    "suppression_reason": "抑止の事由",
    "suppressed_from": "抑止開始日",
    "suppressed_until": "抑止終了日",
} | {name: item.item for name, item in FURTHER.items()}
"""The items by the name staff know them by."""

MAIN_ITEMS = tuple(item.name for item in fields(PersonRecord) if item.name != "further")
ITEMS = (*MAIN_ITEMS, *FURTHER)


def item_of(record: PersonRecord, item: str) -> object:
    """Return the value of any item, one of `further` too; None where there is none."""
    return record.further.get(item) if item in FURTHER else getattr(record, item)


def with_items(record: PersonRecord, changes: Mapping[str, object]) -> PersonRecord:
    """Return the record with these items changed; None takes an item of `further` away."""
    main = {item: value for item, value in changes.items() if item not in FURTHER}
    if len(main) != len(changes):
        further = {**record.further, **{item: value for item, value in changes.items() if item in FURTHER}}
        main["further"] = {item: value for item, value in further.items() if value is not None}
    return replace(record, **cast("dict[str, Any]", main))
