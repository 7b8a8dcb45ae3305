"""Who lives together: the plan of a household, before it has names, numbers and an address."""

from dataclasses import dataclass, field
from typing import Any

from civil.sex import Sex


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign resident: country and 法30条の45の区分, with what the category has."""

    country: str
    category: str = "中長期在留者"
    status: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member as planned. `case` is the handle of a special one; `items` replace what would be made up otherwise."""

    relationship: str
    age: int
    sex: Sex
    foreign: Foreign | None = None
    own_surname: bool = False
    case: str | None = None
    items: dict[str, Any] = field(default_factory=dict)


Plan = tuple[Member, ...]
"""A household, head first."""

M, F = Sex.MALE, Sex.FEMALE
