"""A town that lives: births, deaths, moves, marriages … month after month, each event entered, reviewed, decided and recorded.

What happens is drawn from a seed. The town keeps its own count of the living; the books are judged by others.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from civil.check_digits import my_number, resident_code
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents import (
    HistoryRow,
    IdentityCheck,
    IncomingPerson,
    PersonRecord,
    RecordedEvent,
    ResidentEvent,
    State,
    add_resident_codes,
    assign_numbers,
    city_transaction,
    decide_draft,
    due_move_outs,
    enter_draft,
    load_initial,
    persons_as_of,
    record_draft,
    review_draft,
    seal_my_number,
    turn_year,
)
from tests.registry.office import KEYS, Office

_SEEN: Final = IdentityCheck("運転免許証", "職員０１")
_PLACES: Final = ("東京都足立区見本町１番地", "埼玉県熊谷市見本町２番地", "群馬県太田市見本町３番地")
_ENTRIES: Final = frozenset({"IN1", "IN3", "BI", "OI"})
_REMOVALS: Final = frozenset({"OU9", "DE", "OD"})
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Town:
    """The town: `living` is its own count, `kinds` what was recorded how often."""

    office: Office
    rng: Random
    day: date
    living: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    people: dict[str, PersonRecord] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    codes: int = 0

    @property
    def now(self) -> datetime:
        """Noon of the town's day, in Japan."""
        return datetime(self.day.year, self.day.month, self.day.day, 3, tzinfo=UTC)

    async def settle(self, people: list[IncomingPerson]) -> None:
        """Everybody who lives here when it begins."""
        await load_initial(
            self.office.connection, self.office.city, people, KEYS, operator="移行", place="市民課", now=self.now
        )
        self.living = len(people)

    async def month(self) -> None:
        """One month of it: each thing as often as a town of this size sees it, and at least a chance of it."""
        await self._turn()
        for happens, each_year_of_a_thousand in _HAPPENINGS:
            for _ in range(self._often(each_year_of_a_thousand)):
                await happens(self)

    async def _turn(self) -> None:
        following = (self.day.replace(day=1) + timedelta(days=32)).replace(day=20)
        if following.year != self.day.year:
            await turn_year(self.office.connection, following)
        self.day = following
        self.touched.clear()
        codes = [resident_code(f"{5_000_000_000 + self.codes + serial}") for serial in range(40)]
        self.codes += len(codes)
        async with city_transaction(self.office.connection, self.office.city):
            await add_resident_codes(self.office.connection, self.office.city, codes)
            rows: dict[str, HistoryRow] = await persons_as_of(self.office.connection, self.office.city, self.now)
        self.people = {number: row.record for number, row in rows.items() if row.record.in_register}
        await self._leave_whose_day_has_come()

    async def _leave_whose_day_has_come(self) -> None:
        async with city_transaction(self.office.connection, self.office.city):
            due = await due_move_outs(self.office.connection, self.office.city, self.day)
        for move in due:
            kind = "TN" if self.rng.random() < 0.3 else "OU9"
            await self.file(kind, {move.person_number: {}}, occurred=RecordedDate(move.planned_on))
            await self.give_a_head(move.household_number)

    def _often(self, each_year_of_a_thousand: float) -> int:
        expected = len(self.people) / 1000 * each_year_of_a_thousand / 12
        return int(expected) + (self.rng.random() < expected % 1)

    async def file(self, kind: str, changes: Changes | None = None, **details: Any) -> RecordedEvent:
        """One event through all its desks; two others than who enters it."""
        desk = self.office
        given: dict[str, Any] = {
            "occurred": RecordedDate(self.day), "notified_on": self.day, "identity_check": _SEEN, "changes": changes or {},
        }  # fmt: skip
        event = ResidentEvent(kind=kind, **(given | details))
        entered = await enter_draft(
            desk.connection, desk.city, event, operator="職員０１", place="市民課", now=self.now
        )
        await review_draft(desk.connection, desk.city, entered.draft_id, by="職員０２", now=self.now)
        await decide_draft(desk.connection, desk.city, entered.draft_id, by="職員０３", now=self.now)
        recorded = await record_draft(desk.connection, desk.city, entered.draft_id, by="職員０１", now=self.now)
        self.kinds[kind] += 1
        self.touched |= set(recorded.persons)
        self._count(kind, event)
        return recorded

    def _count(self, kind: str, event: ResidentEvent) -> None:
        if kind in _ENTRIES:
            self.living += len(event.entries)
        elif kind in _REMOVALS or kind == "TN":
            self.living -= len(event.changes)

    def somebody(self, fits: Callable[[PersonRecord], bool]) -> PersonRecord | None:
        """A resident who fits and to whom nothing happened this month."""
        found = [
            person for number, person in sorted(self.people.items())
            if person.state is State.RESIDENT and number not in self.touched and fits(person)
        ]  # fmt: skip
        return self.rng.choice(found) if found else None

    def members(self, household: str) -> list[PersonRecord]:
        """Who lives there, as the month began."""
        return sorted(
            (person for person in self.people.values() if person.household_number == household),
            key=lambda person: (person.member_order, person.person_number),
        )

    def untouched(self, household: str) -> list[PersonRecord]:
        """Its members, or nobody where something happened to one of them this month."""
        members = self.members(household)
        return [] if any(member.person_number in self.touched for member in members) else members

    async def give_a_head(self, household: str) -> None:
        async with city_transaction(self.office.connection, self.office.city):
            rows = await persons_as_of(self.office.connection, self.office.city, self.now, list(self.people))
        left = sorted(
            (
                row.record
                for row in rows.values()
                if row.record.household_number == household and row.record.in_register
            ),
            key=lambda person: (person.member_order, person.person_number),
        )
        if left and all(member.relationship != "世帯主" for member in left):
            changes = {member.person_number: {"relationship": "同居人"} for member in left[1:]}
            await self.file("HH", changes | {left[0].person_number: {"relationship": "世帯主"}})

    def age(self, person: PersonRecord) -> int:
        """Full years, or 0 of somebody whose birth is not known."""
        return 0 if person.birth.on is None else (self.day - person.birth.on).days // 365

    async def numbers(self, subject: Any, count: int) -> tuple[str, ...]:
        """New numbers of the city."""
        async with city_transaction(self.office.connection, self.office.city):
            return await assign_numbers(self.office.connection, self.office.city, subject, count)

    def named(self, surname: str) -> dict[str, Any]:
        """A given name that nobody else has."""
        self.codes += 1
        return {"name": f"{surname}　{self.codes}号", "furigana": "ミホン　ゴウ"}


