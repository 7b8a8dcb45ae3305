"""A connection is ended once it is silent for long enough, or has lasted too long, by the loop's own clock."""

import asyncio
from collections.abc import Callable

import pytest

from kiosk_server.feed_sftp.touched import Touched


class Loop:
    """A clock that goes where a test puts it, and the one timer that waits for it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.due = 0.0

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, look: Callable[[], None]) -> None:
        self.due, self.look = self.now + seconds, look

    def at(self, now: float) -> None:
        self.now = now
        if now >= self.due:
            self.look()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    made = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


def test_silence_ends_it_and_what_comes_puts_that_off(loop: Loop) -> None:
    ended: list[float] = []
    touched = Touched(10, 100, lambda: ended.append(loop.now))
    loop.at(1009)
    touched.touch()
    loop.at(1010)
    assert (ended, loop.due) == ([], 1019)
    loop.at(1019)
    assert ended == [1019]


def test_what_comes_does_not_put_the_end_of_all_off(loop: Loop) -> None:
    ended: list[float] = []
    touched = Touched(10, 25, lambda: ended.append(loop.now))
    for now in (1009, 1010, 1018, 1019, 1024, 1025):
        touched.touch()
        loop.at(now)
    assert ended == [1025]
