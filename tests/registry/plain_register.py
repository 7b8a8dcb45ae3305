"""A register in a few words: what each person and household is, and which event is possible. Every address is the same but for the building."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final, Literal

HEAD: Final = "世帯主"
State = Literal["resident", "planned", "removed"]


@dataclass(slots=True)
class Person:
    """What the model knows of somebody."""

    household: int
    is_head: bool
    state: State = "resident"
    moved_out: bool = False
    foreign: bool = False
    protected: bool = False
    alias: bool = False
    former: bool = False
    in_building: bool = False

    @property
    def lives(self) -> bool:
        """Whether the person is in the register."""
        return self.state != "removed"


@dataclass(slots=True)
class PlainRegister:
    """Everybody by serial number."""

    people: dict[int, Person] = field(default_factory=dict)

    def members(self, household: int) -> set[int]:
        """Who lives there."""
        return {serial for serial, person in self.people.items() if person.lives and person.household == household}

    def head(self, household: int) -> int | None:
        """Who is its head, if anybody."""
        return next((serial for serial in self.members(household) if self.people[serial].is_head), None)

    def copy(self) -> "PlainRegister":
        """The register as it is, to come back to."""
        return deepcopy(self)

    def takes(self, household: int, *, as_head: bool) -> bool:
        """Whether somebody may come in: a household has one head, and may go on without one but not begin so."""
        return (self.head(household) is None) if as_head else bool(self.members(household))

    def together(self, serials: set[int]) -> bool:
        """Whether they live at one address."""
        return len({self.people[serial].in_building for serial in serials}) <= 1

    def enters(self, serial: int, household: int, *, as_head: bool, foreign: bool) -> bool:
        """A move in, or a move back."""
        before = self.people.get(serial)
        if (before is not None and before.lives) or not self.takes(household, as_head=as_head):
            return False
        protected = before is not None and before.protected
        self.people[serial] = Person(household, as_head, foreign=foreign, protected=protected)
        return True

    def is_born(self, serial: int, household: int) -> bool:
        """A birth, of somebody who never was."""
        return serial not in self.people and self.enters(serial, household, as_head=False, foreign=False)

    def leaves(self, serial: int, kind: str) -> bool:
        """What ends with or prepares a removal."""
        person = self.people.get(serial)
        if person is None:
            return False
        if kind == "TN" and person.state == "removed":
            return person.moved_out
        plans, at_once = kind in {"OU1", "OU2", "OU3"}, kind in {"DE", "OD", "OM"}
        if not person.lives or (not at_once and plans is not (person.state == "resident")):
            return False
        if plans:
            person.state = "planned"
        else:
            person.state, person.moved_out = "removed", kind in {"OU9", "TN"}
        return True

    def splits(self, serial: int, household: int) -> bool:
        """世帯分離: out of a household that goes on with its head, into one that nobody lives in."""
        person = self.people.get(serial)
        if (
            person is None
            or not person.lives
            or self.members(household)
            or not self.members(person.household) - {serial}
        ):
            return False
        if person.is_head:
            return False
        person.household, person.is_head = household, True
        return True

    def changes(self, serial: int, household: int) -> bool:
        """世帯変更: out of a household that goes on, into another with members, as one who lives with them."""
        person = self.people.get(serial)
        if person is None or not person.lives or not self.members(household) or person.is_head:
            return False
        if household != person.household and not self.members(person.household) - {serial}:
            return False
        if not self.together(self.members(household) | {serial}):
            return False
        person.household = household
        return True

    def merges(self, old: int, household: int) -> bool:
        """世帯合併: everybody of one household joins another."""
        moving = self.members(old)
        if not moving or not self.members(household) or (old == household and self.head(old) is not None):
            return False
        if not self.together(self.members(household) | moving):
            return False
        for serial in moving:
            self.people[serial].household, self.people[serial].is_head = household, False
        return True

    def heads(self, serial: int) -> bool:
        """世帯主変更, the old head becoming one who lives there."""
        person = self.people.get(serial)
        if person is None or not person.lives:
            return False
        for member in self.members(person.household):
            self.people[member].is_head = member == serial
        return True

    def is_corrected(self, serial: int, kind: str) -> bool:
        """Whatever changes one person's items."""
        person = self.people.get(serial)
        if person is None or not (person.lives or (kind == "PM-" and person.moved_out)):
            return False
        possible = {
            "MI": True, "RF": True, "NA": person.foreign, "NL": not person.foreign, "PN1": not person.foreign and not person.former,
            "PN3": not person.foreign and person.former, "PN4": person.foreign and not person.alias,
            "PN5": person.foreign and person.alias, "PM+": True, "PM-": person.protected,
        }[kind]  # fmt: skip
        if possible:
            _correct(person, kind)
        return possible


def _correct(person: Person, kind: str) -> None:
    match kind:
        case "NA":
            person.foreign, person.alias = False, False
        case "NL":
            person.foreign, person.former = True, False
        case "PN1" | "PN3":
            person.former = kind == "PN1"
        case "PN4" | "PN5":
            person.alias = kind == "PN4"
        case "PM+" | "PM-":
            person.protected = kind == "PM+"
        case "MI":
            person.in_building = True
        case _:
            pass