async def _birth(town: Town) -> None:
    mother = town.somebody(lambda p: p.sex is Sex.FEMALE and 20 <= town.age(p) <= 42 and p.nationality is None)
    if mother is None:
        return
    (number,) = await town.numbers("person", 1)
    child = PersonRecord(
            person_number=number, household_number=mother.household_number, resident_code="", birth=RecordedDate(town.day),
            sex=town.rng.choice([Sex.FEMALE, Sex.MALE]), address=mother.address, building=mother.building,
            postal_code=mother.postal_code, relationship="子の子" if mother.relationship == "子" else "子",
            domicile=mother.domicile, first_registrant=mother.first_registrant, **town.named("見本"),
    )  # fmt: skip
    await town.file("BI", entries=(child,), identity_check=None)
    sealed = seal_my_number(KEYS, town.office.city, number, my_number(f"{20_000_000_000 + town.codes}"))
    await town.file("MN3", {number: {"my_number": sealed}})


async def _death(town: Town) -> None:
    person = town.somebody(lambda p: town.age(p) > 60) or town.somebody(lambda _: True)
    if person is None:
        return
    died = await town.file("DE", {person.person_number: {}}, identity_check=None)
    if town.rng.random() < 0.05:
        await town.file("UN+", reverses=died.event_id)
        town.living += 1
    else:
        await town.give_a_head(person.household_number)


async def _move_in(town: Town) -> None:
    persons = await town.numbers("person", town.rng.choice([1, 1, 2, 3]))
    (home,) = await town.numbers("household", 1)
    place: dict[str, Any] = {"postal_code": "3260053", "address": f"栃木県足利市本城三丁目{town.codes}番地"}
    entries = [
        PersonRecord(
            person_number=number, household_number=home, resident_code=resident_code(f"{7_000_000_000 + int(number[:9])}"),
            birth=RecordedDate(date(1960 + town.rng.randrange(45), 1 + town.rng.randrange(12), 3)),
            sex=town.rng.choice([Sex.FEMALE, Sex.MALE]), relationship=relationship, domicile="なし", first_registrant="なし",
            address_before_move_in=town.rng.choice(_PLACES), **place, **town.named("転見"),
        )
        for number, relationship in zip(persons, ("世帯主", "同居人", "縁故者"), strict=False)
    ]  # fmt: skip
    await town.file("IN1", entries=tuple(entries), occurred=RecordedDate(town.day - timedelta(days=3)))


async def _move_in_from_abroad(town: Town) -> None:
    (number,), (home,) = await town.numbers("person", 1), await town.numbers("household", 1)
    newcomer = PersonRecord(
        person_number=number, household_number=home, resident_code="", birth=RecordedDate(date(1995, 2, 3)), sex=Sex.MALE,
        relationship="世帯主", address=f"栃木県足利市通二丁目{town.codes}番地", nationality="ネパール",
        article_30_45_category="特別永住者", name=f"GURUNG {town.codes}",
    )  # fmt: skip
    await town.file("IN3", entries=(newcomer,))


