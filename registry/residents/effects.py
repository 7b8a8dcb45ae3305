"""What the register itself sets when an event is recorded, beyond the items that the event names."""

from dataclasses import replace
from datetime import date, timedelta

from registry.residents.event import ResidentEvent
from registry.residents.person_record import PersonRecord, State, with_items


def entered(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move into the city: 住民となった日 and 住定日 are the day of the move."""
    if given.nationality is not None:
        given = replace(
            given, resident_since=None, foreign_resident_since=given.foreign_resident_since or event.occurred
        )
    else:
        given = replace(given, resident_since=event.occurred)
    return replace(_fresh(given), address_since=event.occurred, address_notified_on=event.notified_on)


def born(given: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A birth: as a move in, without any address before."""
    return replace(entered(given, event), address_before_move_in=None)


def as_given(given: PersonRecord, _event: ResidentEvent) -> PersonRecord:
    """An ex officio entry: every item is taken as it was found out."""
    return given


def moved_within(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A move within the city: the old address becomes 異動前住所."""
    return replace(
        _changed(before, event),
        address_before_move=before.full_address,
        address_since=event.occurred,
        address_notified_on=event.notified_on,
    )


def plans_to_move(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A planned move out: the person stays a resident until the day comes."""
    return replace(_changed(before, event), state=State.PLANNED_MOVER, planned_move_out_on=event.occurred.on)


def moved_out(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """The planned day has come, or the other city has told of the move in."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="転出")


def died(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """A death."""
    return replace(before, state=State.REMOVED, removed=event.occurred, removal_reason="死亡")


def protected(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    """支援措置 begins or is extended: for one year unless an end is named."""
    after = replace(_changed(before, event), suppressed=True)
    begins = after.suppressed_from if "suppressed_from" in event.changes[before.person_number] else event.occurred.on
    ends = after.suppressed_until if "suppressed_until" in event.changes[before.person_number] else None
    return replace(
        after,
        suppressed_from=begins,
        suppressed_until=ends or (None if begins is None else end_of_protection(begins)),
        suppression_reason=after.suppression_reason or "支援措置",
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
    """The items named, and nothing else."""
    return _changed(before, event)


def end_of_protection(begins: date) -> date:
    """Return the last day of a protection of one year: from 2020-04-01 it is 2021-03-31 (民法143条)."""
    if (begins.month, begins.day) == (2, 29):
        return date(begins.year + 1, 2, 28)
    return begins.replace(year=begins.year + 1) - timedelta(days=1)


def _changed(before: PersonRecord, event: ResidentEvent) -> PersonRecord:
    return with_items(before, event.changes[before.person_number])


def _fresh(given: PersonRecord) -> PersonRecord:
    # A former record of the same person may have been copied into the form; what ended then has ended.
    return replace(
        given,
        state=State.RESIDENT,
        address_before_move=None,
        planned_move_out_on=None,
        move_out_address=None,
        removed=None,
        removal_reason=None,
    )
