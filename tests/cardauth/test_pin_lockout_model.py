"""The lockout against a plain model of it, with any order of tries, replays, unlocking, other processes, and new keys of the index."""

import asyncio
import tempfile
from pathlib import Path
from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cardauth import Reason, UserCertificate, credential_key
from keys.purpose import Purpose
from tests import servers
from tests.cardauth.index_keys import IndexKeys, move
from tests.cardauth.world import ALSO_WRONG, RIGHT, WRONG, World, open_world

Call = Literal["menus", "issuances"]
PINS = st.sampled_from([RIGHT, WRONG, ALSO_WRONG])
REQUESTS = st.sampled_from(["first", "second", "third", "fourth"])
CALLS: st.SearchStrategy[Call] = st.sampled_from(["menus", "issuances"])

VERSIONS = 4


class Model:
    """What the rules say, for one credential."""

    def __init__(self) -> None:
        self.failures = 0
        self.locked = False
        self.charged: set[tuple[Call, str, str]] = set()

    def answer(self, call: Call, request_id: str, pin: str) -> Reason | None:
        fresh = (call, request_id, pin) not in self.charged
        self.charged.add((call, request_id, pin))
        if self.locked:
            return Reason.LOCKED
        if pin == RIGHT:
            self.failures = 0
            return None
        self.failures += fresh
        self.locked = self.failures == 3
        return Reason.WRONG_PIN

    def unlock(self) -> bool:
        was_locked, self.failures, self.locked = self.locked, 0, False
        return was_locked


class Lockout(RuleBasedStateMachine):
    """One credential; every example has a fresh one."""

    runner: asyncio.Runner
    world: World
    place: Path

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.keys = IndexKeys.made(Path(tempfile.mkdtemp(dir=self.place)) / "keys")
        self.world = self.keys.of(self.world)
        self.card: UserCertificate = self.runner.run(self.world.registered())
        self.key = credential_key(self.card)

    @rule(pin=PINS, request_id=REQUESTS, call=CALLS)
    def one_try(self, pin: str, request_id: str, call: Call) -> None:
        answer = self.runner.run(self.world.answer(self.card, pin, request_id, call=call))
        assert answer == self.model.answer(call, request_id, pin)

    @rule(pin=PINS, request_id=REQUESTS, call=CALLS, twins=st.integers(2, 4))
    def twins(self, pin: str, request_id: str, call: Call, twins: int) -> None:
        async def at_once() -> list[Reason | None]:
            return await asyncio.gather(
                *(self.world.answer(self.card, pin, request_id, call=call) for _ in range(twins))
            )

        expected = [self.model.answer(call, request_id, pin) for _ in range(twins)]
        assert sorted(self.runner.run(at_once()), key=str) == sorted(expected, key=str)

    @rule()
    def unlock(self) -> None:
        assert self.runner.run(self.world.unlock(self.card)) == self.model.unlock()

    @precondition(lambda self: len(self.world.keys.versions(Purpose.CREDENTIAL_INDEX)) < VERSIONS)
    @rule(is_settled=st.booleans())
    def rotate(self, *, is_settled: bool) -> None:
        self.keys.rotate()
        if is_settled:
            self.keys.settle()
        self.world = self.keys.of(self.world)

    @rule(pin=PINS, request_id=REQUESTS, call=CALLS)
    def one_try_beside_a_move(self, pin: str, request_id: str, call: Call) -> None:
        async def at_once() -> Reason | None:
            answer, _ = await asyncio.gather(
                self.world.answer(self.card, pin, request_id, call=call), move(self.world, self.key)
            )
            return answer

        assert self.runner.run(at_once()) == self.model.answer(call, request_id, pin)

    @invariant()
    def counted_as_the_model_counts(self) -> None:
        tries = self.runner.run(self.world.tries(self.card)) or (0, False)
        assert tries == (self.model.failures, self.model.locked)


def test_the_lockout_does_what_the_model_does(database: servers.Database, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        opened = open_world(database)
        world = runner.run(opened.__aenter__())
        try:
            machine = type("OfThisDatabase", (Lockout,), {"runner": runner, "world": world, "place": tmp_path})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=30,
                    stateful_step_count=25,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