async def _move_out(town: Town) -> None:
    person = town.somebody(lambda _: True)
    if person is None or not (members := town.untouched(person.household_number)):
        return
    leaving = members if town.rng.random() < 0.7 else [person]
    if any(member.state is not State.RESIDENT for member in leaving):
        return
    planned = RecordedDate(town.day + timedelta(days=town.rng.randrange(40)))
    away = {"move_out_address": town.rng.choice(_PLACES)}
    kind = town.rng.choice(["OU1", "OU1", "OU2", "OU3"])
    told = await town.file(kind, {member.person_number: away for member in leaving}, occurred=planned)
    if town.rng.random() < 0.1:
        await town.file("UN+", reverses=told.event_id)


async def _move_within(town: Town) -> None:
    person = town.somebody(lambda _: True)
    if person is None or not (members := town.untouched(person.household_number)):
        return
    town.codes += 1
    to = {"address": f"栃木県足利市大橋町一丁目{town.codes}番地", "building": None}
    await town.file("MV", {member.person_number: to for member in members})


async def _marriage(town: Town) -> None:
    alone = [
        person for person in town.people.values()
        if person.relationship == "世帯主" and town.age(person) >= 18 and person.nationality is None
        and person.state is State.RESIDENT and len(town.untouched(person.household_number)) == 1
    ]  # fmt: skip
    if len(alone) < 2:
        return
    one, other = town.rng.sample(sorted(alone, key=lambda p: p.person_number), 2)
    to = {
        "household_number": one.household_number, "relationship": "妻（未届）", "address": one.address, "building": one.building,
        "postal_code": one.postal_code,
    }  # fmt: skip
    await town.file("MV", {other.person_number: to})
    married = {"relationship": "妻", "domicile": one.domicile, "first_registrant": one.name} | town.named(one.name[:2])
    await town.file("CO", {other.person_number: married}, note="婚姻届受理通知による")
    kind = "PN1" if other.former_surname is None else "PN2"
    await town.file(kind, {other.person_number: {"former_surname": "旧見"}})


async def _split_and_merge(town: Town) -> None:
    person = town.somebody(lambda p: p.relationship == "子" and town.age(p) >= 18)
    if person is None:
        return
    (home,) = await town.numbers("household", 1)
    split = await town.file("HS", {person.person_number: {"household_number": home, "relationship": "世帯主"}})
    if town.rng.random() < 0.4:
        back = {"household_number": person.household_number, "relationship": "子"}
        await town.file("HM", {person.person_number: back})
    elif town.rng.random() < 0.5:
        await town.file("UN~", reverses=split.event_id)


async def _naturalisation(town: Town) -> None:
    person = town.somebody(lambda p: p.nationality is not None)
    if person is None:
        return
    koseki = {"domicile": "栃木県足利市本城三丁目２１４５番地"} | town.named("帰見")
    became = await town.file("NA", {person.person_number: koseki | {"first_registrant": koseki["name"]}})
    if town.rng.random() < 0.1:
        await town.file("UN~", reverses=became.event_id)


async def _correction(town: Town) -> None:
    person = town.somebody(lambda _: True)
    if person is None:
        return
    kind = town.rng.choice(["MI", "CE", "RF", "RC1"])
    if kind == "MI":
        # The name of the building, for everybody who lives in it.
        members = town.untouched(person.household_number)
        if members:
            await town.file("MI", {member.person_number: {"building": "見本荘"} for member in members})
        return
    await town.file(kind, {person.person_number: {"telephone": "0284"} if kind == "CE" else {}})


async def _protection(town: Town) -> None:
    person = town.somebody(lambda _: True)
    if person is not None:
        await town.file("PM-" if person.suppressed else "PM+", {person.person_number: {}})


async def _mistaken_entry(town: Town) -> None:
    (number,), (home,) = await town.numbers("person", 1), await town.numbers("household", 1)
    found = PersonRecord(
        person_number=number, household_number=home, resident_code=resident_code(f"{7_000_000_000 + int(number[:9])}"),
        birth=RecordedDate(date(1980, 5, 5)), sex=Sex.UNKNOWN, relationship="世帯主", domicile="不明", first_registrant="不明",
        address="栃木県足利市通一丁目１番地", resident_since=RecordedDate(town.day), **town.named("職見"),
    )  # fmt: skip
    entered = await town.file("OI", entries=(found,))
    await town.file("UN-", reverses=entered.event_id)
    town.living -= 1


_HAPPENINGS: Final = (
    (_birth, 9), (_death, 12), (_move_in, 20), (_move_in_from_abroad, 8), (_move_out, 20), (_move_within, 15), (_marriage, 5),
    (_split_and_merge, 6), (_naturalisation, 3), (_correction, 12), (_protection, 2), (_mistaken_entry, 1),
)  # fmt: skip
"""What happens, and how often in a year among a thousand people."""
