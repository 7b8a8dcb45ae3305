"""続柄: what may be written, and the order of a household's members that follows from it.

Base words joined by の, at most four; what would take five or more is 縁故者. 祖父, 孫, おじ and the like are not written:
父の父, 子の子, 父の弟 (住民記録システム標準仕様書).
"""

from datetime import date
from functools import cache

HEAD = "世帯主"
SPOUSES = frozenset({"夫", "妻", "夫（未届）", "妻（未届）"})
_ALONE = frozenset({HEAD, "縁故者", "同居人"})
_BASE_WORDS = SPOUSES | {"子", "父", "母", "兄", "姉", "弟", "妹"}
_PARENTS = frozenset({"父", "母"})
_SIBLINGS = frozenset({"兄", "姉", "弟", "妹"})
_MOST_WORDS = 4

_RANK_STEP = 100_000_000
"""Larger than any day written as YYYYMMDD."""
_NO_DAY = 99_991_231


def is_relationship(text: str) -> bool:
    """Tell whether this may be written as a relationship to the head."""
    if text in _ALONE:
        return True
    words = text.split("の")
    return len(words) <= _MOST_WORDS and all(word in _BASE_WORDS for word in words)


def member_order(relationship: str | None, birth: date | None) -> int:
    """Return the sort key of a member: rank of the relationship, then day of birth.

    Head, spouse, children by birth, children's families, parents, siblings, grandparents, other relatives, 縁故者, 同居人;
    those without a relationship come last. The key of one member does not depend on the others, so that nobody's row
    changes because somebody else joins.
    """
    day = _NO_DAY if birth is None else birth.year * 10_000 + birth.month * 100 + birth.day
    return _rank(relationship) * _RANK_STEP + day


@cache
def _rank(relationship: str | None) -> int:  # noqa: PLR0911 - one line for each rank, in their order
    if relationship is None:
        return 11
    words = relationship.split("の")
    if relationship == HEAD:
        return 1
    if relationship in SPOUSES:
        return 2
    if words[0] == "子":
        return 3 if len(words) == 1 else 4
    if len(words) == 1 and words[0] in _PARENTS | _SIBLINGS:
        return 5 if words[0] in _PARENTS else 6
    if len(words) == 2 and set(words) <= _PARENTS:  # noqa: PLR2004 - two words, such as 父の父
        return 7
    return {"縁故者": 9, "同居人": 10}.get(relationship, 8)
