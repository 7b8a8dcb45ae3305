"""What a row of the table of event kinds (`event_kinds.py`) can say. Every word here is explained to staff and newcomers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from registry.residents.event import ResidentEvent
from registry.residents.person_record import PersonRecord, State


class EventClass(Enum):
    """記載 adds a person, 修正 changes one, 消除 removes one."""

    ENTRY = "記載"
    CORRECTION = "修正"
    REMOVAL = "消除"


class Told(Enum):
    """Which day an event must bring beside 異動日: how the register came to know of it."""

    NOTIFIED = "届出日"
    NOTICE = "通知日"
    REQUESTED = "請求日"
    OFFERED = "申出日"


class Before(Enum):
    """Where a person must stand for an event to be possible."""

    ABSENT = "台帳にない"
    REMOVED = "消除済み"
    RESIDENT = "住民"
    PLANNED_MOVER = "転出予定者"


class Concerns(Enum):
    """Whose record it may be."""

    ANYBODY = "すべて"
    JAPANESE = "日本人住民"
    FOREIGNER = "外国人住民"


class Validation(Enum):
    """What must hold, or the event is refused; the last four only alert."""

    IDENTITY_CHECK = "本人確認の記録がある (R-10)"
    FUTURE_ALLOWED = "未来の異動日を認める(ほかの事由は今日まで)"
    DAY_KNOWN = "異動日が確定している(不詳日は不可)"
    MOVE_OUT_ADDRESS = "転出先がある"
    NOT_TOO_LATE = "異動から14日以内の届出(超過は職権消除)"
    SPECIAL_DEADLINE = "特例転入の期限内(転出予定日から30日、転入日から14日)"
    NEW_PLACE = "新しい住所・方書・世帯がある(続柄は世帯とともにだけ)"
    RELATIONSHIP = "続柄がある"
    NEW_HOUSEHOLD = "変更後の世帯は新しい世帯"
    OTHER_HOUSEHOLD = "変更後の世帯にはほかの世帯員がいる"
    WHOLE_HOUSEHOLD = "もとの世帯に誰も残らない"
    PART_OF_HOUSEHOLD = "もとの世帯に世帯員が残る"
    SAME_ADDRESS = "世帯員の住所・方書が同じ"
    NAMED_ITEMS = "変更する項目が一つ以上ある"
    REVERSED_EVENT = "取り消す異動がある"
    MAY_PRECEDE_RESIDENCE = "住民となった日より前の異動日を認める"
    PROTECTED = "支援措置中の人"
    NOT_PROTECTED_YET = "支援措置がまだない"
    MEASURE_ENDS = "期間のある支援措置(仮支援措置でない)"
    LAST_MONTH = "支援措置の終了日の1か月前から"
    KOSEKI = "氏名・本籍・筆頭者がある"
    NATIONALITY = "国籍・地域と30条の45の区分がある"
    MY_NUMBER = "新しい個人番号がある"
    NO_MY_NUMBER_YET = "個人番号がまだない"
    NO_FORMER_SURNAME_YET = "旧氏がまだない"
    HAS_FORMER_SURNAME = "旧氏がある"
    NO_ALIAS_YET = "通称がまだない"
    HAS_ALIAS = "通称がある"
    MOVED_OUT = "消除済みなら転出した人"
    NOT_BORN_BEFORE = "同じ世帯に同じ氏名・生年月日・性別の人がいない"
    WITHIN_14_DAYS = "14日以内の届出(超過は記録のうえ注意)"
    SIMILAR_PERSON = "同じ氏名・生年月日・性別の記録がない(あれば注意)"
    ALL_RELATIONSHIPS = "世帯員すべての続柄を見直した(残りがあれば注意)"
    HEAD_STAYS = "世帯主だけが去らない(去れば注意)"


class FollowUp(Enum):
    """What follows from an event and is done elsewhere: written down beside the event, for those who do it."""

    MOVE_IN_NOTICE = "転入通知(転出元の市町村へ)"
    UNFILED_PLACE_NOTICE = "転入通知(未届地・最終住民登録地へ)"
    SUPPLEMENT_NOTICE = "戸籍の附票記載事項通知(本籍地へ)"
    RESIDENT_CODE_REQUEST = "住民票コードの指定"
    MY_NUMBER_REQUEST = "個人番号の生成要求(機構へ)"
    MY_NUMBER_CHANGE = "個人番号の変更要求(機構へ)"
    MOVE_OUT_DATA = "転出証明書情報の送信(特例転出)"


class Notice(Enum):
    """What is handed or sent to a person."""

    MOVE_OUT_CERTIFICATE = "転出証明書"
    LIKE_MOVE_OUT_CERTIFICATE = "転出証明書に準ずる証明書"
    RECEIPT = "住民異動届受理通知(異動前の住所へ)"
    EX_OFFICIO = "職権記載等通知書"
    RESIDENT_CODE = "住民票コード通知票"
    RESIDENT_CODE_CHANGE = "住民票コード変更通知票"
    HEAD_CHANGED = "世帯主変更通知書"
    HEAD_CHANGE_REQUEST = "世帯主変更依頼通知書"


Effect = Callable[[PersonRecord, ResidentEvent], PersonRecord]
"""From the row before (for an entry, the row given) and the event to the row after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One 異動事由: a row of the table.

    `may_change` are the items an event of this kind may name; `effect` adds what follows from the kind. Entries bring whole
    rows and name no items. `closes` is the reason under which the old 票 is closed where the kind makes a new one of the same
    person (帰化, 改製 …): two rows in one transaction. `reversed_by` is the kind that cancels it, if any. `two_persons`: one
    enters it and another decides.
    """

    code: str
    name: str
    english: str
    article: str
    event_class: EventClass
    before: frozenset[Before]
    concerns: Concerns = Concerns.ANYBODY
    told: Told | None = None
    may_change: frozenset[str] = frozenset()
    validations: frozenset[Validation] = frozenset()
    effect: Effect
    closes: str | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    notices: tuple[Notice, ...] = ()
    reversed_by: str | None = None
    two_persons: bool = False


_STANDING: Mapping[State, Before] = {
    State.RESIDENT: Before.RESIDENT,
    State.PLANNED_MOVER: Before.PLANNED_MOVER,
    State.REMOVED: Before.REMOVED,
}


def standing(record: PersonRecord | None) -> Before:
    """Return where a person stands before an event."""
    return Before.ABSENT if record is None else _STANDING[record.state]
