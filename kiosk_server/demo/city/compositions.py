"""Households as they are composed in a city of this size: 2.3 persons on average, every age.

The shares are ours, after the shape of the census (single persons a third, couples a fifth, families with children, three
generations), not figures of a real city.
"""

from collections.abc import Callable
from itertools import accumulate
from random import Random

from civil.sex import Sex
from kiosk_server.demo.city.member import F, Foreign, M, Member, Plan

_OTHER = {M: F, F: M}
_ADULT = (18, 26)


def random_plan(rng: Random) -> Plan:
    """A household drawn by the shares below."""
    point = rng.random() * _CUMULATIVE[-1]
    return next(make for limit, make in zip(_CUMULATIVE, _MAKERS, strict=True) if point < limit)(rng)


def _age(rng: Random, youngest: int, oldest: int) -> int:
    return rng.randrange(youngest, oldest + 1)


def _single_young(rng: Random) -> Plan:
    return (Member("世帯主", _age(rng, 18, 39), rng.choice((M, F))),)


def _single_middle(rng: Random) -> Plan:
    return (Member("世帯主", _age(rng, 40, 64), rng.choice((M, F))),)


def _single_old(rng: Random) -> Plan:
    return (Member("世帯主", min(_age(rng, 65, 92) + rng.randrange(8), 103), rng.choice((M, F, F))),)


def _couple(rng: Random) -> Plan:
    return _spouses(rng, _age(rng, 27, 62))


def _old_couple(rng: Random) -> Plan:
    return _spouses(rng, _age(rng, 63, 90))


def _family(rng: Random) -> Plan:
    age = _age(rng, 26, 59)
    parents = _spouses(rng, age)
    return parents + _children(rng, parents[1].age, rng.choice((1, 1, 1, 2, 2, 2, 2, 3, 3, 4)))


def _single_parent(rng: Random) -> Plan:
    parent = Member("世帯主", _age(rng, 26, 58), rng.choice((M, F, F, F, F)))
    return (parent, *_children(rng, parent.age, rng.choice((1, 1, 2))))


def _with_old_parent(rng: Random) -> Plan:
    age = _age(rng, 40, 66)
    return (Member("世帯主", age, rng.choice((M, F))), Member("母", age + _age(rng, 20, 32), F))


def _three_generations(rng: Random) -> Plan:
    parents = _spouses(rng, _age(rng, 32, 56), M)
    older = parents[0].age + _age(rng, 22, 32)
    grandparents = (Member("父", older + 1, M), Member("母", older - 1, F))
    return (
        parents
        + _children(rng, parents[1].age, rng.choice((1, 2, 2, 3)))
        + rng.choice((grandparents, grandparents[1:]))
    )


def _siblings(rng: Random) -> Plan:
    age = _age(rng, 25, 80)
    return (Member("世帯主", age, F), Member("妹", max(age - _age(rng, 1, 6), 18), F))


def _partners(rng: Random) -> Plan:
    age = _age(rng, 22, 60)
    return (Member("世帯主", age, M), Member("妻（未届）", max(age - _age(rng, 0, 5), 18), F, own_surname=True))


def _shared_house(rng: Random) -> Plan:
    return (Member("世帯主", _age(rng, 22, 50), M), Member("同居人", _age(rng, 20, 50), M, own_surname=True))


_WORKING = (
    Foreign("ベトナム", status="技能実習２号ロ", period="１年"),
    Foreign("ベトナム", status="特定技能１号", period="１年"),
    Foreign("フィリピン", status="特定技能１号", period="１年"),
    Foreign("ネパール", status="留学", period="２年"),
    Foreign("中国", status="技術・人文知識・国際業務", period="３年"),
    Foreign("パキスタン", status="経営・管理", period="１年"),
)
_SETTLED = (
    Foreign("ブラジル", status="永住者", period="無期限"),
    Foreign("ペルー", status="定住者", period="３年"),
    Foreign("ブラジル", status="定住者", period="５年"),
    Foreign("中国", status="永住者", period="無期限"),
    Foreign("韓国", "特別永住者"),
)


def _foreign_single(rng: Random) -> Plan:
    return (Member("世帯主", _age(rng, 20, 45), rng.choice((M, F)), rng.choice(_WORKING)),)


def _foreign_family(rng: Random) -> Plan:
    same = rng.choice(_SETTLED)
    head = Member("世帯主", _age(rng, 28, 55), M, same)
    mother = Member("妻", head.age - _age(rng, 0, 5), F, same)
    children = _children(rng, mother.age, rng.choice((1, 2, 2)))
    return (head, mother, *(Member(c.relationship, c.age, c.sex, same) for c in children))


def _mixed_couple(rng: Random) -> Plan:
    abroad = Foreign(rng.choice(("フィリピン", "中国", "ブラジル")), status="日本人の配偶者等", period="３年")
    head = Member("世帯主", _age(rng, 30, 60), M)
    mother = Member("妻", _age(rng, 26, min(head.age, 45)), F, abroad)
    return (head, mother, *_children(rng, mother.age, rng.choice((0, 1, 2))))


_SHARES: tuple[tuple[float, Callable[[Random], Plan]], ...] = (
    (0.110, _single_young),
    (0.098, _single_middle),
    (0.130, _single_old),
    (0.085, _couple),
    (0.125, _old_couple),
    (0.240, _family),
    (0.060, _single_parent),
    (0.055, _with_old_parent),
    (0.046, _three_generations),
    (0.008, _siblings),
    (0.008, _partners),
    (0.004, _shared_house),
    (0.020, _foreign_single),
    (0.011, _foreign_family),
    (0.008, _mixed_couple),
)
_CUMULATIVE = tuple(accumulate(share for share, _ in _SHARES))
_MAKERS = tuple(make for _, make in _SHARES)


def _spouses(rng: Random, age: int, head: Sex | None = None) -> Plan:
    sex = head or (M if rng.random() < 0.93 else F)  # noqa: PLR2004 - the heads of couples are mostly husbands
    other = _OTHER[sex]
    return (
        Member("世帯主", age, sex),
        Member("妻" if other is F else "夫", max(age + rng.randrange(-5, 4), _ADULT[0]), other),
    )


def _children(rng: Random, parent_age: int, count: int) -> Plan:
    """Children who are at most unmarried adults still at home; the eldest first."""
    eldest = min(max(parent_age - _age(rng, 20, 36), 0), _ADULT[1])
    ages = (eldest, *(eldest - step for step in accumulate(_age(rng, 1, 4) for _ in range(count - 1))))
    return tuple(Member("子", age, rng.choice((M, F))) for age in ages[:count] if age >= 0)
