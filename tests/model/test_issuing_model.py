"""I1 to I7 against the plain model: several servers on one database, and anything that may happen between two requests."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from issuance_db.database import DatabaseConflict, DatabaseUnreachable
from issuance_db.fsck import Bounds
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from tests.issuing.city import PIN
from tests.model.expected import LEASE, Body, Model, Paper
from tests.model.judge import LATER, Answer, Judge
from tests.model.server import STEPS, Gate, PausingPaper, Place, Server
from tests.model.world import HEADS, PERSONS, WANDERER, World, world
from tests.servers import MigratedCluster
from tests.sync.registry_rows import CITY

SERVERS: Final = st.sampled_from([0, 1])
IDS: Final = st.sampled_from(["a", "b", "c", "d", "e"])
BODIES: Final = st.builds(Body, st.sampled_from(sorted(PERSONS)), st.sampled_from(["household", "self"]))
WRONG_PINS: Final = st.sampled_from(["7777", "8888"])
PLACES: st.SearchStrategy[Place] = st.sampled_from(["compose", "record"])
ASKED_AGAIN: Final = 5
_ONE_DAY: Final = Bounds(grace=timedelta(days=1))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paused:
    """A request that stands still on a server, and what it would come to by what was permitted."""

    request_id: str
    holder: int
    permitted: Paper | None
    deadline: datetime
    gate: Gate
    task: asyncio.Task[Certificate]


class IssuingModel(Judge, RuleBasedStateMachine):
    """Every example has a city of its own."""

    runner: asyncio.Runner
    cluster: MigratedCluster
    keys: FileKeyProvider
    papers: Sequence[PausingPaper]

    opened: AbstractAsyncContextManager[tuple[World, Model]]

    @initialize()
    def begin(self) -> None:
        self.paused: dict[int, Paused] = {}
        self.opened = world(self.cluster, self.keys, self.papers)
        self.world, self.model = self.run(self.opened.__aenter__())
        self.synchronises = True
        self.changes = 0

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.everything_ends()
        finally:
            for paused in self.paused.values():
                paused.task.cancel()
            self.run(self.opened.__aexit__(None, None, None))

    def everything_ends(self) -> None:
        for server in tuple(self.paused):
            self.go_on(server)
        self.world.clock.now += 2 * LEASE
        self.run(self.world.sweep())
        assert list(self.run(self.world.findings(Bounds(grace=timedelta(0))))) == []

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    # ------------------------------------------------------------------------------------------------ what residents do

    @rule(server=SERVERS, request_id=IDS, body=BODIES)
    def ask(self, server: int, request_id: str, body: Body) -> None:
        """A request, or the same again, or another under its id."""
        self.expect(request_id, body, PIN, [self.insist(self.world.servers[server], self.request(request_id, body))])

    @rule(server=SERVERS, request_id=IDS)
    def retry(self, server: int, request_id: str) -> None:
        """The request that was there before, if one was."""
        if (known := self.model.requests.get(request_id)) is not None:
            self.ask(server, request_id, known.body)

    @rule(request_id=IDS, body=BODIES, twins=st.integers(2, 4))
    def ask_at_once(self, request_id: str, body: Body, twins: int) -> None:
        """The same request several times at once, on all servers."""
        request = self.request(request_id, body)
        asking = [self.insist(self.world.servers[turn % len(self.world.servers)], request) for turn in range(twins)]
        self.expect(request_id, body, PIN, asking)

    @rule(server=SERVERS, request_id=IDS, body=BODIES, pin=WRONG_PINS)
    def guess(self, server: int, request_id: str, body: Body, pin: str) -> None:
        """A wrong PIN."""
        request = self.request(request_id, body, pin)
        self.expect(request_id, body, pin, [self.insist(self.world.servers[server], request)])

    @rule(person=st.sampled_from(sorted(PERSONS)))
    def unlock(self, person: str) -> None:
        """The lock is lifted at the counter."""
        self.run(self.world.unlock(person))
        self.model.failures[person] = 0

    # --------------------------------------------------------------------------------------------- what happens to servers

    @rule(server=SERVERS, request_id=IDS, body=BODIES, step=st.sampled_from(STEPS), entering=st.booleans())
    def crash(self, server: int, request_id: str, body: Body, step: str, *, entering: bool) -> None:
        """The server dies in the middle of a request, and is started again."""
        if self.is_held(request_id):
            return
        request = self.request(request_id, body)
        before = self.model.requests.get(request_id)
        try:
            answer: Answer | None = self.run(
                self.world.servers[server].die_at(step, entering=entering, request=request)
            )
        except Refusal as refusal:
            answer = refusal.code
        if answer is not None:
            self.settle(request_id, body, PIN, [answer])
            return
        if (lost := self.paused.pop(server, None)) is not None:
            self.end_with_its_server(lost)
        self.crashed(request_id, body, step, entering=entering, before=before)

    @rule(server=SERVERS, request_id=IDS, body=BODIES, place=PLACES)
    def stand_still(self, server: int, request_id: str, body: Body, place: Place) -> None:
        """A request stands still between its paper and the permit, or between signing and recording."""
        if server in self.paused or self.is_held(request_id):
            return
        request, deadline = self.request(request_id, body), self.world.clock.now + LEASE
        gate, task = self.run(self.world.servers[server].issue_until(place, request))
        if task.done():
            self.settle(request_id, body, PIN, [self.run(_answer_of(task))])
            return
        assert self.model.identified(request_id, body.person, PIN, right=True)
        known = self.undecided(request_id, body)
        known.leased, known.holder = True, known.holder + 1
        paper = self.model.decide(body)
        assert isinstance(paper, Paper)
        permitted = paper if place == "record" else None
        self.paused[server] = Paused(request_id, known.holder, permitted, deadline, gate, task)

    @precondition(lambda self: self.paused)
    @rule(server=SERVERS)
    def go_on(self, server: int) -> None:
        """What stood still goes on: if its time is over or somebody else took the request, nothing comes of it."""
        if (paused := self.paused.pop(server, None)) is None:
            return
        paused.gate.opened.set()
        answer = self.run(_answer_of(paused.task))
        known = self.model.requests[paused.request_id]
        may_still = known.state == "undecided" and known.holder == paused.holder
        if isinstance(answer, Certificate):
            assert may_still
            assert self.world.clock.now < paused.deadline + LEASE
            paper = paused.permitted or self.model.decide(known.body)
            assert isinstance(paper, Paper)
            self.answered(known, paper, answer)
        elif may_still:
            known.leased = False
            # Whatever moved since may cost so much of the time that a new attempt is not begun.
            now = set() if paused.permitted else {self.model.decide(known.body), RefusalCode.NOT_FRESH}
            assert answer in {RefusalCode.TIMED_OUT, *now}
            if answer is RefusalCode.NOT_AVAILABLE:
                known.state, known.code = "refused", answer

    @rule(by=st.sampled_from([timedelta(seconds=20), timedelta(minutes=16)]))
    def time_passes(self, by: timedelta) -> None:
        """Past every lease, or past the time that an answer is kept; the sweeper runs."""
        self.world.clock.now += by
        self.run(self.world.sweep())
        for known in self.model.requests.values():
            if known.state == "undecided":
                known.leased, known.holder = False, known.holder + 1

    # ------------------------------------------------------------------------------------------- what happens in the city

    @rule(household=st.sampled_from(sorted(HEADS)))
    def moves(self, household: str) -> None:
        """Everybody of a household gets a new address."""
        self.changes += 1
        address = f"栃木県足利市通二丁目{self.changes}番地"
        members = [one for one, resident in self.model.register.items() if resident.household == household]
        self.run(self.in_one_transaction({person: {"address": address} for person in members}))
        for person in members:
            self.model.change(person, address=address)
        self.follow()

    @rule(person=st.sampled_from(sorted(PERSONS)))
    def is_renamed(self, person: str) -> None:
        """The name is corrected."""
        self.changes += 1
        name = f"足利　{person}の{self.changes}"
        self.run(self.in_one_transaction({person: {"name": name}}))
        self.model.change(person, name=name)
        self.follow()

    @rule(person=st.sampled_from(sorted(PERSONS)))
    def is_protected_or_no_longer(self, person: str) -> None:
        """支援措置 begins or ends in the register."""
        protected = not self.model.register[person].protected
        self.run(self.in_one_transaction({person: {"suppressed": protected}}))
        self.model.change(person, protected=protected)
        self.follow()

    @rule()
    def wanders(self) -> None:
        """One person leaves a household for the other."""
        resident = self.model.register[WANDERER]
        to = next(one for one in HEADS if one != resident.household)
        address = self.model.register[HEADS[to]].address
        self.run(self.in_one_transaction({WANDERER: {"household": to, "address": address}}, households=HEADS))
        self.model.change(WANDERER, household=to, address=address)
        self.model.moved |= set(HEADS)
        self.follow()

    @rule(person=st.sampled_from(sorted(PERSONS)))
    def staff_hold_or_release(self, person: str) -> None:
        """Staff suppress a person, or lift that; it holds at once."""
        if person in self.model.held_by_staff:
            sql = "DELETE FROM issuance.suppression WHERE municipality_code = $1 AND person_number = $2 AND source = 'staff'"
        else:
            sql = "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')"
        self.run(self.world.staff.execute(sql, CITY, person))
        self.model.held_by_staff ^= {person}

    @rule()
    def synchronisation_stops(self) -> None:
        """From now on the front's record falls behind."""
        self.synchronises = False

    @rule(anew=st.booleans())
    def synchronisation_starts(self, *, anew: bool) -> None:
        """It catches up, or is made anew from the register."""
        self.synchronises = True
        self.run(self.world.projection.rebuild() if anew else self.world.projection.catch_up())
        self.model.synchronise()

    @rule()
    def reconciles(self) -> None:
        """Comparing the front's record with the register finds who was changed meanwhile, and nobody else."""
        found = self.run(self.world.differences())
        assert found.missing == found.extra == ()
        assert {person for person in self.model.moved if person in PERSONS} <= set(found.different)
        households = {self.model.front[one].household for one in found.different}
        assert households <= {self.model.front[one].household if one in PERSONS else one for one in self.model.moved}

    # ---------------------------------------------------------------------------------------------------- what always holds

    @invariant()
    def books_are_whole(self) -> None:
        if hasattr(self, "world"):
            assert list(self.run(self.world.findings(_ONE_DAY))) == []

    @invariant()
    def books_say_what_the_model_says(self) -> None:
        if not hasattr(self, "world"):
            return
        answered = {one: known for one, known in self.model.requests.items() if known.paper is not None}
        issued = self.run(self.world.issued())
        assert {one: persons for one, (_, persons) in issued.items()} == {
            one: known.paper.persons for one, known in answered.items() if known.paper
        }
        for request_id, (number, _) in issued.items():
            assert answered[request_id].number in {None, number}
            answered[request_id].number = number

    @invariant()
    def tries_are_counted_as_the_model_counts(self) -> None:
        if hasattr(self, "world"):
            counted = self.run(self.world.failures())
            assert {one: n for one, n in counted.items() if n} == {
                one: n for one, n in self.model.failures.items() if n
            }

    # -------------------------------------------------------------------------------------------------------------- helpers

    def request(self, request_id: str, body: Body, pin: str = PIN) -> IssuanceRequest:
        card = self.world.card(body.person, pin)
        return self.world.city.request(card, request_id=request_id, persons=body.persons)

    def is_held(self, request_id: str) -> bool:
        """Whether somebody may still work on it."""
        return request_id in self.model.requests and self.model.requests[request_id].leased

    async def insist(self, server: Server, request: IssuanceRequest) -> Answer:
        """Ask again while the answer is `busy` or `timed_out`, as callers do."""
        answer: Answer = RefusalCode.BUSY
        for _ in range(ASKED_AGAIN):
            answer = await _answer_of(server.issue(request))
            if answer not in LATER:
                break
        return answer

    def expect(self, request_id: str, body: Body, pin: str, asking: Sequence[Coroutine[Any, Any, Answer]]) -> None:
        """Ask, at once if it is several, and compare with the model."""

        async def at_once() -> list[Answer]:
            return await asyncio.gather(*asking)

        self.settle(request_id, body, pin, self.run(at_once()))

    def end_with_its_server(self, lost: Paused) -> None:
        lost.gate.opened.set()
        with suppress(asyncpg.InterfaceError, DatabaseUnreachable, Refusal):
            self.run(_wait_for(lost.task))

    def follow(self) -> None:
        """The synchronisation, while it runs, brings the front's record up to date at once."""
        if self.synchronises:
            self.run(self.world.projection.catch_up())
            self.model.synchronise()

    async def in_one_transaction(
        self, changes: dict[str, dict[str, Any]], households: dict[str, str] | None = None
    ) -> None:
        registry = self.world.city.registry
        async with registry.connection.transaction():
            for person, change in changes.items():
                await registry.person(person, **change)
            for household, head in (households or {}).items():
                await registry.household(household, head)


