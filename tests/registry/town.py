"""A town: its clerk, who enters, has reviewed and decided, and records; its own count of the living; whom an event may concern.

What happens in it is drawn from a seed (`happenings.py`). The books are judged by others.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from civil.check_digits import my_number, resident_code
from civil.recorded_date import RecordedDate
from registry.residents import (
    CityNotEmpty,
    Draft,
    HistoryRow,
    IdentityCheck,
    IncomingPerson,
    PersonRecord,
    ResidentEvent,
    SealedMyNumber,
    State,
    decide_draft,
    enter_draft,
    preview_event,
    record_draft,
    record_due_move_outs,
    review_draft,
    seal_my_number,
)
from tests.registry import desk as at_desk
from tests.registry.desk import Call, Desk, Struck
from tests.registry.office import KEYS

_SEEN: Final = IdentityCheck("運転免許証", "職員０１")
_STEPS: Final = ((review_draft, "職員０２"), (decide_draft, "職員０３"), (record_draft, "職員０１"))
_REMOVALS: Final = frozenset({"OU9", "DE", "OD", "OM", "TN"})
_CODES: Final = 60
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Town:
    """`living` is its own count, `kinds` what was recorded how often; `people` and `gone` are as the month began."""

    desk: Desk
    city: str
    rng: Random
    day: date
    living: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    people: dict[str, PersonRecord] = field(default_factory=dict)
    gone: dict[str, PersonRecord] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    serials: int = 0
    _added: dict[int, int] = field(default_factory=dict)
    """By event, how many it added to the living."""

    @property
    def now(self) -> datetime:
        """Noon of the town's day, in Japan."""
        return datetime(self.day.year, self.day.month, self.day.day, 3, tzinfo=UTC)

    async def ask(self, call: Call, *about: Any, **details: Any) -> Any:
        """Ask until somebody answers: for what may be done twice."""
        while True:
            with suppress(Struck):
                return await self.desk.ask(call, *about, **details)

    async def settle(self, people: list[IncomingPerson]) -> None:
        """Everybody who lives here when it begins."""
        with suppress(CityNotEmpty):
            await self.ask(at_desk.settled, people, self.now)
        self.living = len(people)

    async def begin_month(self) -> None:
        """The next 20th: a new year is prepared, codes are fetched, and who planned to leave by then has left."""
        following = (self.day.replace(day=1) + timedelta(days=32)).replace(day=20)
        if following.year != self.day.year:
            await self.ask(at_desk.year_turned, following)
        self.day = following
        self.touched.clear()
        codes = [resident_code(f"{5_000_000_000 + self.serial()}") for _ in range(_CODES)]
        await self.ask(at_desk.codes_fetched, codes)
        rows: dict[str, HistoryRow] = await self.ask(at_desk.people_of, self.now)
        everybody = {number: rows[number].record for number in sorted(rows)}
        self.people = {number: record for number, record in everybody.items() if record.in_register}
        self.gone = {number: record for number, record in everybody.items() if not record.in_register}
        await self._leave()

    async def _leave(self) -> None:
        """The other city told of three in ten; the rest are recorded by the daily work."""
        due = await self.ask(at_desk.due, self.day)
        for move in due:
            if self.rng.random() < 0.3:
                await self.file("TN", {move.person_number: {}}, occurred=RecordedDate(move.planned_on))
        left = await self.ask(at_desk.due, self.day)
        while await self.ask(at_desk.due, self.day):
            with suppress(Struck):
                done = await self.desk.ask(record_due_move_outs, place="市民課", now=self.now)
                assert not done.refused
        self.living -= len(left)
        self.kinds["OU9"] += len(left)
        for household in sorted({move.household_number for move in due}):
            await self.give_a_head(household)

    async def file(self, kind: str, changes: Changes | None = None, **details: Any) -> int:
        """One event through all its desks, two others than who enters it; looked at before and after as on the screens."""
        given: dict[str, Any] = {
            "occurred": RecordedDate(self.day), "notified_on": self.day, "identity_check": _SEEN, "changes": changes or {},
        }  # fmt: skip
        event = ResidentEvent(kind=kind, **(given | details))
        who = {"operator": "職員０１", "place": "市民課", "now": self.now}
        shown = await self.ask(preview_event, event, **who)
        entered = await self._enter(event, who, shown.based_on)
        event_id = await self._through(entered)
        self.kinds[kind] += 1
        homes = (row for before, after in shown.households.values() for row in (*before, *after))
        self.touched |= shown.persons.keys() | {row.record.person_number for row in homes}
        self._added[event_id] = added = self._count(event)
        self.living += added
        return event_id

    async def _enter(self, event: ResidentEvent, who: Mapping[str, Any], based_on: Mapping[str, int]) -> Draft:
        while not (waiting := await self.ask(at_desk.waiting_about, based_on)):
            with suppress(Struck):
                await self.desk.ask(enter_draft, event, **who)
        (one,) = waiting
        entered: Draft = await self.ask(at_desk.draft_as_it_stands, one.draft_id)
        assert (entered.event, entered.based_on) == (event, based_on)
        return entered

    async def _through(self, entered: Draft) -> int:
        stands = entered
        for place, (step, by) in enumerate(_STEPS, start=1):
            while stands.step < place:
                with suppress(Struck):
                    await self.desk.ask(step, entered.draft_id, by=by, now=self.now)
                stands = await self.ask(at_desk.draft_as_it_stands, entered.draft_id)
        assert stands.event_id is not None
        return stands.event_id

    def _count(self, event: ResidentEvent) -> int:
        if event.reverses is not None:
            return -self._added[event.reverses]
        if event.kind in _REMOVALS:
            return -sum(number in self.people for number in event.changes)
        return len(event.entries)

    def somebody(
        self, fits: Callable[[PersonRecord], bool] = lambda _: True, among: Mapping[str, PersonRecord] | None = None
    ) -> PersonRecord | None:
        """A resident who fits and to whom nothing happened this month; or one of `among`, resident or not."""
        found = [
            person for number, person in (self.people if among is None else among).items()
            if number not in self.touched and (among is not None or person.state is State.RESIDENT) and fits(person)
        ]  # fmt: skip
        return self.rng.choice(found) if found else None

    def untouched(self, household: str) -> list[PersonRecord]:
        """Its members as the month began, or nobody where something happened to one of them since."""
        members = sorted(
            (person for person in self.people.values() if person.household_number == household),
            key=lambda person: (person.member_order, person.person_number),
        )
        return [] if any(member.person_number in self.touched for member in members) else members

    async def give_a_head(self, household: str) -> None:
        """The first member, where nobody is."""
        left = [row.record for row in await self.ask(at_desk.members_of, household)]
        if left and all(member.relationship != "世帯主" for member in left):
            changes = {member.person_number: {"relationship": "同居人"} for member in left[1:]}
            await self.file("HH", changes | {left[0].person_number: {"relationship": "世帯主"}})

    def age(self, person: PersonRecord) -> int:
        """Full years, or 0 of somebody whose birth is not known."""
        return 0 if person.birth.on is None else (self.day - person.birth.on).days // 365

    def serial(self) -> int:
        """Another number than ever before."""
        self.serials += 1
        return self.serials

    async def numbers(self, subject: Any, count: int = 1) -> tuple[str, ...]:
        """New numbers of the city."""
        given: tuple[str, ...] = await self.ask(at_desk.new_numbers, subject, count)
        return given

    def sealed(self, person_number: str) -> SealedMyNumber:
        """A My Number for somebody."""
        return seal_my_number(KEYS, self.city, person_number, my_number(f"{20_000_000_000 + self.serial()}"))

    def named(self, surname: str) -> dict[str, Any]:
        """A given name that nobody else has."""
        return {"name": f"{surname}　{self.serial()}号", "furigana": "ミホン　ゴウ"}
