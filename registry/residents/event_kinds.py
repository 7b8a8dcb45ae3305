"""異動事由: one table of every kind of event, and everything that is particular to it (住民記録システム標準仕様書の異動事由).

The codes are ours; the official code table is not public. A new kind is a row here, an effect in `effects.py` and a test.
`python -m registry.residents.event_table` prints the table as it stands in `docs/registry.md`.
"""

from collections.abc import Mapping

from registry.residents import effects
from registry.residents.errors import UnknownEventKind
from registry.residents.items_by_topic import (
    ADDRESS,
    ALIAS,
    FORMER_SURNAME,
    HOUSEHOLD,
    MOVE_OUT,
    NAME,
    NATURALISATION,
    NOT_CORRECTED,
    PLACE_TEXT,
    PROTECTION,
    PROVISIONAL,
    RESIDENCE,
    SETTLED,
)
from registry.residents.person_record import ITEMS
from registry.residents.rules import (
    Before,
    Concerns,
    EventClass,
    EventKind,
    FollowUp,
    Notice,
    Told,
    Validation,
    standing,
)

__all__ = ["EVENT_KINDS", "Before", "EventClass", "EventKind", "event_kind", "standing"]

ENTRY, CORRECTION, REMOVAL = EventClass.ENTRY, EventClass.CORRECTION, EventClass.REMOVAL
NEW, NEW_OR_BACK = frozenset({Before.ABSENT}), frozenset({Before.ABSENT, Before.REMOVED})
RESIDENT, LIVING = frozenset({Before.RESIDENT}), frozenset({Before.RESIDENT, Before.PLANNED_MOVER})
ANYWHERE = LIVING | {Before.REMOVED}
JAPANESE, FOREIGNER = Concerns.JAPANESE, Concerns.FOREIGNER
NOTIFIED, NOTICE, REQUESTED, OFFERED = Told.NOTIFIED, Told.NOTICE, Told.REQUESTED, Told.OFFERED
V, F, N = Validation, FollowUp, Notice
COUNTER = frozenset({V.IDENTITY_CHECK})
MOVE_IN = COUNTER | {V.WITHIN_14_DAYS, V.SIMILAR_PERSON}
MOVE_OUT_RULES = COUNTER | {V.FUTURE_ALLOWED, V.MOVE_OUT_ADDRESS, V.NOT_TOO_LATE, V.HEAD_STAYS}
HOUSEHOLD_RULES = COUNTER | {V.RELATIONSHIP, V.DAY_KNOWN, V.ALL_RELATIONSHIPS}
NEW_CODES = (F.RESIDENT_CODE_REQUEST, F.MY_NUMBER_REQUEST, F.SUPPLEMENT_NOTICE)
ANY_ITEM = frozenset(ITEMS) - NOT_CORRECTED