async def _answer_of(asked: Awaitable[Certificate]) -> Answer:
    """As the caller hears it: who collided with a holder whose lease ran out is told to ask again."""
    try:
        return await asked
    except Refusal as refusal:
        return refusal.code
    except DatabaseConflict:
        return RefusalCode.BUSY


async def _wait_for(task: asyncio.Task[Certificate]) -> None:
    await task


@pytest.fixture(scope="module")
def papers() -> Iterator[tuple[PausingPaper, ...]]:
    workers = PausingPaper(1), PausingPaper(1)
    yield workers
    for one in workers:
        one.close()


def run_model(
    cluster: MigratedCluster, keys: FileKeyProvider, papers: Sequence[PausingPaper], examples: int, steps: int
) -> None:
    with asyncio.Runner() as runner:
        given = {"runner": runner, "cluster": cluster, "keys": keys, "papers": papers}
        run_state_machine_as_test(
            type("OfThisCluster", (IssuingModel,), given),
            settings=settings(
                max_examples=examples,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.mark.timeout(600)
def test_issuing_does_what_the_model_does(
    cluster: MigratedCluster, keys: FileKeyProvider, papers: Sequence[PausingPaper]
) -> None:
    run_model(cluster, keys, papers, examples=15, steps=20)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_issuing_does_what_the_model_does_for_long(
    cluster: MigratedCluster, keys: FileKeyProvider, papers: Sequence[PausingPaper]
) -> None:
    run_model(cluster, keys, papers, examples=250, steps=40)
