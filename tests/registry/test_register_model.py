"""The register against a plain one: whatever clerks try, in any order, what is possible happens and the rest leaves nothing."""

import asyncio
import itertools
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from registry.residents import EVENT_KINDS, RecordedEvent, RegisterRefusal, number_of
from tests.registry.books import movement, newest_event, population, require_fed_alike, require_sound
from tests.registry.office import FOREIGN, Office, days_ago, someone
from tests.registry.plain_register import PlainRegister
from tests.servers import Database, MigratedCluster

SERIALS: Final = st.integers(1, 5)
HOMES: Final = st.integers(1, 3)
CITIES: Final = itertools.count()
KOSEKI: Final = {"name": "見本　花子", "domicile": "なし", "first_registrant": "なし"}
AWAY: Final = {"move_out_address": "東京都足立区見本町１番地"}
CORRECTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "MI": {"building": "見本荘"}, "RF": {}, "NA": KOSEKI, "PN1": {"former_surname": "旧"}, "PN3": {}, "PN4": {"alias": "花"},
    "NL": {"nationality": "ブラジル", "article_30_45_category": "特別永住者"}, "PN5": {}, "PM+": {}, "PM-": {},
}  # fmt: skip
T = TypeVar("T")


class RegisterModel(RuleBasedStateMachine):
    """Every example has a city of its own."""

    runner: asyncio.Runner
    desk: Office

    @initialize()
    def begin(self) -> None:
        self.office = Office(self.desk.database, self.desk.connection, f"{next(CITIES):06}", self.desk.kept)
        self.model = PlainRegister()
        self.undone: set[int] = set()
        self.last: tuple[int, str, PlainRegister] | None = None
        self.people = 0
        self.since = 0
        # Two households to begin with, so that most of what is tried is possible.
        for serial, home, as_head, foreign in (
            (1, 1, True, False),
            (2, 1, False, False),
            (3, 2, True, True),
            (4, 2, False, False),
        ):
            self._enter("IN1", serial, home, as_head=as_head, foreign=foreign)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def attempt(self, kind: str, *, possible: bool, before: PlainRegister, **details: Any) -> RecordedEvent | None:
        """File an event; it is recorded if the model says so, and refused, leaving nothing, if not."""
        newest = self.run(newest_event(self.office))
        refusal: RegisterRefusal | None = None
        recorded: RecordedEvent | None = None
        try:
            recorded = self.run(self.office.file(kind, **({"occurred": days_ago(0)} | details)))
        except RegisterRefusal as refused:
            refusal = refused
        assert (recorded is not None) is possible, (kind, type(refusal).__name__)
        if recorded is None:
            assert " / " in str(refusal)
            assert self.run(newest_event(self.office)) == newest
            self.model = before
            return None
        self.last = (recorded.event_id, kind, before)
        return recorded

    @rule(
        serial=SERIALS,
        home=HOMES,
        as_head=st.booleans(),
        foreign=st.booleans(),
        kind=st.sampled_from(["IN1", "IN3", "OI"]),
    )
    def enter(self, serial: int, home: int, kind: str, *, as_head: bool, foreign: bool) -> None:
        self._enter(kind, serial, home, as_head=as_head, foreign=foreign)

    def _enter(self, kind: str, serial: int, home: int, *, as_head: bool, foreign: bool) -> None:
        before = self.model.copy()
        possible = self.model.enters(serial, home, as_head=as_head, foreign=foreign)
        items = {**FOREIGN, "foreign_resident_since": days_ago(0)} if foreign else {"resident_since": days_ago(0)}
        person = someone(serial, "世帯主" if as_head else "同居人", household_number=number_of(home), **items)
        self.attempt(kind, possible=possible, before=before, entries=(person,))

    @rule(serial=SERIALS, home=HOMES)
    def be_born(self, serial: int, home: int) -> None:
        before = self.model.copy()
        possible = self.model.is_born(serial, home)
        child = someone(serial, "子", household_number=number_of(home), birth=days_ago(0))
        self.attempt("BI", possible=possible, before=before, entries=(child,))

    @rule(serial=SERIALS, kind=st.sampled_from(["OU1", "OU2", "OU3", "OU9", "TN", "DE", "OD", "OM"]))
    def leave(self, serial: int, kind: str) -> None:
        before = self.model.copy()
        possible = self.model.leaves(serial, kind)
        changes = AWAY if kind in {"OU1", "OU2", "OU3"} else {}
        self.attempt(kind, possible=possible, before=before, changes={number_of(serial): changes})

    @rule(serial=SERIALS, kind=st.sampled_from(sorted(CORRECTIONS)))
    def correct(self, serial: int, kind: str) -> None:
        before = self.model.copy()
        possible = self.model.is_corrected(serial, kind)
        self.attempt(kind, possible=possible, before=before, changes={number_of(serial): CORRECTIONS[kind]})

    @rule(serial=SERIALS, home=HOMES)
    def split(self, serial: int, home: int) -> None:
        before = self.model.copy()
        possible = self.model.splits(serial, home)
        there = {"household_number": number_of(home), "relationship": "世帯主"}
        self.attempt("HS", possible=possible, before=before, changes={number_of(serial): there})

    @rule(serial=SERIALS, home=HOMES)
    def change_household(self, serial: int, home: int) -> None:
        before = self.model.copy()
        possible = self.model.changes(serial, home)
        there = {"household_number": number_of(home), "relationship": "同居人"}
        self.attempt("HC", possible=possible, before=before, changes={number_of(serial): there})

    @rule(old=HOMES, home=HOMES)
    def merge(self, old: int, home: int) -> None:
        before = self.model.copy()
        moving = before.members(old)
        possible = self.model.merges(old, home)
        there = {"household_number": number_of(home), "relationship": "同居人"}
        self.attempt("HM", possible=possible, before=before, changes={number_of(serial): there for serial in moving})

    @rule(serial=SERIALS)
    def become_head(self, serial: int) -> None:
        before = self.model.copy()
        home = before.people[serial].household if serial in before.people else 1
        others = {number_of(member): {"relationship": "同居人"} for member in before.members(home)}
        possible = self.model.heads(serial)
        self.attempt(
            "HH", possible=possible, before=before, changes=others | {number_of(serial): {"relationship": "世帯主"}}
        )

    @rule(kind=st.sampled_from(["UN+", "UN-", "UN~"]), data=st.data())
    def undo(self, kind: str, data: st.DataObject) -> None:
        """The newest event, or one that is undone already."""
        choices = [event for event in (*sorted(self.undone), self.last and self.last[0]) if event]
        event_id = data.draw(st.sampled_from(choices)) if choices else 10**9
        before = self.model.copy()
        is_last = self.last is not None and event_id == self.last[0]
        possible = is_last and self.last is not None and EVENT_KINDS[self.last[1]].reversed_by == kind
        if possible and self.last is not None:
            self._back_to(self.last[2])
        if self.attempt(kind, possible=possible, before=before, reverses=event_id, changes={}) is not None:
            self.undone.add(event_id)
            self.last = None

    def _back_to(self, earlier: PlainRegister) -> None:
        """As it was; but whoever had never been here stays as a removed record."""
        now, self.model = self.model, earlier.copy()
        for serial, person in now.people.items():
            if serial not in self.model.people:
                person.state = "removed"
                self.model.people[serial] = person

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "model"):
            return
        for serial, person in self.model.people.items():
            record = self.run(self.office.person(number_of(serial))).record
            state = {"planned": "planned_mover"}.get(person.state, person.state)
            said = (record.state, record.household_number, record.suppressed, record.nationality is not None)
            assert said == (state, number_of(person.household), person.protected, person.foreign), serial
            if person.lives:
                assert (record.relationship == "世帯主") is person.is_head
                assert (record.alias is not None, record.former_surname is not None) == (person.alias, person.former)

    @invariant()
    def balance(self) -> None:
        """Population now = before + entries - removals, and the books are sound."""
        if not hasattr(self, "model"):
            return
        moved = self.run(movement(self.office, self.since))
        people = self.run(population(self.office))
        assert people == self.people + moved["entered"] - moved["removed"]
        assert people == sum(person.lives for person in self.model.people.values())
        self.people, self.since = people, self.run(newest_event(self.office))
        self.run(require_sound(self.office))

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.run(require_fed_alike(self.office, rebuild=True))


def run_model(cluster: MigratedCluster, examples: int, steps: int) -> None:
    """Run the machine on one database, each example in a city of its own."""
    with asyncio.Runner() as runner:
        opened = cluster.database()
        database: Database = runner.run(opened.__aenter__())
        try:
            RegisterModel.runner = runner
            RegisterModel.desk = Office(database, runner.run(database.connect("registry")))
            chosen = settings(
                max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
            )
            run_state_machine_as_test(RegisterModel, settings=chosen)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_the_register_agrees_with_a_plain_one(cluster: MigratedCluster) -> None:
    run_model(cluster, examples=8, steps=25)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_the_register_agrees_with_a_plain_one_for_long(cluster: MigratedCluster) -> None:
    run_model(cluster, examples=300, steps=40)
