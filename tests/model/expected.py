"""The plain model: what the rules say, in dicts. It knows no database, no paper and no concurrency."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from kiosk_server.issuing.refusal import RefusalCode

KEPT: Final = timedelta(minutes=15)
LEASE: Final = timedelta(seconds=10)
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Resident:
    """One person as the register has them."""

    name: str
    address: str
    household: str
    order: int
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a request asks for, without the PIN."""

    person: str
    persons: Literal["household", "self"]


@dataclass(frozen=True, slots=True)
class Paper:
    """What a certificate shows: persons in order, their names, and the address."""

    persons: tuple[str, ...]
    names: tuple[str, ...]
    address: str


@dataclass(slots=True)
class Request:
    """One request id. `holder` counts the attempts that were begun; an older one has lost its lease."""

    body: Body
    state: Literal["undecided", "answered", "refused"] = "undecided"
    code: RefusalCode | None = None
    paper: Paper | None = None
    number: str | None = None
    recorded_at: datetime | None = None
    leased: bool = False
    holder: int = 0


@dataclass(slots=True)
class Model:
    """A city, its register and what the front has in its own record, cards, and every request id ever seen."""

    register: dict[str, Resident]
    front: dict[str, Resident] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    """Persons and households with events that the front's record does not have yet."""
    held_by_staff: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)
    charged: set[tuple[str, str, str]] = field(default_factory=set)
    requests: dict[str, Request] = field(default_factory=dict)

    def synchronise(self) -> None:
        """The front's record is what the register is."""
        self.front = dict(self.register)
        self.moved.clear()

    def change(self, person: str, **changes: object) -> None:
        """An event about one person."""
        self.register[person] = replace(self.register[person], **changes)  # type: ignore[arg-type]  # fields by name
        self.moved.add(person)

    def identified(self, request_id: str, person: str, pin: str, *, right: bool) -> bool:
        """Try a PIN: the same one under the same id is charged once, and three lock."""
        fresh = (request_id, person, pin) not in self.charged
        self.charged.add((request_id, person, pin))
        if self.failures.get(person, 0) >= TRIES:
            return False
        if right:
            self.failures[person] = 0
        else:
            self.failures[person] = self.failures.get(person, 0) + fresh
        return right

    def suppressed(self, person: str) -> bool:
        """Whether anything the front knows stands against showing this person."""
        return person in self.held_by_staff or (person in self.front and self.front[person].protected)

    def decide(self, body: Body) -> RefusalCode | Paper:
        """What a new attempt comes to now: a paper, or why not."""
        household = self.front[body.person].household
        members = sorted((one for one in self.front if self.front[one].household == household), key=self._order)
        if self.moved & {household, *members}:
            return RefusalCode.NOT_FRESH
        printed = members if body.persons == "household" else [body.person]
        if any(self.suppressed(person) for person in printed):
            return RefusalCode.NOT_AVAILABLE
        return Paper(tuple(printed), tuple(self.front[one].name for one in printed), self.front[body.person].address)

    def again(self, request: Request, now: datetime) -> RefusalCode | None:
        """What an id that was answered comes to; None is the same answer, which cannot be had when its time may be over."""
        assert request.paper is not None
        assert request.recorded_at is not None
        if any(self.suppressed(person) for person in request.paper.persons):
            return RefusalCode.NOT_AVAILABLE
        if now >= request.recorded_at + KEPT:
            return RefusalCode.ALREADY_ANSWERED
        if self.moved & {person for person in request.paper.persons if person in self.front}:
            return RefusalCode.NOT_FRESH
        return None

    def _order(self, person: str) -> tuple[int, str]:
        return self.front[person].order, person
