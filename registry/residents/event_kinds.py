"""異動事由: one row for each kind of event, and everything that is particular to it.

The codes are ours; the official code table is not public. A new kind is a row here, an effect in `effects.py` and a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from registry.residents import effects
from registry.residents.errors import UnknownEventKind
from registry.residents.event import ResidentEvent
from registry.residents.person_record import PersonRecord, State


class EventClass(Enum):
    """記載 adds a person, 修正 changes one, 消除 removes one."""

    ENTRY = "記載"
    CORRECTION = "修正"
    REMOVAL = "消除"


class Demand(Enum):
    """What must be handed in, or holds, for an event to be recorded."""

    IDENTITY_CHECK = "本人確認 (R-10)"
    NOTIFIED_ON = "届出日・通知日"
    MOVE_OUT_ADDRESS = "転出先"
    WITHIN_14_DAYS = "14日以内の届出 (超過は記録のうえ注意)"
    REVERSED_EVENT = "取り消す異動"
    NEW_PLACE = "新しい住所・方書・世帯 (続柄は世帯とともにだけ)"
    RELATIONSHIP = "続柄"
    PROTECTED = "支援措置中の人"
    FUTURE_ALLOWED = "未来の異動日を認める"


class Before(Enum):
    """Where a person must stand for an event to be possible."""

    ABSENT = "台帳にない"
    REMOVED = "消除済み"
    RESIDENT = "住民"
    PLANNED_MOVER = "転出予定者"


Effect = Callable[[PersonRecord, ResidentEvent], PersonRecord]
"""From the row before (for an entry, the row given) and the event to the row after."""

ADDRESS = frozenset({"address", "building", "postal_code", "household_number", "relationship"})
NAME = frozenset({
    "name", "furigana", "former_surname", "former_surname_furigana", "alias", "alias_furigana",
})  # fmt: skip
PLACE_TEXT = frozenset({"address", "building", "postal_code", "domicile", "first_registrant"})
PROTECTION = frozenset({"suppression_reason", "suppressed_from", "suppressed_until"})
NOTHING: frozenset[str] = frozenset()

_NEW = frozenset({Before.ABSENT})
_NEW_OR_BACK = frozenset({Before.ABSENT, Before.REMOVED})
_LIVING = frozenset({Before.RESIDENT, Before.PLANNED_MOVER})


@dataclass(frozen=True, slots=True)
class EventKind:
    """One 異動事由.

    `may_change` are the items an event of this kind may name; `effect` adds what follows from the kind. Entries bring
    whole rows and name no items.
    """

    code: str
    name: str
    english: str
    event_class: EventClass
    before: frozenset[Before]
    may_change: frozenset[str]
    demands: frozenset[Demand]
    effect: Effect


ENTRY, CORRECTION, REMOVAL = EventClass.ENTRY, EventClass.CORRECTION, EventClass.REMOVAL
_COUNTER = frozenset({Demand.IDENTITY_CHECK, Demand.NOTIFIED_ON})
_MOVE = _COUNTER | {Demand.WITHIN_14_DAYS}

_KINDS = (
    # 記載 ---------------------------------------------------------------------------------------------------------------
    # The initial load has a kind of its own: what was migrated is told apart from what was found out ex officio.
    EventKind("IL", "初期移行", "initial load", ENTRY, _NEW, NOTHING, frozenset(), effects.as_given),
    EventKind("BI", "出生", "birth", ENTRY, _NEW, NOTHING, frozenset({Demand.NOTIFIED_ON}), effects.born),
    EventKind("IN1", "国内転入", "move in", ENTRY, _NEW_OR_BACK, NOTHING, _MOVE, effects.entered),
    EventKind("IN3", "国外転入", "move in from abroad", ENTRY, _NEW_OR_BACK, NOTHING, _MOVE, effects.entered),
    EventKind("OI", "職権記載", "ex officio entry", ENTRY, _NEW_OR_BACK, NOTHING, frozenset(), effects.as_given),
    # 修正 ---------------------------------------------------------------------------------------------------------------
    EventKind(
        "MV", "転居", "move within the city", CORRECTION, _LIVING, ADDRESS, _MOVE | {Demand.NEW_PLACE}, effects.moved_within
    ),
    EventKind(
        "HH", "世帯主変更", "change of head", CORRECTION, _LIVING, frozenset({"relationship"}),
        _COUNTER | {Demand.RELATIONSHIP}, effects.changed,
    ),
    EventKind("MI", "軽微な修正", "small correction", CORRECTION, _LIVING, NAME | PLACE_TEXT, frozenset(), effects.changed),
    EventKind("PM+", "支援措置開始", "protective measure", CORRECTION, _LIVING, PROTECTION, _COUNTER, effects.protected),
    EventKind(
        "PM-", "支援措置終了", "end of protective measure", CORRECTION, _LIVING, NOTHING,
        _COUNTER | {Demand.PROTECTED}, effects.no_longer_protected,
    ),
    EventKind(
        "OU1", "転出届", "planned move out", CORRECTION, frozenset({Before.RESIDENT}), frozenset({"move_out_address"}),
        _COUNTER | {Demand.FUTURE_ALLOWED, Demand.MOVE_OUT_ADDRESS}, effects.plans_to_move,
    ),
    # 消除 ---------------------------------------------------------------------------------------------------------------
    EventKind(
        "OU9", "転出", "move out", REMOVAL, frozenset({Before.PLANNED_MOVER}), NOTHING, frozenset(), effects.moved_out
    ),
    EventKind("DE", "死亡", "death", REMOVAL, _LIVING, NOTHING, frozenset({Demand.NOTIFIED_ON}), effects.died),
    # 取消し --------------------------------------------------------------------------------------------------------------
    # A cancellation never deletes: it adds rows in which the items of the cancelled event are as they were before it.
    EventKind(
        "UN+", "異動の取消し(回復)", "cancellation", CORRECTION, _LIVING | {Before.REMOVED}, NOTHING,
        _COUNTER | {Demand.REVERSED_EVENT}, effects.as_given,
    ),
)  # fmt: skip

EVENT_KINDS: Mapping[str, EventKind] = {kind.code: kind for kind in _KINDS}
"""Every kind by its code."""

REVERSIBLE = frozenset({"OU1", "OU9", "DE"})
"""What a cancellation can undo: removals, and the plan of one. There is no 転居取消 (標準仕様書)."""


def event_kind(code: str) -> EventKind:
    """Return the rules of a kind; raises UnknownEventKind."""
    try:
        return EVENT_KINDS[code]
    except KeyError:
        raise UnknownEventKind from None


def standing(record: PersonRecord | None) -> Before:
    """Return where a person stands before an event."""
    if record is None:
        return Before.ABSENT
    return {
        State.RESIDENT: Before.RESIDENT,
        State.PLANNED_MOVER: Before.PLANNED_MOVER,
        State.REMOVED: Before.REMOVED,
    }[record.state]
