"""What happens in the demo city after the initial load: real events, so that there is history and there are removed people."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.demo.city.household import card_number
from kiosk_server.demo.city.member import F, M
from kiosk_server.demo.city.numbers import Numbers
from kiosk_server.demo.city.places import place_in_city
from registry.residents import IdentityCheck, PersonRecord, ResidentEvent

_MORNING_JST_IN_UTC = time(1, 30, tzinfo=UTC)
PLANNED_DAY = date(2027, 3, 31)


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """An event with the instant it is recorded at. `cancels` is the label of an earlier one that it undoes.

    `my_numbers` are the 個人番号 of people it enters, to be sealed on the way in; `cases` their handles.
    """

    label: str
    event: ResidentEvent
    recorded_at: datetime
    cancels: str | None = None
    my_numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Town:
    """What the events are made from: special people by handle, and everybody by person number."""

    rng: Random
    numbers: Numbers
    people: Mapping[str, PersonRecord]
    cases: Mapping[str, str]

    def household_of(self, case: str) -> list[str]:
        home = self.people[self.cases[case]].household_number
        return [number for number, person in self.people.items() if person.household_number == home]


def later_events(
    rng: Random, numbers: Numbers, people: Mapping[str, PersonRecord], cases: Mapping[str, str]
) -> tuple[LaterEvent, ...]:
    """The events of the special people there are, in the order they are recorded. `people` need only hold those."""
    town = _Town(rng, numbers, people, cases)
    return tuple(event for needs, make in _STORIES if needs is None or needs in cases for event in make(town))


def _on(day: date, kind: str, label: str, **details: Any) -> LaterEvent:
    """An event that is notified and recorded on one day, with an identity check."""
    event = ResidentEvent(
        kind=kind,
        occurred=RecordedDate(day),
        notified_on=day,
        identity_check=IdentityCheck("個人番号カード", "窓口職員１"),
    )
    return LaterEvent(label, replace(event, **details), datetime.combine(day, _MORNING_JST_IN_UTC))


def _protection(town: _Town) -> Iterator[LaterEvent]:
    yield _on(date(2026, 10, 5), "PM+", "protection", changes={town.cases["protected"]: {}})


def _ended_protection(town: _Town) -> Iterator[LaterEvent]:
    person = town.cases["no_longer_protected"]
    yield _on(date(2026, 10, 5), "PM+", "protection to end", changes={person: {}})
    yield _on(date(2026, 10, 19), "PM-", "protection ended", changes={person: {}})


def _planned_move_out(town: _Town) -> Iterator[LaterEvent]:
    changes = {town.cases["planned_mover"]: {"move_out_address": "東京都足立区見本町５番地６"}}
    yield _on(date(2026, 10, 6), "OU1", "planned move out", changes=changes, occurred=RecordedDate(PLANNED_DAY))


def _move_out(town: _Town) -> Iterator[LaterEvent]:
    person = town.cases["moved_out"]
    leaving = RecordedDate(date(2026, 10, 15))
    changes = {person: {"move_out_address": "埼玉県熊谷市見本町７番地"}}
    yield _on(date(2026, 10, 7), "OU1", "move out planned", changes=changes, occurred=leaving)
    yield _on(date(2026, 10, 15), "OU9", "moved out", changes={person: {}}, notified_on=None, identity_check=None)


def _cancelled_move_out(town: _Town) -> Iterator[LaterEvent]:
    changes = {town.cases["cancelled_move_out"]: {"move_out_address": "北海道札幌市中央区見本町８番地"}}
    yield _on(date(2026, 10, 8), "OU1", "move out to cancel", changes=changes, occurred=RecordedDate(date(2026, 11, 1)))
    cancelling = _on(date(2026, 10, 20), "UN+", "move out cancelled")
    yield replace(cancelling, cancels="move out to cancel")


def _move_within(town: _Town) -> Iterator[LaterEvent]:
    place = place_in_city(town.rng, may_have_building=False)
    to = {"address": place.address, "postal_code": place.postal_code, "building": "見本ハイツ３０１号"}
    changes = dict.fromkeys(town.household_of("mover_within_head"), to)
    yield _on(date(2026, 10, 9), "MV", "move within", changes=changes)


def _birth(town: _Town) -> Iterator[LaterEvent]:
    parent = town.people[town.cases["parent_of_newborn"]]
    day = date(2026, 10, 2)
    child = PersonRecord(
        person_number=town.numbers.person(),
        household_number=parent.household_number,
        resident_code=town.numbers.resident_code(),
        name=f"{parent.name.split('　')[0]}　ひかり",
        furigana=f"{(parent.furigana or '').split('　')[0]}　ヒカリ",
        birth=RecordedDate(day),
        sex=F,
        relationship="子",
        domicile=parent.domicile,
        first_registrant=parent.first_registrant,
        postal_code=parent.postal_code,
        address=parent.address,
        building=parent.building,
    )
    event = _on(day, "BI", "birth", entries=(child,), notified_on=day + timedelta(days=7), identity_check=None)
    yield _entering(town, event, newborn=child, recorded_on=day + timedelta(days=7))


def _deaths(town: _Town) -> Iterator[LaterEvent]:
    for day, case in ((date(2026, 10, 12), "dead"), (date(2026, 10, 13), "dead_head_of_three")):
        if case in town.cases:
            changes: dict[str, dict[str, str]] = {town.cases[case]: {}}
            yield _on(day, "DE", f"death of {case}", changes=changes, identity_check=None)
    yield _on(date(2026, 10, 14), "HH", "widow becomes head", changes={town.cases["widow"]: {"relationship": "世帯主"}})


def _head_change(town: _Town) -> Iterator[LaterEvent]:
    new, old = town.cases["new_head"], town.cases["former_head"]
    (spouse,) = set(town.household_of("former_head")) - {new, old}
    changes = {new: {"relationship": "世帯主"}, old: {"relationship": "父"}, spouse: {"relationship": "母"}}
    yield _on(date(2026, 10, 16), "HH", "head changed", changes=changes)


def _correction(town: _Town) -> Iterator[LaterEvent]:
    person = town.cases["corrected_text"]
    changes = {person: {"address": "栃木県足利市本城三丁目２１４５番地", "postal_code": "3260053", "building": None}}
    yield _on(date(2026, 10, 21), "MI", "small correction", changes=changes, identity_check=None)


def _newcomer(town: _Town, sex: Sex, birth: date, **items: Any) -> PersonRecord:
    place = place_in_city(town.rng, may_have_building=False)
    return PersonRecord(
        person_number=town.numbers.person(),
        household_number=town.numbers.household(),
        resident_code=town.numbers.resident_code(),
        birth=RecordedDate(birth),
        sex=sex,
        relationship="世帯主",
        postal_code=place.postal_code,
        address=place.address,
        **items,
    )


def _move_in(town: _Town) -> Iterator[LaterEvent]:
    person = _newcomer(
        town, F, date(1994, 5, 3), name="見本　千尋", furigana="ミホン　チヒロ", domicile="群馬県桐生市見本町１００番地",
        first_registrant="見本　明", address_before_move_in="群馬県桐生市見本町１番地２",
    )  # fmt: skip
    yield _entering(town, _on(date(2026, 10, 22), "IN1", "move in", entries=(person,)), moved_in=person)


def _move_in_from_abroad(town: _Town) -> Iterator[LaterEvent]:
    person = _newcomer(
        town, M, date(1999, 8, 20), name="GURUNG RAM", nationality="ネパール", article_30_45_category="中長期在留者",
        residence_status="留学", residence_period="２年", residence_expires_on=date(2028, 9, 30),
        residence_card_number=card_number(town.rng),
    )  # fmt: skip
    yield _entering(
        town, _on(date(2026, 10, 23), "IN3", "move in from abroad", entries=(person,)), moved_in_from_abroad=person
    )


def _entering(town: _Town, later: LaterEvent, recorded_on: date | None = None, **people: PersonRecord) -> LaterEvent:
    return replace(
        later,
        recorded_at=later.recorded_at if recorded_on is None else datetime.combine(recorded_on, _MORNING_JST_IN_UTC),
        my_numbers={person.person_number: town.numbers.my_number() for person in people.values()},
        cases={case: person.person_number for case, person in people.items()},
    )


_STORIES: tuple[tuple[str | None, Callable[[_Town], Iterator[LaterEvent]]], ...] = (
    ("protected", _protection),
    ("no_longer_protected", _ended_protection),
    ("planned_mover", _planned_move_out),
    ("moved_out", _move_out),
    ("cancelled_move_out", _cancelled_move_out),
    ("mover_within_head", _move_within),
    ("parent_of_newborn", _birth),
    ("widow", _deaths),
    ("new_head", _head_change),
    ("corrected_text", _correction),
    (None, _move_in),
    (None, _move_in_from_abroad),
)
"""Each with the special person it needs."""