_KINDS = (
    # 記載 ---------------------------------------------------------------------------------------------------------------
    # The initial load has a kind of its own: what was migrated is told apart from what was found out ex officio.
    EventKind(
        code="IL", name="初期移行", english="initial load", article="法5条", event_class=ENTRY, before=NEW,
        effect=effects.same,
    ),
    EventKind(
        code="IN1", name="国内転入", english="move in", article="法22条", event_class=ENTRY, before=NEW_OR_BACK, told=NOTIFIED,
        validations=MOVE_IN, effect=effects.moved_in, reversed_by="UN-",
        follow_ups=(F.MOVE_IN_NOTICE, F.SUPPLEMENT_NOTICE),
    ),
    EventKind(
        code="IN2", name="特例転入", english="move in by card", article="法24条の2", event_class=ENTRY, before=NEW_OR_BACK,
        told=NOTIFIED, validations=MOVE_IN | {V.SPECIAL_DEADLINE}, effect=effects.moved_in, reversed_by="UN-",
        follow_ups=(F.MOVE_IN_NOTICE, F.SUPPLEMENT_NOTICE),
    ),
    EventKind(
        code="IN3", name="国外転入", english="move in from abroad", article="法22条・30条の46・47", event_class=ENTRY,
        before=NEW_OR_BACK, told=NOTIFIED, validations=MOVE_IN, effect=effects.moved_in_from_abroad, reversed_by="UN-",
        follow_ups=NEW_CODES, notices=(N.RESIDENT_CODE,),
    ),
    EventKind(
        code="IN4", name="未届転入", english="move in from an unfiled address", article="法22条", event_class=ENTRY,
        before=NEW_OR_BACK, told=NOTIFIED, validations=MOVE_IN, effect=effects.moved_in_unfiled, reversed_by="UN-",
        follow_ups=(F.MOVE_IN_NOTICE, F.UNFILED_PLACE_NOTICE, F.SUPPLEMENT_NOTICE),
    ),
    EventKind(
        code="BI", name="出生", english="birth", article="法8条・令12条", event_class=ENTRY, before=NEW, told=NOTICE,
        validations=frozenset({V.NOT_BORN_BEFORE}), effect=effects.born, reversed_by="UN-",
        follow_ups=NEW_CODES, notices=(N.RESIDENT_CODE,),
    ),
    EventKind(
        code="OI", name="職権記載", english="ex officio entry", article="法8条・令12条", event_class=ENTRY, before=NEW_OR_BACK,
        validations=frozenset({V.SIMILAR_PERSON}), effect=effects.same, reversed_by="UN-", two_persons=True,
        follow_ups=(F.SUPPLEMENT_NOTICE,), notices=(N.EX_OFFICIO,),
    ),
    # 記載と消除の組: the old 票 is closed and a new one of the same person made, in one transaction ------------------------
    EventKind(
        code="NA", name="帰化・国籍取得", english="naturalisation", article="法8条・令12条", event_class=CORRECTION,
        before=LIVING, concerns=FOREIGNER, told=NOTICE, may_change=NATURALISATION, validations=frozenset({V.KOSEKI}),
        effect=effects.naturalised, closes="帰化等", reversed_by="UN~", two_persons=True,
    ),
    EventKind(
        code="NL", name="国籍喪失", english="loss of nationality", article="法8条・30条の45", event_class=CORRECTION,
        before=LIVING, concerns=JAPANESE, told=NOTICE, may_change=NAME | RESIDENCE, validations=frozenset({V.NATIONALITY, V.MAY_PRECEDE_RESIDENCE}),
        effect=effects.lost_nationality, closes="国籍喪失", reversed_by="UN~", two_persons=True,
    ),
    EventKind(
        code="RF", name="改製", english="renewal of the record", article="令16条", event_class=CORRECTION, before=LIVING,
        validations=frozenset({V.DAY_KNOWN}), effect=effects.same, closes="改製", two_persons=True,
    ),
    EventKind(
        code="RP", name="再製", english="remaking of the record", article="令17条", event_class=CORRECTION, before=LIVING,
        validations=frozenset({V.DAY_KNOWN}), effect=effects.same, closes="再製", two_persons=True,
    ),
    # 修正: 住所と世帯 ------------------------------------------------------------------------------------------------------
    EventKind(
        code="MV", name="転居", english="move within the city", article="法23条", event_class=CORRECTION, before=LIVING,
        told=NOTIFIED, may_change=ADDRESS, validations=COUNTER | {V.WITHIN_14_DAYS, V.NEW_PLACE},
        effect=effects.moved_within, follow_ups=(F.SUPPLEMENT_NOTICE,), notices=(N.RECEIPT,),
    ),
    EventKind(
        code="HS", name="世帯分離", english="household split", article="法25条", event_class=CORRECTION, before=LIVING,
        told=NOTIFIED, may_change=HOUSEHOLD, validations=HOUSEHOLD_RULES | {V.NEW_HOUSEHOLD, V.PART_OF_HOUSEHOLD},
        effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="HM", name="世帯合併", english="household merge", article="法25条", event_class=CORRECTION, before=LIVING,
        told=NOTIFIED, may_change=HOUSEHOLD,
        validations=HOUSEHOLD_RULES | {V.OTHER_HOUSEHOLD, V.WHOLE_HOUSEHOLD, V.SAME_ADDRESS},
        effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="HC", name="世帯変更", english="change of household", article="法25条", event_class=CORRECTION, before=LIVING,
        told=NOTIFIED, may_change=HOUSEHOLD,
        validations=HOUSEHOLD_RULES | {V.OTHER_HOUSEHOLD, V.PART_OF_HOUSEHOLD, V.SAME_ADDRESS},
        effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="HH", name="世帯主変更", english="change of head", article="法25条", event_class=CORRECTION, before=LIVING,
        told=NOTIFIED, may_change=frozenset({"relationship"}), validations=HOUSEHOLD_RULES, effect=effects.changed,
        reversed_by="UN~", notices=(N.HEAD_CHANGED,),
    ),
    # 修正: 記載事項 -------------------------------------------------------------------------------------------------------
    EventKind(
        code="MI", name="軽微な修正", english="small correction", article="令12条", event_class=CORRECTION, before=LIVING,
        may_change=NAME | PLACE_TEXT, validations=frozenset({V.NAMED_ITEMS}), effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="CO", name="職権修正", english="ex officio correction", article="法8条・令12条", event_class=CORRECTION,
        before=LIVING, may_change=ANY_ITEM, validations=frozenset({V.NAMED_ITEMS}), effect=effects.changed,
        reversed_by="UN~", two_persons=True, notices=(N.EX_OFFICIO,),
    ),
    EventKind(
        code="CE", name="誤記修正", english="correction of an error", article="法14条・令12条", event_class=CORRECTION,
        before=ANYWHERE, may_change=ANY_ITEM, validations=frozenset({V.NAMED_ITEMS}), effect=effects.changed,
        reversed_by="UN~", two_persons=True,
    ),
    EventKind(
        code="MN1", name="個人番号の変更請求", english="My Number changed on request", article="番号法7条2項",
        event_class=CORRECTION, before=LIVING, told=REQUESTED, may_change=frozenset({"my_number"}),
        validations=COUNTER | {V.MY_NUMBER, V.DAY_KNOWN}, effect=effects.changed,
        follow_ups=(F.MY_NUMBER_CHANGE,),
    ),
    EventKind(
        code="MN2", name="個人番号の職権修正", english="My Number corrected", article="番号法7条2項", event_class=CORRECTION,
        before=LIVING, may_change=frozenset({"my_number"}), validations=frozenset({V.MY_NUMBER, V.DAY_KNOWN}),
        effect=effects.changed, two_persons=True, follow_ups=(F.MY_NUMBER_CHANGE,),
    ),
    EventKind(
        code="MN3", name="個人番号の職権記載", english="My Number entered", article="番号法7条1項", event_class=CORRECTION,
        before=LIVING, may_change=frozenset({"my_number"}),
        validations=frozenset({V.MY_NUMBER, V.NO_MY_NUMBER_YET, V.DAY_KNOWN}), effect=effects.changed, two_persons=True,
    ),
    EventKind(
        code="RC1", name="住民票コードの変更請求", english="resident code changed on request", article="法30条の4",
        event_class=CORRECTION, before=LIVING, told=REQUESTED, validations=COUNTER | {V.DAY_KNOWN}, effect=effects.changed,
        notices=(N.RESIDENT_CODE_CHANGE,),
    ),
    EventKind(
        code="RC2", name="住民票コードの職権修正", english="resident code corrected", article="法30条の3", event_class=CORRECTION,
        before=LIVING, validations=frozenset({V.DAY_KNOWN}), effect=effects.changed, two_persons=True,
        notices=(N.RESIDENT_CODE_CHANGE,),
    ),
    EventKind(
        code="PN1", name="旧氏の記載", english="former surname entered", article="令30条の14", event_class=CORRECTION,
        before=LIVING, concerns=JAPANESE, told=REQUESTED, may_change=FORMER_SURNAME,
        validations=COUNTER | {V.NO_FORMER_SURNAME_YET, V.DAY_KNOWN}, effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="PN2", name="旧氏の変更", english="former surname changed", article="令30条の14", event_class=CORRECTION,
        before=LIVING, concerns=JAPANESE, told=REQUESTED, may_change=FORMER_SURNAME,
        validations=COUNTER | {V.HAS_FORMER_SURNAME, V.DAY_KNOWN}, effect=effects.changed, reversed_by="UN~",
    ),
    EventKind(
        code="PN3", name="旧氏の削除", english="former surname deleted", article="令30条の14", event_class=CORRECTION,
        before=LIVING, concerns=JAPANESE, told=REQUESTED, validations=COUNTER | {V.HAS_FORMER_SURNAME, V.DAY_KNOWN},
        effect=effects.no_former_surname, reversed_by="UN~",
    ),
    EventKind(
        code="PN4", name="通称の記載", english="alias entered", article="令30条の16", event_class=CORRECTION, before=LIVING,
        concerns=FOREIGNER, told=OFFERED, may_change=ALIAS, validations=COUNTER | {V.NO_ALIAS_YET, V.DAY_KNOWN},
        effect=effects.alias_entered, reversed_by="UN~",
    ),
    EventKind(
        code="PN5", name="通称の削除", english="alias deleted", article="令30条の16", event_class=CORRECTION, before=LIVING,
        concerns=FOREIGNER, told=OFFERED, validations=COUNTER | {V.HAS_ALIAS, V.DAY_KNOWN}, effect=effects.alias_deleted,
        reversed_by="UN~",
    ),
    EventKind(
        code="PM0", name="仮支援措置", english="provisional protective measure", article="法12条6項", event_class=CORRECTION,
        before=LIVING, told=OFFERED, may_change=PROVISIONAL, validations=COUNTER | {V.NOT_PROTECTED_YET, V.DAY_KNOWN},
        effect=effects.protected_provisionally,
    ),
    EventKind(
        code="PM+", name="支援措置開始", english="protective measure", article="法12条6項", event_class=CORRECTION, before=LIVING,
        told=OFFERED, may_change=PROTECTION, validations=COUNTER, effect=effects.protected,
    ),
    EventKind(
        code="PM~", name="支援措置延長", english="protective measure extended", article="法12条6項", event_class=CORRECTION,
        before=LIVING, told=OFFERED, may_change=PROTECTION - {"suppressed_from"},
        validations=COUNTER | {V.PROTECTED, V.MEASURE_ENDS, V.LAST_MONTH, V.DAY_KNOWN}, effect=effects.protected_longer,
    ),
    EventKind(
        code="PM-", name="支援措置終了", english="end of protective measure", article="法12条6項", event_class=CORRECTION,
        # Whoever moved out may still offer it, so that the removed record is shown again; the dead and the missing cannot.
        before=ANYWHERE, told=OFFERED, validations=COUNTER | {V.PROTECTED, V.MOVED_OUT}, effect=effects.no_longer_protected,
    ),
    # 転出の予定: the person stays a resident until the day comes -----------------------------------------------------------
    EventKind(
        code="OU1", name="転出届", english="planned move out", article="法24条", event_class=CORRECTION, before=RESIDENT,
        told=NOTIFIED, may_change=MOVE_OUT, validations=MOVE_OUT_RULES, effect=effects.plans_to_move, reversed_by="UN+",
        notices=(N.MOVE_OUT_CERTIFICATE,),
    ),
    EventKind(
        code="OU2", name="特例転出届", english="planned move out by card", article="法24条の2", event_class=CORRECTION,
        before=RESIDENT, told=NOTIFIED, may_change=MOVE_OUT, validations=MOVE_OUT_RULES, effect=effects.plans_to_move,
        reversed_by="UN+", follow_ups=(F.MOVE_OUT_DATA,),
    ),
    EventKind(
        code="OU3", name="国外転出届", english="planned move abroad", article="法24条", event_class=CORRECTION, before=RESIDENT,
        told=NOTIFIED, may_change=MOVE_OUT, validations=MOVE_OUT_RULES, effect=effects.plans_to_move, reversed_by="UN+",
        follow_ups=(F.SUPPLEMENT_NOTICE,),
    ),
    # 消除 ---------------------------------------------------------------------------------------------------------------
    EventKind(
        code="OU9", name="転出", english="move out", article="令13条", event_class=REMOVAL,
        before=frozenset({Before.PLANNED_MOVER}), effect=effects.moved_out, reversed_by="UN+",
    ),
    EventKind(
        code="TN", name="転入通知の受理", english="the other city tells of the move in", article="法9条1項・令13条",
        event_class=REMOVAL, before=frozenset({Before.PLANNED_MOVER, Before.REMOVED}), told=NOTICE, may_change=SETTLED,
        validations=frozenset({V.MOVED_OUT, V.DAY_KNOWN}), effect=effects.settled_elsewhere, reversed_by="UN+",
    ),
    EventKind(
        code="DE", name="死亡", english="death", article="法8条・令12条", event_class=REMOVAL, before=LIVING, told=NOTICE,
        effect=effects.died, reversed_by="UN+", follow_ups=(F.SUPPLEMENT_NOTICE,),
    ),
    EventKind(
        code="OD", name="職権消除", english="ex officio removal", article="法8条・34条", event_class=REMOVAL, before=LIVING,
        effect=effects.removed_ex_officio, reversed_by="UN+", two_persons=True,
        follow_ups=(F.SUPPLEMENT_NOTICE,), notices=(N.EX_OFFICIO, N.LIKE_MOVE_OUT_CERTIFICATE),
    ),
    EventKind(
        code="OM", name="失踪", english="declared missing", article="法9条2項", event_class=REMOVAL, before=LIVING, told=NOTICE,
        effect=effects.missing, reversed_by="UN+", two_persons=True, notices=(N.EX_OFFICIO,),
    ),
    # 取消し --------------------------------------------------------------------------------------------------------------
    # A cancellation never deletes: it adds rows in which the items of the cancelled event are as they were before it.
    # There is none of a 転居 (標準仕様書の実装しない機能), of a protective measure, nor of a number once given.
    EventKind(
        code="UN+", name="異動の取消し(増)", english="cancellation of a removal", article="令12条", event_class=CORRECTION,
        before=ANYWHERE, told=NOTIFIED, validations=COUNTER | {V.REVERSED_EVENT}, effect=effects.same,
    ),
    EventKind(
        code="UN-", name="異動の取消し(減)", english="cancellation of an entry", article="令12条", event_class=REMOVAL,
        before=LIVING, validations=frozenset({V.REVERSED_EVENT}), effect=effects.same, two_persons=True,
    ),
    EventKind(
        code="UN~", name="異動の取消し(修正)", english="cancellation of a correction", article="令12条", event_class=CORRECTION,
        before=ANYWHERE, validations=frozenset({V.REVERSED_EVENT}), effect=effects.same, two_persons=True,
    ),
)  # fmt: skip

EVENT_KINDS: Mapping[str, EventKind] = {kind.code: kind for kind in _KINDS}
"""Every kind by its code."""


def event_kind(code: str) -> EventKind:
    """Return the rules of a kind; raises UnknownEventKind."""
    try:
        return EVENT_KINDS[code]
    except KeyError:
        raise UnknownEventKind from None
