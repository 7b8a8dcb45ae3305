"""Compares two sides, record by record, in one pass."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from reconcile.digest import RecordDigest
from reconcile.order import in_key_order


class Difference(Enum):
    """How the right side departs from the left."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The keys, in order, that the right side lacks, has beyond the left, or holds with another content."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both sides hold the same."""
        return not (self.missing or self.extra or self.different)


def counted(kinds: Iterable[str]) -> str:
    """How many differ, both ways, in words: Japanese, ` / `, English. `kinds` are values of Difference, one for each key."""
    count = Counter(kinds)
    missing, extra, different = (count[kind.value] for kind in Difference)
    return (
        f"当方にない{missing}、当方だけにある{extra}、内容が違う{different} / "
        f"missing here {missing}, only here {extra}, different {different}"
    )


def compare(left: Iterable[RecordDigest], right: Iterable[RecordDigest]) -> Comparison:
    """Compare what should be (left) with what is there (right), both in key order.

    Holds one record of each side and the keys that differ. Raises UnsortedDigests, by code point and for a key that
    comes twice.
    """
    found: dict[Difference, list[str]] = {kind: [] for kind in Difference}
    for kind, key in differences(left, right):
        found[kind].append(key)
    return Comparison(*(tuple(found[kind]) for kind in (Difference.MISSING, Difference.EXTRA, Difference.DIFFERENT)))


def differences(left: Iterable[RecordDigest], right: Iterable[RecordDigest]) -> Iterator[tuple[Difference, str]]:
    """Yield each difference in key order as it is met, in memory that does not grow; raises as `compare`."""
    lefts, rights = in_key_order(left), in_key_order(right)
    here, there = next(lefts, None), next(rights, None)
    while here is not None and there is not None:
        if here.key < there.key:
            yield Difference.MISSING, here.key
            here = next(lefts, None)
        elif there.key < here.key:
            yield Difference.EXTRA, there.key
            there = next(rights, None)
        else:
            if here.digest != there.digest:
                yield Difference.DIFFERENT, here.key
            here, there = next(lefts, None), next(rights, None)
    while here is not None:
        yield Difference.MISSING, here.key
        here = next(lefts, None)
    while there is not None:
        yield Difference.EXTRA, there.key
        there = next(rights, None)
