"""Why a derived record differs from its source, as far as their sequence numbers tell. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from reconcile.compare import Difference


class Cause(StrEnum):
    """What most likely happened. Each but the first is mended by making the record anew from its source."""

    SET_ASIDE = "set_aside"
    """The projection refused the source's row and said so; the source has to be corrected."""
    ARRIVAL_LOST = "arrival_lost"
    """The source has the record and the derived file never got it, or lost it."""
    REMOVAL_LOST = "removal_lost"
    """The source removed the record, and the removal never arrived."""
    NOT_OF_SOURCE = "not_of_source"
    """The source has never had such a record."""
    CHANGE_LOST = "change_lost"
    """The derived record stands at an earlier sequence: changes since then never arrived."""
    CHANGED_HERE = "changed_here"
    """Both stand at the same sequence: something but the projection wrote here, or the projection wrote wrongly."""
    AHEAD_OF_SOURCE = "ahead_of_source"
    """The derived record stands at a later sequence: the source was set back, as by a restored backup."""


def cause_of(
    difference: Difference, source: Sequence[int], derived: Sequence[int], *, is_set_aside: bool, was_in_source: bool
) -> Cause:
    """The cause of one difference. `source` and `derived` are the sequences of each side in one order, empty without a record.

    `is_set_aside`: the projection told that it refuses this record. `was_in_source`: the source knew it once.
    """
    if is_set_aside:
        return Cause.SET_ASIDE
    if difference is Difference.MISSING:
        return Cause.ARRIVAL_LOST
    if difference is Difference.EXTRA:
        return Cause.REMOVAL_LOST if was_in_source else Cause.NOT_OF_SOURCE
    if any(there > here for here, there in zip(source, derived, strict=True)):
        return Cause.AHEAD_OF_SOURCE
    if any(there < here for here, there in zip(source, derived, strict=True)):
        return Cause.CHANGE_LOST
    return Cause.CHANGED_HERE
