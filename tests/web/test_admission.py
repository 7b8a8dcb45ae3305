"""Requests wait only as long as they can be answered in time; the others come back spread out."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.issuing.refusal import spread
from kiosk_server.web.admission import MOST_SECONDS, Admission, Returns
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.problems import Problem


def admission(*, in_flight: int, wait_seconds: float, clock: Callable[[], float] = time.monotonic) -> Admission:
    return Admission("issuing", Metrics(), in_flight=in_flight, waiting=1000, wait_seconds=wait_seconds, clock=clock)


async def _held(gate: Admission, until: asyncio.Event) -> None:
    async with gate.slot():
        await until.wait()


async def test_who_could_not_have_a_turn_in_time_is_told_at_once() -> None:
    times = itertools.chain([0.0], itertools.repeat(1.0))
    gate = admission(in_flight=2, wait_seconds=5, clock=lambda: next(times))
    async with gate.slot():
        """The first takes one second, by this clock."""
    opened = asyncio.Event()
    asking = [asyncio.create_task(_held(gate, opened)) for _ in range(30)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    refused = [task for task in asking if task.done()]
    # Two at a time, one second each, five seconds: two in flight and ten that wait.
    assert len(asking) - len(refused) == 12
    assert all(isinstance(task.exception(), Problem) for task in refused)
    opened.set()
    await asyncio.gather(*asking, return_exceptions=True)
    assert gate.expected_wait == 0


async def test_a_rush_is_taken_in_while_requests_are_quick() -> None:
    gate, opened = admission(in_flight=8, wait_seconds=5), asyncio.Event()
    opened.set()
    for _ in range(20):
        await _held(gate, opened)
    await asyncio.gather(*(_held(gate, opened) for _ in range(400)))


@given(number=st.integers(1, 3000), wait=st.floats(0, 30), each=st.floats(0.001, 1))
def test_those_sent_away_come_back_at_the_pace_at_which_requests_are_answered(
    number: int, wait: float, each: float
) -> None:
    returns = Returns(lambda: 1000.0)
    told = [returns.seconds(wait, each) for _ in range(number)]
    assert min(told) >= max(1, min(wait, MOST_SECONDS))
    assert max(told) <= MOST_SECONDS + 1
    if wait + number * each < MOST_SECONDS:
        # A second's worth, and that of the second before: each is told up to one second more.
        assert max(Counter(told).values()) <= 2 * (1 / each) + 2


def test_two_thousand_sent_away_in_one_second_do_not_come_back_in_one() -> None:
    returns = Returns(lambda: 0.0)
    told = Counter(returns.seconds(5.0, 1 / 150) for _ in range(2000))
    assert max(told.values()) <= 320
    assert len(told) >= 13


def test_what_refuses_everybody_does_not_bring_everybody_back_at_once() -> None:
    told = Counter(spread(5) for _ in range(2000))
    assert set(told) == set(range(5, 11))
    assert max(told.values()) < 500
