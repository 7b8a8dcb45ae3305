"""What the register itself sets when an event is recorded, beyond the items that the event names."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, cast

from civil.recorded_date import RecordedDate
from registry.residents.event import ResidentEvent
from registry.residents.items_by_topic import DOMICILE_PARTS, GONE, PLACE_PARTS
from registry.residents.person_record import PersonRecord, State, item_of, with_items

_ALIAS_HISTORY: Final = (
    "alias_registered_on",
    "alias_registered_in",
    "alias_deleted_on",
    "alias_deleted_in",
    "alias_names",
)
"""通称履歴: the n-th of each is one group, in this order."""
_PROVISIONAL: Final = "仮支援措置"
_DELETED: Final = slice(2, 4)
_LEFT_BEHIND: Final = frozenset({"building", "postal_code"})
_FOREIGN: Final = frozenset({"nationality_code", *_ALIAS_HISTORY})
_PARTS: Final = {"address": PLACE_PARTS, "domicile": DOMICILE_PARTS, "nationality": frozenset({"nationality_code"})}
"""What F1 says of an item in parts: it goes when the item becomes another, unless the event names it too."""


def entered(given: PersonRecord, event: ResidentEvent, by: str) -> PersonRecord:
    """Into the city: 住民となった日 and 住定日 are the day of the event, and how the person came stands beside them."""
    if given.nationality is not None:
        given = replace(
            given, resident_since=None, foreign_resident_since=given.foreign_resident_since or event.occurred
        )
    else:
        given = replace(given, resident_since=event.occurred)
    given = replace(_fresh(given), address_since=event.occurred, address_notified_on=event.notified_on)
    return with_items(given, {"resident_by": by})


def moved_in(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move into the city from another one."""
    return with_items(entered(given, event, "転入"), {"move_in_notified_on": event.notified_on})


