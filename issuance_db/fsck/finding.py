"""What `check` finds: a rule, in words, and what breaks it."""

from dataclasses import dataclass
from typing import Literal

Invariant = Literal["I1", "I2", "I3", "I4", "I5", "I6", "I7"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that always holds. `name` is its query in fsck.sql; the words are for staff, Japanese and English."""

    invariant: Invariant
    name: str
    wrong: tuple[str, str]
    do: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule and what breaks it: an issuance number, a request as `caller/call/id`, or a stop. Never personal data."""

    rule: Rule
    subject: str