def moved_in_from_abroad(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move from abroad, or a foreigner who becomes a 中長期在留者 while living here (法30条の46, 30条の47)."""
    return with_items(entered(given, event, "国外転入"), {"move_in_notified_on": event.notified_on})


def moved_in_unfiled(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move from an address that was never notified: it is marked, and 不明 where nobody knows it (標準仕様書 未届転入)."""
    before = given.address_before_move_in
    if before is None:
        before = "不明"
    elif before != "不明" and not before.endswith("（未届）"):
        before = f"{before}（未届）"
    given = replace(given, address_before_move_in=before)
    return with_items(entered(given, event, "未届転入"), {"move_in_notified_on": event.notified_on})


def born(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A birth: as a move in, without any address before."""
    given = replace(entered(given, event, "出生"), address_before_move_in=None)
    return with_items(given, {"birth_notified_on": event.notified_on})


def same(record: PersonRecord, _event: ResidentEvent) -> PersonRecord:
    """Nothing is set: an ex officio entry is taken as it was found out, a renewed record says what the old one said."""
    return record


def naturalised(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """帰化・国籍取得: 外国人住民となった日 becomes 住民となった日, and what only foreigners have goes; all else is carried over."""
    told = {
        "resident_by": "帰化等", "naturalised_on": event.occurred.on, "naturalisation_notified_on": event.notified_on,
    }  # fmt: skip
    return replace(
        with_items(_without(changed(before, event), _FOREIGN), told),
        resident_since=before.foreign_resident_since, foreign_resident_since=None, nationality=None,
        article_30_45_category=None, residence_status=None, residence_period=None, residence_expires_on=None,
        residence_card_number=None, alias=None, alias_furigana=None,
    )  # fmt: skip


def lost_nationality(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """国籍喪失: 外国人住民となった日 is the later of the day of the loss and 住民となった日; 戸籍 and 旧氏 go."""
    since = before.resident_since
    lost = event.occurred
    later = since if since is not None and since.on is not None and lost.on is not None and since.on > lost.on else lost
    return replace(
        with_items(_without(changed(before, event), DOMICILE_PARTS), {"resident_by": "国籍喪失"}),
        resident_since=None, foreign_resident_since=later, domicile=None, first_registrant=None, former_surname=None,
        former_surname_furigana=None,
    )  # fmt: skip


def no_former_surname(before: PersonRecord, _event: ResidentEvent) -> PersonRecord:
    """旧氏 is deleted."""
    return replace(before, former_surname=None, former_surname_furigana=None)


def alias_entered(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """通称 is entered, and its history has one more group: the day, and this city."""
    after = changed(before, event)
    group = (event.occurred.on, "本市", None, None, after.alias)
    return _with_alias_groups(after, [*alias_groups(before), group])


def alias_deleted(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """通称 is deleted: the newest group of its history says when."""
    *earlier, (registered_on, registered_in, _, deleted_in, name) = alias_groups(before)
    group = (registered_on, registered_in, event.occurred.on, deleted_in, name)
    return _with_alias_groups(replace(before, alias=None, alias_furigana=None), [*earlier, group])


def alias_groups(record: PersonRecord) -> list[tuple[Any, ...]]:
    """The groups, oldest first, with None for what nobody told; whoever has a 通称 has an undeleted group as the newest."""
    parts = (cast("tuple[Any, ...]", record.further.get(name, ())) for name in _ALIAS_HISTORY)
    groups = list(itertools.zip_longest(*parts))
    if record.alias is None:
        return groups
    if not groups or groups[-1][_DELETED] != (None, None):
        return [*groups, (None, None, None, None, record.alias)]
    return [*groups[:-1], (*groups[-1][:-1], groups[-1][-1] or record.alias)]


def _with_alias_groups(record: PersonRecord, groups: list[tuple[Any, ...]]) -> PersonRecord:
    return with_items(record, dict(zip(_ALIAS_HISTORY, zip(*groups, strict=True), strict=True)))


def moved_within(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move within the city: the old address becomes 異動前住所, and its 方書 and postal code stay behind."""
    moves = event.changes[before.person_number].get("address", before.address) != before.address
    return replace(
        changed(_without(before, _LEFT_BEHIND) if moves else before, event),
        address_before_move=before.full_address,
        address_since=event.occurred,
        address_notified_on=event.notified_on,
    )


def plans_to_move(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A planned move out: the person stays a resident until the day comes."""
    planned = replace(changed(before, event), state=State.PLANNED_MOVER, planned_move_out_on=event.occurred.on)
    return with_items(planned, {"move_out_notified_on": event.notified_on})


def moved_out(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """The planned day has come, or the other city has told of the move in."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="転出")


def settled_elsewhere(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """転入通知: what the other city tells stands beside what was planned, never over it.

    A planned mover is removed, on the earlier of the planned day and the day of moving in there (標準仕様書 除票).
    """
    told = with_items(
        changed(before, event), {"settled_move_out_on": event.occurred.on, "move_in_notice_on": event.notified_on}
    )
    if before.state is State.REMOVED:
        return told
    days = [day for day in (before.planned_move_out_on, event.occurred.on) if day is not None]
    return replace(told, state=State.REMOVED, removed=RecordedDate.exact(min(days)), removal_reason="転出")


def removed_ex_officio(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A removal by the city itself (実態調査, 14日を過ぎた転出 …)."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="職権消除")


def missing(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """失踪宣告, told by the city of the koseki (法9条2項)."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="失踪")


def closed(before: PersonRecord, event: ResidentEvent, reason: str) -> PersonRecord:
    """The old 票 of a pair: removed, while a new one of the same person is made."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason=reason)


def entry_undone(made: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A first entry that was cancelled: there is no row before it to go back to."""
    return replace(made, state=State.REMOVED, removed=event.occurred, removal_reason="異動の取消し")


def died(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A death."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="死亡")


def protected_provisionally(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """仮支援措置: from the application on until it is decided, so without an end."""
    after = replace(changed(before, event), suppressed=True)
    return replace(
        after,
        suppressed_from=after.suppressed_from or event.occurred.on,
        suppression_reason=after.suppression_reason or _PROVISIONAL,
    )


def protected_longer(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """The next period: from the day after the last one on, or from the event where that is over; for one year unless an end is named."""
    after = changed(before, event)
    days = [event.occurred.on, before.suppressed_until and before.suppressed_until + timedelta(days=1)]
    begins = max(day for day in days if day is not None)
    ends = after.suppressed_until if "suppressed_until" in event.changes[before.person_number] else None
    return replace(after, suppressed_from=begins, suppressed_until=ends or end_of_protection(begins))


def protected(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """支援措置 begins, is decided after a provisional one, or has its period set anew: for one year unless an end is named."""
    after = replace(changed(before, event), suppressed=True)
    reason = None if after.suppression_reason == _PROVISIONAL else after.suppression_reason
    begins = after.suppressed_from if "suppressed_from" in event.changes[before.person_number] else event.occurred.on
    ends = after.suppressed_until if "suppressed_until" in event.changes[before.person_number] else None
    return replace(
        after,
        suppressed_from=begins,
        suppressed_until=ends or (None if begins is None else end_of_protection(begins)),
        suppression_reason=reason or "支援措置",
    )


def no_longer_protected(before: PersonRecord, _event: ResidentEvent) -> PersonRecord:
    """支援措置 ends. It never ends by itself when its period is over."""
    return replace(before, suppressed=False, suppression_reason=None, suppressed_from=None, suppressed_until=None)


def still_protected(given: PersonRecord, before: PersonRecord) -> PersonRecord:
    """Somebody who comes back under a protective measure is still under it: only PM- ends one."""
    if not before.suppressed:
        return given
    return replace(
        given,
        suppressed=True,
        suppression_reason=before.suppression_reason,
        suppressed_from=before.suppressed_from,
        suppressed_until=before.suppressed_until,
    )


def changed(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """The items named, and nothing else but the parts of an address, a domicile or a nationality that is no more."""
    changes = event.changes[before.person_number]
    others = (
        parts for item, parts in _PARTS.items() if changes.get(item, item_of(before, item)) != item_of(before, item)
    )
    return with_items(_without(before, frozenset[str]().union(*others)), changes)


def end_of_protection(begins: date) -> date:
    """Return the last day of a protection of one year: from 2020-04-01 it is 2021-03-31 (民法143条)."""
    if (begins.month, begins.day) == (2, 29):
        return date(begins.year + 1, 2, 28)
    return begins.replace(year=begins.year + 1) - timedelta(days=1)


def _without(record: PersonRecord, items: frozenset[str]) -> PersonRecord:
    return with_items(record, dict.fromkeys(items))


def _fresh(given: PersonRecord) -> PersonRecord:
    # A former record of the same person may have been copied into the form; what ended then has ended.
    return replace(
        _without(given, GONE), state=State.RESIDENT, address_before_move=None, removed=None, removal_reason=None
    )
